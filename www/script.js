// What the page can do more with a script than without: copy buttons, the real address in the commands, and a panel
// that sends a request and shows the answer. Without this file every link and every text of the page is still there.
"use strict";

function show_own_address() {
    for (const place of document.querySelectorAll(".origin")) place.textContent = location.origin;
}

function add_copy_buttons() {
    if (!navigator.clipboard) return;  // browsers offer it on https and on localhost only
    for (const command of document.querySelectorAll(".command")) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = "Copy";
        button.addEventListener("click", async () => {
            try {
                await navigator.clipboard.writeText(command.querySelector("code").textContent);
                button.textContent = "Copied";
            } catch {
                button.textContent = "Not allowed";
            }
            setTimeout(() => { button.textContent = "Copy"; }, 1500);
        });
        command.append(button);
    }
}

// A button's data attributes say what to send: the path, the method, a Range, or the ETag of an earlier answer.
async function request_for(button) {
    const { path, method = "GET", range } = button.dataset;
    const headers = new Headers();
    if (range) headers.set("Range", range);
    if ("again" in button.dataset) {
        const earlier = await fetch(path, { method: "HEAD", cache: "no-store" });
        const etag = earlier.headers.get("ETag");
        if (etag) headers.set("If-None-Match", etag);
    }
    return new Request(path, { method, headers, cache: "no-store" });
}

function lines_of(headers) {
    const capitalised = (name) => name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
    return [...headers].map(([name, value]) => `${capitalised(name)}: ${value}`);
}

function report(request, response, text, milliseconds) {
    const sent = [`${request.method} ${new URL(request.url).pathname}`, ...lines_of(request.headers)];
    const received = [`${response.status} ${response.statusText}`, ...lines_of(response.headers)];
    const content = text.length > 300 ? `${text.slice(0, 300)}…` : text;
    const time = `${milliseconds.toFixed(1)} ms`;
    return [...sent, "", ...received, "", content.trimEnd() || "(no content)", "", time].join("\n");
}

async function probe(button, output) {
    try {
        const request = await request_for(button);
        const start = performance.now();
        const response = await fetch(request);
        const text = await response.text();
        output.textContent = report(request, response, text, performance.now() - start);
    } catch (error) {
        output.textContent = `The request failed: ${error.message}`;
    }
}

function open_probe() {
    const section = document.getElementById("probe");
    if (!section) return;
    const output = document.getElementById("answer");
    for (const button of section.querySelectorAll("button")) {
        button.addEventListener("click", () => probe(button, output));
    }
    section.hidden = false;
}

show_own_address();
add_copy_buttons();
open_probe();

#include "handlers/listing_script.hpp"

namespace handlers {

namespace {

constexpr std::string_view script = R"js(
(() => {
"use strict";
const body = document.querySelector("tbody"), box = document.querySelector("input");
const total = document.querySelector(".total"), all = total.textContent;
const link = row => row.cells[0].firstChild;
const rows = [...body.rows].filter(row => link(row).href && link(row).className !== "u");
const none = document.createElement("tr");
none.innerHTML = "<td class=none colspan=3>No name here has that in it.</td>";
const fold = text => text.normalize("NFC").toLowerCase();
const name = row => row.folded ??= fold(link(row).textContent.replace(/\/$/, ""));

function filter() {
  const words = fold(box.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    row.hidden = !words.every(word => name(row).includes(word));
    if (!row.hidden) ++shown;
  }
  total.textContent = words.length ? `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")}` : all;
  if (shown || !words.length) none.remove(); else body.append(none);
}

const isFolder = row => link(row).className === "d";
const natural = text => text.replace(/[A-Z]+/g, s => s.toLowerCase())
  .replace(/[0-9]+/g, s => (s = s.replace(/^0+/, ""), "0" + String.fromCharCode(s.length) + s));
const compare = (a, b) => a < b ? -1 : a > b ? 1 : 0;
const values = {
  name: row => 0,
  size: row => isFolder(row) ? 0 : +(row.cells[1].title || row.cells[1].textContent).replace(/[^0-9]/g, ""),
  time: row => Date.parse(row.cells[2].firstChild?.dateTime) || 0,
};

function sort(by, descending) {
  const sign = descending ? -1 : 1, nameSign = by === "name" ? sign : 1;
  for (const row of rows) {
    row.key ??= natural(link(row).textContent);
    row.value = values[by](row);
  }
  rows.sort((a, b) => isFolder(b) - isFolder(a) || sign * (a.value - b.value) ||
    nameSign * (compare(a.key, b.key) || compare(link(a).textContent, link(b).textContent)));
  body.append(...rows);
  if (none.parentNode) body.append(none);
}

// Links then say what they would have said on the page that the server sorts.
function relabel(heading, search) {
  for (const a of document.querySelectorAll("th a")) {
    const query = new URLSearchParams(a.search), current = a === heading;
    a.parentNode.ariaSort = current ? query.get("order") + "ending" : null;
    const down = current ? query.get("order") === "asc" : query.get("sort") !== "name";
    query.set("order", down ? "desc" : "asc");
    a.setAttribute("href", "?" + query);
  }
  const kept = search.replace(/[?&]sort=name&order=asc$/, "");
  for (const a of document.querySelectorAll("h1 a, a.d, a.u"))
    a.setAttribute("href", a.getAttribute("href").replace(/\?.*$/, "") + kept);
}

addEventListener("click", event => {
  const heading = event.target.closest?.("th a");
  if (!heading || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const search = heading.search, query = new URLSearchParams(search);
  sort(query.get("sort"), query.get("order") === "desc");
  relabel(heading, search);
  history.replaceState(null, "", search);
});

box.addEventListener("input", filter);
box.addEventListener("keydown", event => {
  const shown = rows.filter(row => !row.hidden);
  if (event.key === "Enter" && shown.length === 1) link(shown[0]).click();
  if (event.key === "Escape") { box.value = ""; filter(); }
});
addEventListener("keydown", event => {
  if (event.key !== "/" || event.target === box || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  box.focus();
});
if (rows.length > 1) box.hidden = false;
if (box.value) filter();
})();
)js";

}  // namespace

constexpr std::string_view page_fields_with_policy =
    "Content-Type: text/html; charset=utf-8\r\n"
    "Content-Security-Policy: default-src 'none'; img-src data:; "
    "style-src 'sha256-OuVP3QCgyWbaYBVfdbyi7HsSiKDxOsaQOvIjRGmGgdg='; "
    "script-src 'sha256-l5yN1Vup0uuWRNreQndVG28EmTLcHnAVFZyPIMJFmZs='; "
    "base-uri 'none'; form-action 'none'\r\n";

void append_listing_script(std::string& out) { out.append("<script>").append(script).append("</script>\n"); }

}  // namespace handlers

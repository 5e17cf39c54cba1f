"""The site that comes with webserv, in a real browser."""

import html
import json
import os
import re
import shutil
import subprocess

import pytest

from webserv_process import patience, top, wait_for

site = """
    server {
        listen 127.0.0.1:0;
        root %s;
        error_page 404 /404.html;
        location /files/ { autoindex on; }
        location = /healthz { default_type text/plain; return 200 "ok\\n"; }
    }
"""

# Without a sandbox for containers, and without the traffic of its own that a fresh profile begins with.
options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
           "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
           "--enable-logging=stderr", "--v=0", "--virtual-time-budget=5000"]


@pytest.fixture
def load(tool, tmp_path):
    """load(url, option...) -> (the page's DOM after its scripts ran, the lines of the console)."""
    chromium = tool("chromium")

    def start(url, *more):
        profile = tmp_path / "profile"
        result = subprocess.run(
            [chromium, *options, *more, f"--user-data-dir={profile}", "--dump-dom", url], capture_output=True,
            text=True, errors="replace", timeout=60 * patience, stdin=subprocess.DEVNULL)
        shutil.rmtree(profile, ignore_errors=True)
        return result.stdout, re.findall(r":CONSOLE.*?\] (.*)", result.stderr)

    return start


@pytest.fixture
def browse(serve, load):
    """browse(path) -> the same of a path of the site."""
    server = serve(site % (top / "www"))
    yield lambda path: load(server.url(path))
    # Every browser has gone: so must its connections.
    server.wait_for_descriptors()


def test_home_page_loads_without_a_complaint(browse):
    """The heading is there, and the console has nothing to say (a missing file or a wrong media type would)."""
    dom, console = browse("/")
    assert re.search(r"<h1\b", dom), dom[:500]
    assert console == []


def test_listing_loads_without_a_complaint(browse):
    """A listing in a browser: a table of links, no error."""
    dom, console = browse("/files/")
    assert "<a " in dom and "<table" in dom
    assert console == []


def test_custom_error_page_loads_with_its_style(browse):
    """The 404 page works from any depth; the browser itself notes the 404 and nothing else."""
    dom, console = browse("/no/such/page")
    assert re.search(r"<h1\b", dom) and "404" in dom
    assert all("404" in line for line in console) and len(console) <= 1, console


# A page that uses another one, in a frame, as a person would: what it then sees goes into its own text, as JSON.
visitor = """<!DOCTYPE html><meta charset="utf-8"><link rel="icon" href="data:,">
<iframe src="/files/?sort=name" width="1000" height="600"></iframe><pre></pre>
<script>
document.querySelector("iframe").onload = event => {
  const view = event.target.contentWindow, page = view.document, seen = {};
  const look = step => seen[step] = {
    names: [...page.querySelectorAll("tbody tr:not([hidden]) a")].map(a => a.textContent),
    total: page.querySelector(".total").textContent,
    sorted: [...page.querySelectorAll("th")].map(th => th.getAttribute("aria-sort")),
    query: view.location.search,
    folder: page.querySelector("a.d").getAttribute("href"),
    empty: page.querySelector(".none")?.textContent ?? null,
  };
  const box = page.querySelector("input");
  const type = text => { box.value = text; box.dispatchEvent(new view.Event("input")); };
  const press = key => box.dispatchEvent(new view.KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
  const click = column => page.querySelectorAll("th a")[column].click();
  seen.boxIsShown = box.getClientRects().length > 0;
  look("loaded");
  type("PH"); look("typed");
  type("ph 1"); look("two words");
  type("<b>"); look("markup");
  type("nothing like it"); look("nothing");
  press("Escape"); look("cleared");
  click(1); look("by size");
  click(1); look("by size upwards");
  click(2); look("by time");
  type("ph"); click(0); look("by name, filtered");
  click(0); look("by name downwards, filtered");
  document.querySelector("pre").textContent = JSON.stringify(seen);
};
</script>"""

visited = """
    server { listen 127.0.0.1:0; root www; location /files/ { autoindex on; } }
"""


@pytest.fixture
def files(tmp_path):
    """Names, sizes and times whose orders differ; a folder; markup."""
    folder = tmp_path / "www/files"
    (folder / "Zoo").mkdir(parents=True)
    for name, size, time in (("photo10.jpg", 30, 1), ("photo2.jpg", 2000, 3), ("Photo1.jpg", 300, 2),
                             ("<b>.txt", 4, 9)):
        (folder / name).write_bytes(bytes(size))
        os.utime(folder / name, (time * 10**8, time * 10**8))


def test_listing_filters_and_sorts_in_place(serve, load, files):
    """Typing into the box and clicking on the heads, without a request; the console has nothing to say, not even about
    the page's own policy."""
    server = serve(visited, {"www/visitor.html": visitor})
    dom, console = load(server.url("/visitor.html"))
    server.wait_for_descriptors()
    assert console == []
    seen = json.loads(html.unescape(re.search(r"<pre>(.*)</pre>", dom)[1]))
    by_name = ["..", "Zoo/", "<b>.txt", "Photo1.jpg", "photo2.jpg", "photo10.jpg"]
    assert seen["boxIsShown"]
    assert seen["loaded"]["names"] == by_name and seen["loaded"]["sorted"] == ["ascending", None, None]
    assert seen["typed"]["names"] == ["..", "Photo1.jpg", "photo2.jpg", "photo10.jpg"]
    assert seen["typed"]["total"] == "3 of 5"
    assert seen["two words"]["names"] == ["..", "Photo1.jpg", "photo10.jpg"]
    assert seen["markup"]["names"] == ["..", "<b>.txt"]
    assert seen["nothing"]["names"] == [".."] and seen["nothing"]["empty"]
    assert seen["cleared"]["names"] == by_name and seen["cleared"]["empty"] is None
    assert seen["cleared"]["total"] == seen["loaded"]["total"]
    assert seen["by size"]["names"] == ["..", "Zoo/", "photo2.jpg", "Photo1.jpg", "photo10.jpg", "<b>.txt"]
    assert seen["by size"]["sorted"] == [None, "descending", None]
    assert seen["by size"]["query"] == "?sort=size&order=desc"
    assert seen["by size"]["folder"] == "./Zoo/?sort=size&order=desc"
    assert seen["by size upwards"]["names"] == ["..", "Zoo/", "<b>.txt", "photo10.jpg", "Photo1.jpg", "photo2.jpg"]
    assert seen["by time"]["names"] == ["..", "Zoo/", "<b>.txt", "photo2.jpg", "Photo1.jpg", "photo10.jpg"]
    assert seen["by name, filtered"]["names"] == ["..", "Photo1.jpg", "photo2.jpg", "photo10.jpg"]
    assert seen["by name downwards, filtered"]["names"] == ["..", "photo10.jpg", "photo2.jpg", "Photo1.jpg"]
    # All requests are logged by the time of the one that comes last.
    server.get("/last")
    lines = wait_for(lambda: "/last" in "".join(server.accesses) and server.accesses, "the log")
    assert sum("GET /files/" in line for line in lines) == 1


# Clicks until the page stands in each order, and compares it with the one that the server makes of that order.
comparison = r"""<!DOCTYPE html><meta charset="utf-8"><link rel="icon" href="data:,">
<iframe src="/files/"></iframe><pre></pre>
<script>
const orders = ["name", "size", "time"].flatMap(by => ["asc", "desc"].map(way => `?sort=${by}&order=${way}`));
for (const order of orders)
  document.body.append(Object.assign(document.createElement("iframe"), {src: "/files/" + order}));
addEventListener("load", () => {
  const [here, ...there] = [...document.querySelectorAll("iframe")].map(frame => frame.contentWindow);
  const main = view => view.document.querySelector("main").innerHTML.replace(/\n/g, "");
  const report = document.querySelector("pre");
  for (const [i, order] of [...orders.entries()].reverse()) {
    for (let tries = 0; tries < 2 && here.location.search !== order; ++tries)
      here.document.querySelectorAll("th a")[i >> 1].click();
    report.append(main(here) === main(there[i]) ? "same " : `${order}\n${main(here)}\nis not\n${main(there[i])}\n`);
  }
});
</script>"""


def test_listing_is_the_same_sorted_here_and_there(serve, load, files):
    """The order that a click makes is the one that the server answers with: rows, links, marks and all."""
    server = serve(visited, {"www/visitor.html": comparison})
    dom, console = load(server.url("/visitor.html"))
    server.wait_for_descriptors()
    assert console == []
    assert "<pre>" + 6 * "same " + "</pre>" in dom, html.unescape(dom)


def test_listing_without_scripts(serve, load, files):
    """All is there but the box, which would do nothing. A sandboxed frame runs no scripts, and says so."""
    server = serve(visited, {"www/visitor.html": """<!DOCTYPE html><link rel="icon" href="data:,">
        <iframe sandbox="allow-same-origin" src="/files/"></iframe><pre></pre><script>
        document.querySelector("iframe").onload = event => {
          const page = event.target.contentDocument;
          document.querySelector("pre").textContent = page.querySelectorAll("tbody a").length + " links, " +
            page.querySelector("input").getClientRects().length + " boxes";
        };
        </script>"""})
    dom, console = load(server.url("/visitor.html"))
    server.wait_for_descriptors()
    assert console and all("Blocked script execution" in line for line in console), console
    assert "<pre>6 links, 0 boxes</pre>" in dom

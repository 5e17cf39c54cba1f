"""The site that comes with webserv, in a real browser."""

import re
import shutil
import subprocess

import pytest

from webserv_process import patience, top

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
def browse(serve, tool, tmp_path):
    """browse(path) -> (the page's DOM after its scripts ran, the lines of the console)."""
    chromium = tool("chromium")
    server = serve(site % (top / "www"))

    def load(path):
        profile = tmp_path / "profile"
        result = subprocess.run(
            [chromium, *options, f"--user-data-dir={profile}", "--dump-dom", server.url(path)], capture_output=True,
            text=True, errors="replace", timeout=60 * patience, stdin=subprocess.DEVNULL)
        shutil.rmtree(profile, ignore_errors=True)
        return result.stdout, re.findall(r":CONSOLE.*?\] (.*)", result.stderr)

    yield load
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

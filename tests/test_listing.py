"""The listing of a folder (`autoindex on`)."""

import os
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin

import pytest

from webserv_process import request

listed = """
    server {
        listen 127.0.0.1:0;
        root www;
        autoindex on;
        location /closed/ { autoindex off; }
    }
"""


class Page(HTMLParser):
    """The links of a page and its text; fails on what must not be in a listing."""

    def __init__(self, text):
        super().__init__()
        self.links = []
        self.text = ""
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        for name, value in attributes:
            assert not name.startswith("on"), f"a handler attribute: {name}"
            if name == "href" and tag == "a":
                self.links.append(value)

    def handle_data(self, data):
        self.text += data

    def names(self, base):
        """The entries of the folder that are linked, in their order."""
        here = "http://h" + base
        paths = [urljoin(here, link).split("?")[0] for link in self.links]  # a folder's link may carry the order on
        return [unquote(path.removeprefix(here)) for path in paths if path.startswith(here) and path != here]


def test_listing_names_every_entry(serve):
    """Files and folders, folders first, in natural order, as HTML that is not to be taken for anything else."""
    names = ["a10.txt", "a2.txt", "A1.txt", "zoo/x", "bar/x"]
    server = serve(listed, {f"www/{name}": "x" for name in names})
    answer = server.get("/")
    assert answer.status == 200
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert Page(answer.text).names("/") == ["bar/", "zoo/", "A1.txt", "a2.txt", "a10.txt"]


def test_listing_is_off_by_default_and_per_location(serve):
    """No listing unless it is asked for; a location can switch it off again."""
    server = serve(listed, {"www/closed/a.txt": "a"})
    assert server.get("/").status == 200
    assert server.get("/closed/").status == 403


def test_index_file_comes_before_the_listing(serve):
    """A folder with an index file shows that."""
    assert serve(listed, {"www/index.html": "index"}).get("/").text == "index"


def test_names_are_escaped_and_their_links_lead_there(serve):
    """Markup, quotes, percent signs, line ends, a colon, bytes that are no UTF-8: shown harmlessly, linked right."""
    names = ["<script>alert(1)<", "a&amp;b.txt", "quote\"'.txt", "100%.txt", "q?x=1.txt", "frag#ment.txt",
             "javascript:alert(1)", "a b.txt", "Grüße.txt", "new\nline.txt", "back\\slash", "a;b.txt", "%41.txt"]
    server = serve(listed, {f"www/sub/{name}": name for name in names})
    with open(os.fsencode(server.folder / "www/sub") + b"/latin-\xfc.txt", "wb") as file:
        file.write(b"latin")
    page = Page(server.get("/sub/").content.decode(errors="replace"))
    assert "script" not in page.tags
    for name in names:
        links = [link for link in page.links if unquote(urljoin("http://h/sub/", link)) == "http://h/sub/" + name]
        assert len(links) == 1, name
        target = urljoin("http://h/sub/", links[0]).removeprefix("http://h")
        assert server.get(target).text == name
    [latin] = [link for link in page.links if "latin-%FC.txt" in link]
    assert server.get(urljoin("http://h/sub/", latin).removeprefix("http://h")).text == "latin"


def test_links_are_relative(serve):
    """So that the listing works behind a proxy that mounts it elsewhere."""
    server = serve(listed, {"www/sub/a.txt": "a", "www/sub/deep/b.txt": "b"})
    links = Page(server.get("/sub/").text).links
    entries = [link for link in links if "a.txt" in link or "deep" in link]
    assert entries and all(not link.startswith("/") and "://" not in link for link in entries)
    assert any(urljoin("http://h/sub/", link) == "http://h/" for link in links), "a way up"


def test_no_way_up_at_the_top(serve):
    """`..` would lead nowhere at `/`."""
    page = Page(serve(listed, {"www/a.txt": "a"}).get("/").text)
    assert not any(link.startswith("..") for link in page.links)


@pytest.mark.parametrize("query, expected", [
    ("", ["dir/", "a.txt", "b.txt", "c.txt"]),
    ("?sort=name&order=desc", ["dir/", "c.txt", "b.txt", "a.txt"]),
    ("?sort=size&order=asc", ["dir/", "b.txt", "c.txt", "a.txt"]),
    ("?sort=size&order=desc", ["dir/", "a.txt", "c.txt", "b.txt"]),
    ("?sort=date&order=asc", ["dir/", "c.txt", "a.txt", "b.txt"]),
    ("?sort=nonsense&order=%00", ["dir/", "a.txt", "b.txt", "c.txt"]),
])
def test_sorting_needs_no_script(serve, query, expected):
    """The order is in the query: by name, size or date, up or down; folders stay first."""
    server = serve(listed, {"www/a.txt": "x" * 300, "www/b.txt": "x", "www/c.txt": "x" * 20, "www/dir/": None})
    for name, time in (("a.txt", 2000), ("b.txt", 3000), ("c.txt", 1000)):
        os.utime(server.folder / "www" / name, (time, time))
    assert Page(server.get("/" + query).text).names("/") == expected


def test_headings_link_to_the_other_orders(serve):
    """One can sort by clicking on a heading."""
    page = Page(serve(listed, {"www/a.txt": "a"}).get("/").text)
    for column in ("name", "size"):
        assert any(f"sort={column}" in link for link in page.links), column


def test_dot_files_and_what_cannot_be_served_are_not_listed(serve):
    """What answers 404 is not shown."""
    server = serve(listed, {"www/.env": "x", "www/.git/config": "x", "www/a.txt": "a"})
    (server.folder / "www/out").symlink_to("/etc")
    (server.folder / "www/dangling").symlink_to("nowhere")
    names = Page(server.get("/").text).names("/")
    assert "a.txt" in names
    assert not any(name.startswith(".") for name in names)


def test_page_brings_everything_with_it(serve):
    """No external reference: no script, no image or style from elsewhere; dark mode in its own style."""
    text = serve(listed, {"www/a.txt": "a"}).get("/").text
    assert "<script" not in text and "http://" not in text.replace("http://www.w3.org/", "") and "https://" not in text
    assert "prefers-color-scheme" in text
    assert text.lower().startswith("<!doctype html>") and 'name="viewport"' in text and "lang=" in text


def test_sizes_and_dates_are_shown(serve):
    """A size a person can read, a date a machine can too."""
    server = serve(listed, {"www/a.bin": bytes(5 * 1024 * 1024)})
    os.utime(server.folder / "www/a.bin", (1_000_000_000, 1_000_000_000))
    text = server.get("/").text
    assert "2001-09-09" in text
    assert "5.0" in text or "5 M" in text


def test_listing_of_an_empty_folder(serve):
    """Says so instead of showing nothing."""
    assert "empty" in serve(listed, {"www/void/": None}).get("/void/").text.lower()


def test_head_of_a_listing(serve):
    """HEAD has the fields of GET here too."""
    server = serve(listed, {"www/a.txt": "a"})
    get, head = server.get("/"), server.ask(request("HEAD / HTTP/1.1"))
    assert head.status == 200 and head.content == b"" and head["Content-Type"] == get["Content-Type"]


def test_a_thousand_entries(serve):
    """A long listing arrives whole, and the connection goes on."""
    server = serve(listed, {f"www/many/file-{i}.txt": "" for i in range(1000)})
    with server.connect() as client:
        assert Page(client.get("/many/").text).names("/many/") == [f"file-{i}.txt" for i in range(1000)]
        assert client.get("/").status == 200

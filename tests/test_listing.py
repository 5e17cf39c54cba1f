"""The listing of a folder (`autoindex on`)."""

import base64
import hashlib
import json
import os
import re
import xml.etree.ElementTree
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin

import pytest

from nginx_beside import nginx_beside
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
             "javascript:alert(1)", "a b.txt", "  leading", "a:b", "Grüße.txt", "new\nline.txt",
             "back\\slash", "a;b.txt", "%41.txt"]
    server = serve(listed, {f"www/sub/{name}": name for name in names})
    with open(os.fsencode(server.folder / "www/sub") + b"/latin-\xfc.txt", "wb") as file:
        file.write(b"latin")
    page = Page(server.get("/sub/").content.decode(errors="replace"))
    assert page.tags.count("script") == 1, "the page's own"
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
    ("?sort=time&order=asc", ["dir/", "c.txt", "a.txt", "b.txt"]),
    ("?sort=time&order=desc", ["dir/", "b.txt", "a.txt", "c.txt"]),
    ("?sort=nonsense&order=%00", ["dir/", "a.txt", "b.txt", "c.txt"]),
    ("?colour=blue&sort=size&format=pdf&order=asc&&=", ["dir/", "b.txt", "c.txt", "a.txt"]),
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
    for column in ("name", "size", "time"):
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
    assert not re.search(r"<script[^>]|<link[^>]*stylesheet|@import", text)
    assert "http://" not in text.replace("http://www.w3.org/", "") and "https://" not in text
    assert "prefers-color-scheme" in text
    assert text.lower().startswith("<!doctype html>") and 'name="viewport"' in text and "lang=" in text


def test_policy_names_the_style_and_the_script_by_their_hashes(serve):
    """Content-Security-Policy: a browser runs and applies what the page brings with it, and nothing that a name put
    into it. Whoever changes style or script takes the hash from here."""
    answer = serve(listed, {"www/a.txt": "a"}).get("/")
    policy = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
    for tag in ("style", "script"):
        [element] = re.findall(f"<{tag}>(.*?)</{tag}>", answer.text, re.S)
        digest = base64.b64encode(hashlib.sha256(element.encode()).digest()).decode()
        assert policy[f"{tag}-src"] == f"'sha256-{digest}'"
    assert policy["default-src"] == "'none'"
    assert not re.search(r"<[^>]* style=", answer.text), "which the policy wouldn't allow"


def test_filter_is_hidden_without_scripts(serve):
    """A box that does nothing must not be seen: the script shows it."""
    text = serve(listed, {"www/a.txt": "a"}).get("/").text
    assert re.search(r"<input [^>]*hidden>", text)


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


def test_exact_sizes(serve):
    """`autoindex_exact_size on`: bytes; else they are rounded, and exact where the pointer rests."""
    server = serve("""
        server { listen 127.0.0.1:0; root www; autoindex on; location /exact/ { autoindex_exact_size on; } }
    """, {"www/a.bin": bytes(1_500_000), "www/exact/a.bin": bytes(1_500_000)})
    assert '<td title="1,500,000 bytes">1.4 MiB</td>' in server.get("/").text
    assert "<td>1,500,000</td>" in server.get("/exact/").text and "MiB" not in server.get("/exact/").text


def test_local_time(serve, monkeypatch):
    """`autoindex_localtime on`: the machine's zone, said in the machine-readable form; else UTC."""
    monkeypatch.setenv("TZ", "XYZ-05:45")
    server = serve("""
        server { listen 127.0.0.1:0; root www; autoindex on; location /local/ { autoindex_localtime on; } }
    """, {"www/a.txt": "a", "www/local/a.txt": "a"})
    for name in ("a.txt", "local/a.txt"):
        os.utime(server.folder / "www" / name, (1_000_000_000, 1_000_000_000))
    assert '<time datetime="2001-09-09T01:46:40Z">2001-09-09 01:46</time>' in server.get("/").text
    assert '<time datetime="2001-09-09T07:31:40+05:45">2001-09-09 07:31</time>' in server.get("/local/").text
    assert "UTC" in server.get("/").text and "UTC" not in server.get("/local/").text


# Formats for programs

awkward = ["a b.txt", "b10", "b2", "B1", "quote\"'.txt", "back\\slash", "tab\tx", "new\nline", "ctl\x01\x1f\x7f",
           "Grüße \U0001F600.txt", "<b>&amp;.txt", "100%.txt", "x" * 100]

formats = """
    server {
        listen 127.0.0.1:0;
        root www;
        autoindex on;
        location /page/ { alias www/files/; }
        location /json/ { alias www/files/; autoindex_format json; }
        location /jsonp/ { alias www/files/; autoindex_format jsonp; }
        location /xml/ { alias www/files/; autoindex_format xml; }
        location /empty/json/ { alias www/void/; autoindex_format json; }
        location /empty/jsonp/ { alias www/void/; autoindex_format jsonp; }
        location /empty/xml/ { alias www/void/; autoindex_format xml; }
    }
"""


@pytest.fixture
def formatted(serve, tmp_path):
    """Names of all kinds, all of the same size and time."""
    files = tmp_path / "www/files"
    (files / "sub").mkdir(parents=True)
    (tmp_path / "www/void").mkdir()
    for name in awkward:
        (files / name).write_bytes(b"1234567")
    (files / "link").symlink_to("sub")
    for name in [*awkward, "sub"]:
        os.utime(files / name, (1_000_000_000, 1_000_000_000))
    return serve(formats)


@pytest.fixture
def nginx(tool, tmp_path):
    """nginx(path) -> what nginx answers with the same configuration and files."""
    with nginx_beside(tool("nginx"), tmp_path / "nginx", formats, "charset utf-8;") as ask:
        yield ask


@pytest.mark.parametrize("path", ["/json/", "/xml/", "/jsonp/", "/jsonp/?callback=a.b_9", "/jsonp/?callback=",
                                  "/jsonp/?x=1&CallBack=f&callback=g", "/json/?callback=f", "/empty/json/",
                                  "/empty/xml/", "/empty/jsonp/", "/empty/jsonp/?callback=f"])
def test_formats_are_nginx_s_byte_for_byte(formatted, nginx, path):
    """Content and type of each format, as nginx writes them. (Of what XML can't hold, nginx's is no XML.)"""
    if path == "/xml/":
        (formatted.folder / "www/files/ctl\x01\x1f\x7f").unlink()
    ours, theirs = formatted.get(path), nginx(path)
    assert ours.status == theirs.status == 200
    assert ours.text == theirs.text
    assert ours["Content-Type"].lower() == theirs["Content-Type"].lower()


@pytest.mark.parametrize("callback", ["a%2Fb", "alert(1)", "a-b", "a[0]", "$", "x" * 129, "%41"])
def test_callback_that_is_no_function_s_name(formatted, nginx, callback):
    """nginx's rule: letters, digits, `_` and `.`, 128 of them at most, as they stand in the query; else 400."""
    path = f"/jsonp/?callback={callback}"
    assert formatted.get(path).status == nginx(path).status == 400
    longest = "/jsonp/?callback=" + "x" * 128
    assert formatted.get(longest).status == nginx(longest).status == 200


def test_json(formatted):
    """Names, kinds, sizes and times; folders first, names by their bytes."""
    answer = formatted.get("/json/")
    assert answer["Content-Type"] == "application/json"
    entries = json.loads(answer.text)
    assert [entry["name"] for entry in entries] == ["link", "sub", *sorted(awkward, key=str.encode)]
    assert entries[1] == {"name": "sub", "type": "directory", "mtime": "Sun, 09 Sep 2001 01:46:40 GMT"}
    assert entries[2] == {"name": "100%.txt", "type": "file", "mtime": "Sun, 09 Sep 2001 01:46:40 GMT", "size": 7}


def test_xml(formatted):
    """Well-formed whatever the names are; what XML can't hold becomes U+FFFD."""
    (formatted.folder / "www/files/return\r").write_text("1234567")
    answer = formatted.get("/xml/")
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    root = xml.etree.ElementTree.fromstring(answer.content)
    assert root.tag == "list" and [child.tag for child in root][:3] == ["directory", "directory", "file"]
    names = {child.text for child in root}
    expected = {name.replace("\x01", "\uFFFD").replace("\x1f", "\uFFFD") for name in awkward}
    assert names == expected | {"link", "sub", "return\r"}
    assert root[2].attrib == {"mtime": "2001-09-09T01:46:40Z", "size": "7"}


def test_names_that_are_not_utf_8_leave_json_and_xml_well_formed(formatted):
    """RFC 8259 8.1: JSON is UTF-8. (nginx writes the bytes as they are.)"""
    with open(os.fsencode(formatted.folder / "www/files") + b"/latin-\xfc", "wb"):
        pass
    assert "latin-\uFFFD" in [entry["name"] for entry in json.loads(formatted.get("/json/").content.decode())]
    assert "latin-\uFFFD" in [child.text for child in xml.etree.ElementTree.fromstring(formatted.get("/xml/").content)]


def test_format_in_the_query(formatted):
    """`?format=` goes before the configured format; what isn't one is passed over; an order is kept to."""
    assert formatted.get("/page/?format=json").content == formatted.get("/json/").content
    assert formatted.get("/jsonp/?callback=f&format=json").content == formatted.get("/json/").content
    assert formatted.get("/page/?format=xml").content == formatted.get("/xml/").content
    assert formatted.get("/json/?format=html").text.startswith("<!DOCTYPE html>")
    assert formatted.get("/page/?format=jsonp&callback=f").text.startswith("<!DOCTYPE html>")
    names = [entry["name"] for entry in json.loads(formatted.get("/json/?sort=name&order=desc").text)]
    assert names[:2] == ["sub", "link"] and names.index("b10") < names.index("b2") < names.index("B1")


def test_page_where_another_format_is_configured_leads_to_pages(formatted):
    """The links of a page that was asked for ask for pages too."""
    page = Page(formatted.get("/json/?format=html").text)
    folders = [link for link in page.links if "sub/" in link or "sort=" in link]
    assert folders and all("format=html" in link for link in folders)


# What is shown beneath the listing

@pytest.mark.parametrize("name", ["README", "README.md", "README.txt", "readme.MD", "ReadMe"])
def test_readme_is_shown_as_text(serve, name):
    """Below the table, escaped, with its line ends."""
    server = serve(listed, {f"www/{name}": "\n# A <b>title</b>\r\n\n\tindented & \"quoted\"\n", "www/a.txt": "a"})
    text = server.get("/").text
    assert "<pre>\n\n# A &lt;b&gt;title&lt;/b&gt;\n\n\tindented &amp; &quot;quoted&quot;\n</pre>" in text
    assert text.index("a.txt") < text.index("<pre>")


@pytest.mark.parametrize("content", [b"\x7fELF\0\1", b"latin \xfc", b"x" * 65537, b""])
def test_readme_that_is_no_text_or_too_long_is_not_shown(serve, content):
    """Binary, of another charset, over 64 KiB, or empty: it is listed like any file, and no more."""
    text = serve(listed, {"www/README": content}).get("/").text
    assert ">README</a>" in text and "<pre>" not in text


def test_readme_is_shown_up_to_64_kib(serve):
    """The bound."""
    assert "x" * 65536 in serve(listed, {"www/README": "x" * 65536}).get("/").text


def test_readme_that_is_not_served_is_not_shown(serve):
    """A link out of the root, a folder, a file that another location is about."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            autoindex on;
            location = /secret/README.md { return 403; }
        }
    """, {"outside": "do not show", "www/secret/README.md": "do not show", "www/linked/a": "", "www/dir/README/a": ""})
    (server.folder / "www/linked/README").symlink_to("../../outside")
    for path in ("/secret/", "/linked/", "/dir/"):
        text = server.get(path).text
        assert "do not show" not in text and "<pre>" not in text, path


def test_readme_without_permission_is_not_shown(serve):
    """What can't be read is listed without a word."""
    server = serve(listed, {"www/README": "do not show"}, unprivileged=True)
    os.chmod(server.folder / "www/README", 0)
    answer = server.get("/")
    assert answer.status == 200 and "do not show" not in answer.text


def test_readme_changes_with_its_file(serve):
    """It comes from the cache, which is never stale."""
    server = serve(listed, {"www/README": "one"})
    for text in ("one", "two", "three"):
        (server.folder / "www/README").write_text(text)
        assert f"<pre>\n{text}</pre>" in server.get("/").text


# random_index

random_folder = """
    server {
        listen 127.0.0.1:0;
        root www;
        autoindex on;
        location /any/ { random_index on; }
    }
"""


def test_random_index_answers_with_one_of_the_files(serve):
    """Each file comes up, as itself, before the index file is looked for; never a dot file, a link or a folder."""
    names = ["a.txt", "b.html", "index.html"]
    server = serve(random_folder, {f"www/any/{name}": name for name in names})
    (server.folder / "www/any/.hidden").write_text("hidden")
    (server.folder / "www/any/folder").mkdir()
    (server.folder / "www/any/link").symlink_to("a.txt")
    with server.connect() as client:
        answers = {(answer.text, answer["Content-Type"]) for answer in (client.get("/any/") for _ in range(100))}
    assert answers == {("a.txt", "text/plain; charset=utf-8"), ("b.html", "text/html; charset=utf-8"),
                       ("index.html", "text/html; charset=utf-8")}


def test_random_index_of_a_folder_without_files(serve):
    """Then what comes next in nginx: index, autoindex. And a folder that isn't there is 404."""
    server = serve(random_folder, {"www/any/void/": None, "www/any/folders/index.html/": None})
    assert "Index of /any/void/" in server.get("/any/void/").text
    assert "Index of /any/folders/" in server.get("/any/folders/").text
    assert server.get("/any/nothing/").status == 404
    assert server.get("/any/.git/").status == 404

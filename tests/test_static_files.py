"""Files beneath a root, as browsers ask for them: content, types, index files, folders, HEAD, changes under way."""

import hashlib
import os
import random
import re
import time
from urllib.parse import quote, unquote, urljoin

import pytest

from webserv_process import patience, request

site = """
    server {
        listen 127.0.0.1:0;
        root www;
    }
"""


def test_a_file_is_served_with_its_length_and_type(serve):
    """The plain case: 200, the file's bytes, Content-Length, Content-Type, Date, Server, byte ranges announced."""
    answer = serve(site, {"www/index.html": "<h1>Hello</h1>\n"}).get("/index.html")
    assert (answer.status, answer.reason, answer.text) == (200, "OK", "<h1>Hello</h1>\n")
    assert answer["Content-Length"] == "15"
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert answer["Accept-Ranges"] == "bytes"
    assert re.fullmatch(r"webserv/[0-9][0-9.]*[0-9a-z.-]*", answer["Server"])


def test_rfc9110_6_6_1_date_is_now_in_imf_fixdate(serve):
    """Date is the current time, in the one format that may be generated."""
    server = serve(site, {"www/index.html": "x"})
    before = int(time.time())
    date = server.get("/")["Date"]
    after = int(time.time())
    assert date in [time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(t)) for t in range(before - 1, after + 1)]


def test_requests_library_is_served(serve):
    """A client library of the real world gets what it asked for, over one kept connection."""
    server = serve(site, {"www/index.html": "home", "www/a.txt": "a"})
    session = server.session()
    assert session.get(server.url("/")).text == "home"
    assert session.get(server.url("/a.txt"), headers={"Accept-Encoding": "gzip, br"}).text == "a"
    assert session.get(server.url("/none")).status_code == 404


@pytest.mark.parametrize("name, expected", [
    ("a.html", "text/html; charset=utf-8"),
    ("a.css", "text/css; charset=utf-8"),
    ("a.js", "text/javascript; charset=utf-8"),      # RFC 9239
    ("a.mjs", "text/javascript; charset=utf-8"),
    ("a.txt", "text/plain; charset=utf-8"),
    ("a.JPG", "image/jpeg"),
    ("a.svg", "image/svg+xml"),
    ("a.json", "application/json"),                  # RFC 8259 11: no charset parameter is defined
    ("a.wasm", "application/wasm"),
    ("a.avif", "image/avif"),
    ("a.webp", "image/webp"),
    ("a.woff2", "font/woff2"),
    ("a.webmanifest", "application/manifest+json"),
    ("a.pdf", "application/pdf"),
    ("a.mp4", "video/mp4"),
    ("a.unheard-of", "application/octet-stream"),
    ("README", "application/octet-stream"),
])
def test_media_type_by_extension(serve, name, expected):
    """The built-in table knows the modern web; what is unknown gets the default type."""
    assert serve(site, {f"www/{name}": "x"}).get(f"/{name}")["Content-Type"] == expected


def test_types_default_type_and_charset_can_be_set(serve):
    """`types` replaces the table, `default_type` is for the rest, `charset` is what is said for text."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            types { text/x-poem poem verse; }
            default_type text/plain;
            charset iso-8859-1;
            location /plain/ { charset off; default_type application/x-thing; }
        }
    """, {"www/a.verse": "x", "www/a.html": "x", "www/plain/a.bin": "x", "www/plain/b.poem": "x"})
    assert server.get("/a.verse")["Content-Type"] == "text/x-poem; charset=iso-8859-1"
    assert server.get("/a.html")["Content-Type"] == "text/plain; charset=iso-8859-1"
    assert server.get("/plain/a.bin")["Content-Type"] == "application/x-thing"
    assert server.get("/plain/b.poem")["Content-Type"] == "text/x-poem"


def test_server_tokens_off_hides_the_version(serve):
    """`server_tokens off` leaves the name alone, in the field and on the built-in pages."""
    server = serve("server { listen 127.0.0.1:0; root www; server_tokens off; }", {"www/index.html": "x"})
    assert server.get("/")["Server"] == "webserv"
    assert "webserv/" not in server.get("/none").text


def test_index_files_in_order(serve):
    """The first index file that exists is served, also in a folder below."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            index first.html second.html;
        }
    """, {"www/second.html": "second", "www/sub/first.html": "sub first", "www/sub/second.html": "sub second"})
    assert server.get("/").text == "second"
    assert server.get("/sub/").text == "sub first"


def test_index_may_be_a_path_of_the_server(serve):
    """An absolute last index name is an internal redirect to that path (nginx: ngx_http_index_module)."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            index index.html /fallback.html;
        }
    """, {"www/fallback.html": "fallback", "www/empty/": None})
    assert server.get("/empty/").text == "fallback"


def test_folder_without_index_is_forbidden(serve):
    """No index file and no listing: 403, and the error log says which folder."""
    server = serve(site, {"www/empty/": None})
    assert server.get("/empty/").status == 403
    server.wait_for_error("error", str(server.folder / "www/empty"))


def test_folder_without_slash_is_redirected_relatively_with_its_query(serve):
    """301 to the same path with a slash; a relative Location works behind any proxy and port; the query is kept."""
    server = serve(site, {"www/some folder/index.html": "x", "www/b/index.html": "x"})
    answer = server.get("/b?x=1&y=%20a/b")
    assert answer.status == 301
    assert "://" not in answer["Location"] and not answer["Location"].startswith("//")
    assert urljoin("http://h/b?x=1", answer["Location"]) == "http://h/b/?x=1&y=%20a/b"
    assert urljoin("http://h/", server.get("/some%20folder")["Location"]) == "http://h/some%20folder/"
    assert urljoin("http://h/b?", server.get("/b")["Location"]) == "http://h/b/"


def test_redirect_of_a_folder_cannot_name_another_host_or_split_the_response(serve):
    """`//evil.example` and encoded line ends in the path stay a path in Location."""
    server = serve(site, {"www/evil.example/index.html": "x", "www/a\r\nSet-Cookie: b/index.html": "x"})
    answer = server.get("//evil.example")
    assert answer.status == 301 and urljoin("http://h/", answer["Location"]) == "http://h/evil.example/"
    answer = server.get("/a%0D%0ASet-Cookie:%20b")
    assert answer.status == 301 and answer["Set-Cookie"] is None
    assert unquote(urljoin("http://h/", answer["Location"])) == "http://h/a\r\nSet-Cookie: b/"


def test_file_with_a_trailing_slash_is_not_found(serve):
    """A file is no folder: `/a.txt/` names nothing."""
    server = serve(site, {"www/a.txt": "a"})
    assert server.get("/a.txt/").status == 404
    assert server.get("/a.txt/b").status == 404


def test_rfc9110_9_3_2_head_says_what_get_says_without_content(serve):
    """HEAD has the fields of GET, and the connection goes on right behind the head."""
    server = serve(site, {"www/index.html": "some content", "www/big.bin": bytes(300_000)})
    for path in ("/", "/big.bin", "/none"):
        with server.connect() as client:
            get = client.get(path)
            head = client.ask(request(f"HEAD {path} HTTP/1.1"))
            again = client.get(path)
        without_date = [[f for f in answer.fields if f[0] != "Date"] for answer in (get, head, again)]
        assert head.content == b"" and head.status == get.status
        assert without_date[0] == without_date[1] == without_date[2]


def test_empty_file(serve):
    """Nothing is content too: 200 with Content-Length: 0."""
    server = serve(site, {"www/empty.txt": ""})
    with server.connect() as client:
        answer = client.get("/empty.txt")
        assert (answer.status, answer["Content-Length"], answer.content) == (200, "0", b"")
        assert client.get("/empty.txt").status == 200


@pytest.mark.parametrize("size", [1, 1023, 4096, 16383, 16384, 16385, 65535, 65536, 65537, 262144, 262145, 1_000_003])
def test_every_size_arrives_whole(serve, size):
    """Around the sizes where a response takes another way (small, buffered, sendfile), not a byte is lost."""
    content = random.Random(size).randbytes(size)
    server = serve(site, {"www/file.bin": content})
    with server.connect() as client:
        assert client.get("/file.bin").content == content
        assert client.get("/file.bin").content == content


def test_ten_mebibytes_arrive_byte_for_byte(serve):
    """A large file by sendfile, to a reader that pauses and one that does not."""
    content = random.Random(10).randbytes(10 * 1024 * 1024)
    server = serve(site, {"www/large.bin": content})
    expected = hashlib.sha256(content).digest()
    with server.connect() as fast, server.connect(receive_buffer=4096) as slow:
        slow.send(request("GET /large.bin HTTP/1.1"))
        assert hashlib.sha256(fast.get("/large.bin").content).digest() == expected
        assert hashlib.sha256(slow.response().content).digest() == expected


def test_names_with_spaces_umlauts_and_markup(serve):
    """Percent-encoded names are decoded once, and once only."""
    names = ["two words.txt", "Grüße.txt", "<b>&\"'.txt", "100%.txt", "a+b.txt", "a%41.txt", "semi;colon,comma.txt",
             "q?.txt"]
    server = serve(site, {f"www/{name}": name for name in names})
    for name in names:
        answer = server.get("/" + quote(name))
        assert (answer.status, answer.text) == (200, name)
    assert server.get("/a%2541.txt").text == "a%41.txt"
    assert server.get("/aA.txt").status == 404


def test_query_plays_no_part_in_choosing_a_file(serve):
    """`?` ends the path."""
    server = serve(site, {"www/a.txt": "a"})
    assert server.get("/a.txt?b=/c/../d%00").text == "a"


def test_repeated_slashes_and_dot_segments_are_settled(serve):
    """As nginx with merge_slashes on: one slash for many, `.` and `..` resolved."""
    server = serve(site, {"www/a/b.txt": "b"})
    for path in ("//a///b.txt", "/a/./b.txt", "/x/../a/b.txt", "/a/x/%2e%2e/b.txt", "/a/b/../b.txt"):
        assert server.get(path).text == "b", path


def test_absolute_form_names_the_host_and_the_file(serve):
    """RFC 9112 3.2.2: a server accepts the absolute-form."""
    server = serve(site, {"www/a.txt": "a"})
    assert server.ask(request("GET http://localhost/a.txt HTTP/1.1")).text == "a"
    assert server.ask(request("GET HTTP://localhost:80/a.txt?q HTTP/1.1")).text == "a"


def test_a_changed_file_is_served_changed(serve):
    """Whatever is kept in memory: a request that starts after the change returned sees the change."""
    server = serve(site, {"www/a.txt": "one"})
    path = server.folder / "www/a.txt"
    with server.connect() as client:
        for round_ in range(20):
            text = f"content number {round_}"
            if round_ % 2:
                path.write_text(text)
            else:
                (server.folder / "www/new").write_text(text)
                os.rename(server.folder / "www/new", path)
            assert client.get("/a.txt").text == text
        path.unlink()
        assert client.get("/a.txt").status == 404


def test_file_that_shrinks_under_a_download_cuts_the_connection(serve):
    """The promised length can't be kept: the client must be able to tell, so the connection ends early."""
    size = 64 * 1024 * 1024
    server = serve(site)
    path = server.folder / "www/large.bin"
    with open(path, "wb") as file:
        file.truncate(size)
    with server.connect(receive_buffer=65536) as client:
        client.send(request("GET /large.bin HTTP/1.1"))
        head = client.read_head()
        assert head["Content-Length"] == str(size)
        client.take(100_000)
        os.truncate(path, 1_000_000)
        with pytest.raises((EOFError, ConnectionResetError)):
            client.take(size - 100_000)
    server.wait_for_descriptors()
    assert server.get("/none").status == 404
    server.wait_for_error("large.bin")


def test_file_that_grows_under_a_download_keeps_its_promised_length(serve):
    """Exactly Content-Length bytes are sent; the next response begins right behind them."""
    size = 32 * 1024 * 1024
    server = serve(site, {"www/small.txt": "small"})
    path = server.folder / "www/large.bin"
    with open(path, "wb") as file:
        file.truncate(size)
    with server.connect(receive_buffer=65536) as client:
        client.send(request("GET /large.bin HTTP/1.1") + request("GET /small.txt HTTP/1.1"))
        head = client.read_head()
        client.take(100_000)
        with open(path, "ab") as file:
            file.write(b"more" * 1000)
        client.take(int(head["Content-Length"]) - 100_000)
        assert client.response().text == "small"


def test_client_that_goes_away_in_a_download_costs_nothing(serve):
    """The descriptor of the file and the connection are given back; others don't notice."""
    server = serve(site, {"www/large.bin": bytes(20_000_000), "www/a.txt": "a"})
    for _ in range(10):
        client = server.connect(receive_buffer=4096)
        client.send(request("GET /large.bin HTTP/1.1"))
        client.read_head()
        client.reset()
    assert server.get("/a.txt").text == "a"
    server.wait_for_descriptors()


def test_one_big_download_does_not_hold_up_the_others(serve):
    """While one client reads a large file as fast as it can, small requests are answered in between."""
    server = serve(site, {"www/a.txt": "a"})
    with open(server.folder / "www/large.bin", "wb") as file:
        file.truncate(1 << 30)
    with server.connect() as big, server.connect() as small:
        big.send(request("GET /large.bin HTTP/1.1"))
        big.read_head()
        for _ in range(50):
            for _ in range(4):
                big.socket.recv(1 << 20)
            started = time.monotonic()
            assert small.get("/a.txt").text == "a"
            assert time.monotonic() - started < 0.5 * patience


def test_an_index_with_variables_reaches_no_more_than_a_path_does(serve):
    """Names that begin with a dot and what lies outside stay where they are; an empty name is none."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            index $arg_name index.html;
        }
    """, {"www/index.html": "home", "www/other.html": "other", "www/.secret": "no", "www/a/.git/config": "no",
          "secret": "no", "www/a/index.html": "a"})
    assert server.get("/?name=other.html").text == "other"
    assert server.get("/").text == "home"
    assert server.get("/?name=none").text == "home"
    for name in ".secret", "a/.git/config", "../secret", "a/../../secret", "./other.html":
        assert server.get(f"/?name={name}").text == "home", name
    assert server.get("/a/?name=/other.html").text == "other"

"""What of RFC 9112 shows in the bytes of a response, and where messages end too early."""

import re

import pytest

from webserv_process import request

config = """
    server {
        listen 127.0.0.1:0;
        root www;
        location /list/ { autoindex on; }
        location /said { return 200 "said"; }
        location /nothing { return 204; }
        location /nameless { return 299 "x"; }
        location /moved { return 302 /elsewhere; }
    }
"""


@pytest.fixture
def server(serve):
    return serve(config, {"www/index.html": "home", "www/large.bin": bytes(300_000), "www/list/a.txt": "a"})


answers = [
    ("GET / HTTP/1.1", ()), ("GET / HTTP/1.0", ()), ("HEAD / HTTP/1.1", ()), ("GET /large.bin HTTP/1.1", ()),
    ("GET / HTTP/1.1", ("If-None-Match: *",)), ("GET /large.bin HTTP/1.1", ("Range: bytes=0-0,500-500",)),
    ("GET /large.bin HTTP/1.1", ("Range: bytes=999999-",)), ("GET /list/ HTTP/1.1", ()), ("GET /list HTTP/1.1", ()),
    ("GET /nothing HTTP/1.1", ()), ("GET /nameless HTTP/1.1", ()), ("GET /moved HTTP/1.1", ()),
    ("OPTIONS * HTTP/1.1", ()), ("POST / HTTP/1.1", ("Content-Length: 0",)), ("GET /none HTTP/1.1", ()),
    ("BREW / HTTP/1.1", ()), ("GET / HTTP/2.0", ()), ("GET / HTTP/1.1", ("a b: c",)), ("CONNECT a:1 HTTP/1.1", ()),
    ("POST /said HTTP/1.1", ("Transfer-Encoding: gzip",)), ("POST /said HTTP/1.1", ("Content-Length: 5", "Expect: x")),
]


@pytest.mark.parametrize("line, fields", answers, ids=lambda value: value if isinstance(value, str) else "".join(value))
def test_rfc9112_4_and_5_heads_are_well_formed(server, line, fields):
    """Status-line with its second space, field lines directly behind it, each ended by CRLF; no fold, no bare CR, no
    framing twice, none of another kind than Content-Length, no Content-Length with 204 (RFC 9112 2.2, 4, 5, 6)."""
    head = server.raw(request(line, *fields)).split(b"\r\n\r\n", 1)[0]
    first, *rest = head.split(b"\r\n")
    assert re.fullmatch(rb"HTTP/1\.1 [1-5]\d\d [A-Za-z -]*", first)
    assert b"\r" not in first and all(re.fullmatch(rb"[A-Za-z-]+: [ -~]+", line) for line in rest)
    names = [line.split(b":")[0].lower() for line in rest]
    assert len(names) == len(set(names)) and b"transfer-encoding" not in names and b"date" in names
    status = int(first.split(b" ")[1])
    assert (b"content-length" in names) == (status not in (204, 304))


def test_rfc9112_4_the_space_stays_without_a_reason(server):
    """A code that nobody registered has no phrase, but the space before it."""
    assert server.raw(request("GET /nameless HTTP/1.1", "Connection: close")).startswith(b"HTTP/1.1 299 \r\n")


@pytest.mark.parametrize("data", [
    request("POST /said HTTP/1.1", "Content-Length: 10", content=b"only5"),
    request("POST /said HTTP/1.1", "Transfer-Encoding: chunked", content=b"a\r\nonly5"),
    request("POST /said HTTP/1.1", "Transfer-Encoding: chunked", content=b"5\r\nwhole\r\n"),
    request("POST /said HTTP/1.1", "Transfer-Encoding: chunked", content=b"5\r\nwhole\r\n0\r\n"),
])
def test_rfc9112_6_3_content_that_ends_early(server, data):
    """A client that closes within its content gets no answer as if it were complete; the connection ends."""
    answer = server.raw(data)
    assert b"said" not in answer and (answer == b"" or answer.startswith(b"HTTP/1.1 400 "))


def test_rfc9112_7_4_te_is_no_trouble(server):
    """Transfer codings that the client could take are not needed: the message has none."""
    answer = server.get("/index.html", "TE: trailers, deflate;q=0.5", "Connection: TE")
    assert answer.text == "home" and answer["Transfer-Encoding"] is None and not answer.closes


def test_rfc9110_7_8_upgrade_is_ignored(server):
    """No other protocol is spoken: the answer is as if it hadn't been asked for, and never 101 or 426."""
    answer = server.get("/index.html", "Connection: upgrade", "Upgrade: websocket, h2c")
    assert answer.status == 200 and answer.text == "home" and answer["Upgrade"] is None

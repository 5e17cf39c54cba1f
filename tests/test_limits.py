"""Limits of size (414, 431, 400, 505) and of time (408, silent closes)."""

import socket
import time

import pytest

from webserv_process import patience, request, wait_for

site = "server { listen 127.0.0.1:0; root www; }"
files = {"www/index.html": "home"}


def test_request_line_over_the_limit_is_414(serve):
    """A line may fill one large buffer (8k by default), not more."""
    server = serve(site, files)
    assert server.get("/?" + "q" * 8000).status == 200
    with server.connect() as client:
        answer = client.get("/?" + "q" * 9000)
        assert answer.status == 414 and answer.closes
        client.assert_closed()
    server.wait_for_error("request-line-too-long")


def test_endless_request_line_is_cut_off(serve):
    """414 comes without waiting for the line's end."""
    server = serve(site, files)
    with server.connect() as client:
        client.send("GET /" + "a" * 20000)
        assert client.response().status == 414


def test_field_line_over_the_limit_is_431(serve):
    """The same for one field line."""
    server = serve(site, files)
    assert server.get("/", "X-Long: " + "v" * 8000).status == 200
    with server.connect() as client:
        answer = client.get("/", "X-Long: " + "v" * 9000)
        assert answer.status == 431 and answer.closes
        client.assert_closed()
    server.wait_for_error("field-line-too-long")


def test_head_over_the_limit_is_431(serve):
    """Many lines of allowed length are too much together."""
    server = serve(site, files)
    field = "X-Field: " + "v" * 990
    assert server.get("/", *[field] * 28).status == 200
    with server.connect() as client:
        answer = client.get("/", *[field] * 60)
        assert answer.status == 431 and answer.closes
    server.wait_for_error("head-too-long")


def test_limits_can_be_set(serve):
    """large_client_header_buffers says how many buffers and how large."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            client_header_buffer_size 128;
            large_client_header_buffers 2 512;
        }
    """, files)
    assert server.get("/?" + "q" * 400).status == 200
    assert server.get("/?" + "q" * 600).status == 414
    assert server.get("/", "X: " + "v" * 600).status == 431
    assert server.get("/", *["X: " + "v" * 400] * 4).status == 431


@pytest.mark.parametrize("line, status", [
    ("GET / HTTP/2.0", 505),
    ("GET / HTTP/3.1", 505),
    ("GET / HTTP/0.9", 505),
    ("PRI * HTTP/2.0", 505),
    ("GET / HTTP/1.1 ", 400),
    ("GET / HTTP/11", 400),
    ("GET / http/1.1", 400),
    ("GET / HTTP/1.10", 400),
    ("GET / FTP/1.1", 400),
    ("GET /", 400),
    ("GET", 400),
    ("GET  / HTTP/1.1", 400),
    ("GET / a HTTP/1.1", 400),
    ("GET\t/ HTTP/1.1", 400),
    ("G@T / HTTP/1.1", 400),
    ("GET a HTTP/1.1", 400),
    ("GET /%zz HTTP/1.1", 400),
    ("GET /%4 HTTP/1.1", 400),
    ("GET /%00 HTTP/1.1", 400),
    ("GET /a\x7fb HTTP/1.1", 400),
    ("GET /#fragment HTTP/1.1", 400),
    ("GET ftp://localhost/ HTTP/1.1", 400),
    ("GET * HTTP/1.1", 400),
    ("GET localhost:80 HTTP/1.1", 400),
])
def test_rfc9112_3_request_line_that_is_none(serve, line, status):
    """400 or 505 and the end of the connection; the server lives on."""
    server = serve(site, files)
    with server.connect() as client:
        client.send(line + "\r\nHost: localhost\r\n\r\n")
        answer = client.response()
        assert answer.status == status and answer.closes
        client.assert_closed()
    assert server.get("/").status == 200


@pytest.mark.parametrize("field, slug", [
    ("X-Field : value", "field-name-whitespace"),
    ("X Field: value", "field-name"),
    (": value", "field-name"),
    ("no colon", "field"),
    ("X-Field: one\r\n two", "obs-fold"),
    ("X-Field: a\rb", "bare-cr"),
    ("X-Field: a\0b", "field-value-character"),
    ("X-Field: a\x01b", "field-value-character"),
    ("X-F\xefeld: value", "field-name"),
])
def test_rfc9112_5_field_line_that_is_none(serve, field, slug):
    """Whatever two readers could understand differently is refused, and the log says why."""
    server = serve(site, files)
    with server.connect() as client:
        answer = client.get("/", field)
        assert answer.status == 400 and answer.closes
        client.assert_closed()
    server.wait_for_error("info", slug, "127.0.0.1", "GET / HTTP/1.1")


def test_tls_on_a_plain_port_is_told_so_at_once(serve):
    """A ClientHello is refused at its first bytes, not when a line end happens to come by."""
    server = serve(site, files)
    with server.connect() as client:
        client.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(128, 200)))
        assert client.response().status == 400
        client.assert_closed()
    server.wait_for_error("tls-on-plain-port")


def test_bare_line_feeds_are_understood_in_a_head(serve):
    """RFC 9112 2.2 allows it, and people type requests into nc."""
    server = serve(site, files)
    assert server.ask("GET / HTTP/1.1\nHost: localhost\n\n").text == "home"


def slow(extra=""):
    return f"server {{ listen 127.0.0.1:0; root www; client_header_timeout 1s; keepalive_timeout 30s; {extra} }}"


def test_slow_head_is_408_at_the_deadline(serve):
    """client_header_timeout is for the whole head, from its first byte; the error log tells."""
    server = serve(slow(), files)
    with server.connect() as client:
        client.send("GET / HTTP/1.1\r\nHost: loc")
        started = time.monotonic()
        answer = client.response()
        assert 0.7 < time.monotonic() - started < 3 * patience
        assert answer.status == 408 and answer.closes
        client.assert_closed()


def test_drips_do_not_renew_the_deadline_of_a_head(serve):
    """A byte now and then (slowloris) is cut off as if there were none."""
    server = serve(slow(), files)
    with server.connect() as client:
        client.send("GET / HTTP/1.1\r\n")
        started = time.monotonic()
        client.socket.settimeout(0.2)
        ended = False
        while not ended and time.monotonic() - started < 10 * patience:
            try:
                client.send("X: y\r\n")
                ended = client.socket.recv(4096) != b""
            except socket.timeout:
                pass
            except OSError:
                ended = True
        assert ended and 0.7 < time.monotonic() - started < 3 * patience


def test_deadline_of_a_head_starts_anew_with_each_request(serve):
    """The time between requests counts for keepalive_timeout alone."""
    server = serve(slow(), files)
    with server.connect() as client:
        for _ in range(3):
            assert client.get("/").status == 200
            client.socket.settimeout(0.6)
            with pytest.raises(socket.timeout):
                client.socket.recv(1)
            client.socket.settimeout(10 * patience)


def test_connection_that_never_says_anything_is_closed(serve):
    """Silence gets silence: closed at a deadline, with no answer."""
    server = serve("server { listen 127.0.0.1:0; root www; client_header_timeout 1s; keepalive_timeout 1s; }", files)
    with server.connect() as client:
        client.assert_closed()


def test_content_that_stops_is_408(serve):
    """client_body_timeout is between two reads: it does not bound a slow but steady client."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            client_body_timeout 1s;
            location / { return 200 "ok"; }
        }
    """)
    with server.connect() as client:
        client.send(request("POST / HTTP/1.1", "Content-Length: 10", content=b"12345"))
        started = time.monotonic()
        answer = client.response("POST")
        assert 0.7 < time.monotonic() - started < 3 * patience
        assert answer.status == 408 and answer.closes
        client.assert_closed()


def test_reader_that_stops_is_cut_off(serve):
    """send_timeout is between two successful writes: a client that takes nothing more loses its connection."""
    server = serve("server { listen 127.0.0.1:0; root www; send_timeout 1s; }", {"www/large.bin": bytes(30_000_000)})
    client = server.connect(receive_buffer=4096)
    client.send(request("GET /large.bin HTTP/1.1"))
    client.read_head()
    wait_for(lambda: server.beyond_baseline(), "the download is under way")
    started = time.monotonic()
    server.wait_for_descriptors()
    assert time.monotonic() - started < 4 * patience


def test_slow_but_steady_reader_is_served(serve):
    """Progress renews send_timeout: a download may take longer than it."""
    server = serve("server { listen 127.0.0.1:0; root www; send_timeout 1s; }", {"www/large.bin": bytes(12_000_000)})
    with server.connect(receive_buffer=65536) as client:
        client.send(request("GET /large.bin HTTP/1.1"))
        client.read_head()
        client.received, taken = b"", len(client.received)
        started = time.monotonic()
        pace = 12_000_000 / 2.0
        while taken < 12_000_000:
            data = client.socket.recv(65536)
            assert data, f"cut off after {taken} bytes"
            taken += len(data)
            ahead = taken / pace - (time.monotonic() - started)
            if ahead > 0:
                time.sleep(ahead)  # the pace is what is tested here

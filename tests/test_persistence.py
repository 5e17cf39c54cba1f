"""How long a connection lasts (RFC 9112 9), and how its end is announced."""

import socket
import time

import pytest

from webserv_process import patience, request

site = "server { listen 127.0.0.1:0; root www; }"
files = {"www/index.html": "home"}


def test_rfc9112_9_3_http_1_1_is_kept_alive(serve):
    """Many requests on one connection, nothing said about it."""
    server = serve(site, files)
    with server.connect() as client:
        for _ in range(100):
            answer = client.get("/")
            assert answer.text == "home" and not answer.closes


@pytest.mark.parametrize("value", ["close", "Close", "foo, close", "close,foo", "keep-alive, close"])
def test_rfc9112_9_6_connection_close_is_honoured_and_announced(serve, value):
    """The close option ends the connection behind the response, which says so."""
    server = serve(site, files)
    with server.connect() as client:
        answer = client.get("/", f"Connection: {value}")
        assert answer.status == 200 and answer.closes
        client.assert_closed()


def test_nothing_behind_connection_close_is_answered(serve):
    """A request that is pipelined behind the last one gets no answer (RFC 9112 9.6)."""
    server = serve(site, files)
    with server.connect() as client:
        client.send(request("GET / HTTP/1.1", "Connection: close") + request("GET /none HTTP/1.1"))
        assert client.response().closes
        client.assert_closed()


def test_http_1_0_ends_with_its_response(serve):
    """Without keep-alive, the connection of an HTTP/1.0 client is closed."""
    server = serve(site, files)
    with server.connect() as client:
        answer = client.ask("GET / HTTP/1.0\r\n\r\n")
        assert answer.status == 200 and answer.text == "home" and answer.closes
        client.assert_closed()


def test_http_1_0_may_ask_for_keep_alive(serve):
    """A 1.0 client that asks gets it, is told so, and its content is delimited by Content-Length."""
    server = serve(site, files)
    with server.connect() as client:
        for _ in range(3):
            answer = client.ask("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
            assert answer["Connection"].lower() == "keep-alive" and answer["Content-Length"] == "4"
        assert client.ask("GET / HTTP/1.0\r\n\r\n").closes
        client.assert_closed()


def test_http_1_0_never_gets_chunked_or_interim(serve):
    """What 1.0 does not know is not sent to it."""
    config = "server { listen 127.0.0.1:0; root www; autoindex on; location /r { return 200 ok; } }"
    server = serve(config, {"www/a.txt": "a"})
    answer = server.ask("GET / HTTP/1.0\r\n\r\n")
    assert answer.status == 200 and answer["Transfer-Encoding"] is None
    answer = server.ask("POST /r HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx")
    assert answer.status == 200 and answer.interim == []


def test_a_later_minor_version_is_taken_as_1_1(serve):
    """RFC 9110 2.5: HTTP/1.9 is handled as the highest minor version that is known."""
    server = serve(site, files)
    with server.connect() as client:
        assert client.ask(request("GET / HTTP/1.9")).status == 200
        assert client.get("/").status == 200


def test_keepalive_requests_bounds_a_connection(serve):
    """The last response says Connection: close."""
    server = serve("server { listen 127.0.0.1:0; root www; keepalive_requests 3; }", files)
    with server.connect() as client:
        assert [client.get("/").closes for _ in range(3)] == [False, False, True]
        client.assert_closed()


def test_keepalive_requests_holds_for_pipelined_ones(serve):
    """However the requests arrive: three answers, then the end."""
    server = serve("server { listen 127.0.0.1:0; root www; keepalive_requests 3; }", files)
    with server.connect() as client:
        client.send(request("GET / HTTP/1.1") * 5)
        assert [client.response().closes for _ in range(3)] == [False, False, True]
        client.assert_closed()


def test_keepalive_timeout_zero_keeps_nothing(serve):
    """Every response is the last one, and says so."""
    server = serve("server { listen 127.0.0.1:0; root www; keepalive_timeout 0; }", files)
    with server.connect() as client:
        assert client.get("/").closes
        client.assert_closed()


def test_idle_connection_is_closed_after_keepalive_timeout(serve):
    """Without another byte, not before and not long after; nothing is sent."""
    server = serve("server { listen 127.0.0.1:0; root www; keepalive_timeout 1s; }", files)
    with server.connect() as client:
        client.get("/")
        started = time.monotonic()
        client.assert_closed()
        assert 0.7 < time.monotonic() - started < 3 * patience


def test_keepalive_timeout_starts_anew_with_each_request(serve):
    """A client that keeps asking is kept for longer than the timeout."""
    server = serve("server { listen 127.0.0.1:0; root www; keepalive_timeout 1s; }", files)
    with server.connect() as client:
        started = time.monotonic()
        while time.monotonic() - started < 1.8:
            assert client.get("/").status == 200
            client.socket.settimeout(0.3)
            with pytest.raises(socket.timeout):
                client.socket.recv(1)
            client.socket.settimeout(10 * patience)


def test_half_close_still_gets_the_whole_answer(serve):
    """A client that shuts down its sending side behind the request gets all of a large file, then the end."""
    server = serve(site, {"www/large.bin": bytes(10_000_000)})
    with server.connect() as client:
        client.send(request("GET /large.bin HTTP/1.1"))
        client.finish_sending()
        assert len(client.response().content) == 10_000_000
        client.assert_closed()


def test_half_close_behind_pipelined_requests(serve):
    """All of them are answered."""
    server = serve(site, files)
    with server.connect() as client:
        client.send(request("GET / HTTP/1.1") * 20)
        client.finish_sending()
        assert [client.response().text for _ in range(20)] == ["home"] * 20
        client.assert_closed()


def test_half_close_within_a_head(serve):
    """An unfinished request is no request: the connection is closed, with or without a 400."""
    server = serve(site, files)
    answer = server.raw(b"GET / HTTP/1.1\r\nHost: local")
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")


def test_errors_that_are_understood_keep_the_connection(serve):
    """A 404 is an ordinary answer."""
    server = serve(site, files)
    with server.connect() as client:
        assert client.get("/none").status == 404
        assert client.get("/").text == "home"


def test_no_response_is_framed_twice_or_not_at_all(serve):
    """RFC 9112 6: every kind of answer delimits itself, so that the next one is found."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            location /list/ { autoindex on; }
            location = /none-content { return 204; }
        }
    """, files | {"www/list/a": "a", "www/empty": ""})
    with server.connect() as client:
        for path in ("/", "/none", "/list", "/list/", "/none-content", "/empty", "/"):
            answer = client.get(path)
            assert answer["Content-Length"] is not None or answer["Transfer-Encoding"] or answer.status == 204
        assert answer.text == "home"


def test_keepalive_timeout_is_not_about_the_first_request(serve):
    """keepalive_timeout 0 ends a connection after its answer; a client may take its time before the first request, for
    which client_header_timeout counts (nginx)."""
    server = serve("keepalive_timeout 0;\nserver { listen 127.0.0.1:0; root www; }", {"www/index.html": "home"})
    with server.connect() as client:
        time.sleep(0.3)
        answer = client.get("/")
        assert answer.text == "home" and answer.closes
        client.assert_closed()


def test_connection_that_never_speaks_is_closed_in_silence(serve):
    """After client_header_timeout, without an answer and without a line in the log."""
    server = serve("client_header_timeout 1s;\nserver { listen 127.0.0.1:0; root www; }", {"www/index.html": "home"})
    with server.connect() as client:
        assert client.rest() == b""
    server.get("/")
    assert len(server.wait_for_accesses(1)) == 1


def test_empty_line_after_a_request_is_no_request(serve):
    """RFC 9112 2.2: a stray line end is ignored; it gets no 408 when the connection's time is over."""
    server = serve("keepalive_timeout 1s;\nclient_header_timeout 1s;\nserver { listen 127.0.0.1:0; root www; }",
                   {"www/index.html": "home"})
    with server.connect() as client:
        client.get("/")
        client.send(b"\r\n\r\n")
        assert client.rest() == b""
    with server.connect() as client:
        client.get("/")
        client.send(b"\r\n" + request("GET / HTTP/1.1"))
        assert client.response().text == "home"

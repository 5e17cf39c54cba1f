"""An early answer reaches a client that goes on sending (RFC 9112 9.6: closing in stages)."""

import time

import pytest

from webserv_process import patience, request

config = """
    server {
        listen 127.0.0.1:0;
        root www;
        client_max_body_size 1000;
        lingering_timeout 1s;
        location /post { return 200 "posted"; }
    }
"""


@pytest.mark.parametrize("framing", ["Content-Length: 8000000", "Transfer-Encoding: chunked"])
def test_early_413_is_read_by_a_client_that_goes_on_sending(serve, framing):
    """The whole content is sent before the answer is read; without lingering an RST would have destroyed it."""
    server = serve(config)
    for _ in range(5):
        with server.connect() as client:
            client.send(request("POST /post HTTP/1.1", framing))
            prefix = b"7a1200\r\n" if "chunked" in framing else b""
            client.send(prefix + bytes(8_000_000))
            answer = client.response("POST")
            assert answer.status == 413 and answer.closes


def test_early_400_is_read_by_a_client_that_goes_on_sending(serve):
    """The same for a request that isn't understood."""
    server = serve(config)
    for _ in range(5):
        with server.connect() as client:
            client.send(b"GET / HTTP/1.1\r\nno colon here\r\n" + b"X-Field: value\r\n" * 50_000)
            answer = client.response()
            assert answer.status == 400 and answer.closes


def test_lingering_ends_when_the_client_ends(serve):
    """A client that closes frees the connection at once."""
    server = serve(config)
    with server.connect() as client:
        answer = client.ask(request("POST /post HTTP/1.1", "Content-Length: 2000"))
        assert answer.status == 413
        client.finish_sending()
        client.assert_closed()
    server.wait_for_descriptors()


def test_lingering_ends_at_its_timeout(serve):
    """A client that neither sends nor closes is waited for as long as lingering_timeout says."""
    server = serve(config)
    client = server.connect()
    assert client.ask(request("POST /post HTTP/1.1", "Content-Length: 2000")).status == 413
    started = time.monotonic()
    server.wait_for_descriptors()
    assert time.monotonic() - started < 4 * patience


def test_the_end_is_seen_before_lingering_is_over(serve):
    """The server shuts down its sending side at once: the client need not wait for the timeout to know."""
    server = serve(config.replace("lingering_timeout 1s", "lingering_timeout 30s"))
    with server.connect() as client:
        assert client.ask(request("POST /post HTTP/1.1", "Content-Length: 2000")).status == 413
        client.assert_closed(2)


def test_lingering_time_bounds_it_whatever_the_client_sends(serve):
    """Each piece renews lingering_timeout; lingering_time is the end."""
    server = serve(config.replace("lingering_timeout 1s;", "lingering_timeout 5s; lingering_time 1s;"))
    with server.connect() as client:
        client.send(request("POST /post HTTP/1.1", "Content-Length: 8000000"))
        assert client.response("POST").status == 413
        started = time.monotonic()
        while time.monotonic() - started < 20:
            try:
                client.send(b"x" * 1000)
            except OSError:
                break
            time.sleep(0.1)
        assert time.monotonic() - started < 4 * patience


def test_half_closed_client_of_a_unix_socket_reads_the_early_answer(serve, tmp_path):
    """Its end is seen at once, before its bytes are read: they are read all the same, so that no reset comes."""
    server = serve(config.replace("listen 127.0.0.1:0", f"listen unix:{tmp_path}/web.sock"))
    for _ in range(20):
        with server.connect() as client:
            client.send(request("POST /post HTTP/1.1", "Content-Length: 2000000", content=bytes(150_000)))
            client.finish_sending()
            assert client.response("POST").status == 413
            assert client.rest() == b""


def test_request_of_a_client_that_closed_at_once_is_handled(serve, tmp_path):
    """A unix socket reports the end together with the bytes before it: those are a request like any other."""
    server = serve(config.replace("listen 127.0.0.1:0", f"listen unix:{tmp_path}/web.sock"))
    for _ in range(10):
        with server.connect() as client:
            client.send(request("POST /post HTTP/1.1", "Content-Length: 3", content=b"abc"))
    lines = server.wait_for_accesses(10)
    assert all('"POST /post HTTP/1.1" 200 6' in line for line in lines)

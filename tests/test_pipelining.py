"""Several requests in flight on one connection (RFC 9112 9.3.2)."""

import random

from webserv_process import chunked, request

site = """
    server {
        listen 127.0.0.1:0;
        root www;
        location /post { return 200 "posted"; }
    }
"""


def test_a_hundred_requests_in_one_send(serve):
    """All are answered, in their order."""
    files = {f"www/{i}.txt": f"file {i}" for i in range(100)}
    server = serve(site, files)
    with server.connect() as client:
        client.send(b"".join(request(f"GET /{i}.txt HTTP/1.1") for i in range(100)))
        assert [client.response().text for _ in range(100)] == [f"file {i}" for i in range(100)]
        assert client.get("/7.txt").text == "file 7"


def test_more_requests_than_any_buffer_holds(serve):
    """Five thousand requests sent before one answer is read: the server neither drops nor reorders, nor hoards."""
    server = serve(site + "keepalive_requests 100000;", {"www/a.txt": "a" * 100, "www/b.txt": "b" * 100})
    order = [random.Random(1).choice("ab") for _ in range(5000)]
    with server.connect() as client:
        data = b"".join(request(f"GET /{name}.txt HTTP/1.1") for name in order)
        answers = []
        client.socket.setblocking(False)
        sent = 0
        while sent < len(data):  # as long as the server takes it; then read, so that nobody waits for the other
            try:
                sent += client.socket.send(data[sent:sent + 65536])
            except BlockingIOError:
                client.socket.settimeout(10)
                answers.append(client.response().text[0])
                client.socket.setblocking(False)
        client.socket.settimeout(30)
        while len(answers) < len(order):
            answers.append(client.response().text[0])
    assert answers == order


def test_large_and_small_answers_keep_their_order(serve):
    """A small answer waits behind a large file that goes another way."""
    large = random.Random(2).randbytes(3_000_000)
    server = serve(site, {"www/large.bin": large, "www/small.txt": "small"})
    with server.connect() as client:
        client.send((request("GET /large.bin HTTP/1.1") + request("GET /small.txt HTTP/1.1")) * 3)
        for _ in range(3):
            assert client.response().content == large
            assert client.response().text == "small"


def test_head_and_errors_and_content_in_a_row(serve):
    """Each answer ends where the next begins, whatever its kind."""
    server = serve(site, {"www/a.txt": "a"})
    with server.connect() as client:
        client.send(request("HEAD /a.txt HTTP/1.1") + request("GET /none HTTP/1.1")
                    + request("POST /post HTTP/1.1", "Content-Length: 5", content=b"hello")
                    + request("POST /post HTTP/1.1", "Transfer-Encoding: chunked", content=chunked(b"one", b"two"))
                    + request("GET /a.txt HTTP/1.1", "If-None-Match: *") + request("GET /a.txt HTTP/1.1"))
        kinds = [client.response(method).status for method in ("HEAD", "GET", "POST", "POST", "GET", "GET")]
        assert kinds == [200, 404, 200, 200, 304, 200]


def test_requests_cut_anywhere(serve):
    """The second request begins in one send and ends in the next, cut at every byte."""
    server = serve(site, {"www/a.txt": "a"})
    two = (request("GET /a.txt HTTP/1.1", "X-Field: value")
           + request("POST /post HTTP/1.1", "Content-Length: 3", content=b"abc"))
    with server.connect() as client:
        for cut in range(1, len(two)):
            client.send(two[:cut])
            client.send(two[cut:])
            assert (client.response().text, client.response().text) == ("a", "posted")


def test_empty_lines_between_requests(serve):
    """RFC 9112 2.2: a CRLF before a request-line is ignored."""
    server = serve(site, {"www/a.txt": "a"})
    with server.connect() as client:
        client.send(b"\r\n" + request("GET /a.txt HTTP/1.1") + b"\r\n\r\n" + request("GET /a.txt HTTP/1.1"))
        assert [client.response().text for _ in range(2)] == ["a", "a"]


def test_malformed_request_behind_good_ones(serve):
    """The good ones are answered first, then the 400, then the end."""
    server = serve(site, {"www/a.txt": "a"})
    with server.connect() as client:
        good = request("GET /a.txt HTTP/1.1")
        client.send(good * 2 + b"GET  /a.txt HTTP/1.1\r\n\r\n" + good)
        assert [client.response().status for _ in range(3)] == [200, 200, 400]
        client.assert_closed()

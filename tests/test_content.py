"""Content of requests: how it is framed (RFC 9112 6), how much of it is taken, and Expect (RFC 9110 10.1.1)."""

import pytest

from webserv_process import chunked, request

config = """
    server {
        listen 127.0.0.1:0;
        root www;
        client_max_body_size 1000;
        location /post { return 200 "posted"; }
        location /unlimited { client_max_body_size 0; return 200 "taken"; }
        location /small { client_max_body_size 10; return 200 "small"; }
    }
"""

chunked_field = "Transfer-Encoding: chunked"


@pytest.fixture
def server(serve):
    return serve(config, {"www/index.html": "home"})


@pytest.fixture
def client(server):
    with server.connect() as connection:
        yield connection


def test_content_length(client):
    """Content is taken off the connection, however it arrives; what is behind it is the next request."""
    assert client.ask(request("POST /post HTTP/1.1", "Content-Length: 5", content=b"hello")).text == "posted"
    client.send(request("POST /post HTTP/1.1", "Content-Length: 5"))
    for byte in b"hello":
        client.send(bytes([byte]))
    assert client.response().text == "posted"
    assert client.get("/").text == "home"


def test_content_that_looks_like_a_request_is_content(client):
    """Bytes within Content-Length are never a request of their own."""
    inner = request("GET /none HTTP/1.1")
    assert client.ask(request("POST /post HTTP/1.1", f"Content-Length: {len(inner)}", content=inner)).text == "posted"
    assert client.ask(request("POST /post HTTP/1.1", chunked_field, content=chunked(inner))).text == "posted"
    assert client.get("/").text == "home"


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
def test_content_of_a_method_that_needs_none_keeps_the_framing(client, method):
    """RFC 9110 9.3.1: content of a GET has no meaning, but it is there."""
    assert client.ask(request(f"{method} /post HTTP/1.1", "Content-Length: 3", content=b"abc")).status == 200
    assert client.ask(request(f"{method} /post HTTP/1.1", chunked_field, content=chunked(b"abc"))).status == 200
    assert client.get("/").text == "home"


def test_content_of_a_get_for_a_file(client):
    """The same where a file is served."""
    assert client.ask(request("GET / HTTP/1.1", "Content-Length: 3", content=b"abc")).text == "home"
    assert client.get("/").text == "home"


def test_chunked_with_extensions_and_trailers(client):
    """Extensions are skipped, trailers dropped (RFC 9112 7.1)."""
    content = (b'5;name=value;q="quoted; string"\r\nhello\r\n00003 ; x\r\nabc\r\n'
               b"0;last\r\nX-Trailer: one\r\nX-Other: two\r\n\r\n")
    assert client.ask(request("POST /post HTTP/1.1", chunked_field, content=content)).text == "posted"
    assert client.ask(request("POST /post HTTP/1.1", chunked_field.upper(), content=chunked(b"x"))).text == "posted"
    assert client.get("/").text == "home"


def test_chunked_byte_by_byte(client):
    """The decoder keeps its place anywhere."""
    content = b"a;x=y\r\n0123456789\r\n0\r\nT: v\r\n\r\n"
    for byte in request("POST /post HTTP/1.1", chunked_field, content=content):
        client.send(bytes([byte]))
    assert client.response().text == "posted"
    assert client.get("/").text == "home"


@pytest.mark.parametrize("fields, content, slug", [
    (["Content-Length: 5", chunked_field], chunked(b"hello"), "both-framings"),
    ([chunked_field, "Content-Length: 0"], chunked(b"hello"), "both-framings"),
    (["Content-Length: -1"], b"", "content-length"),
    (["Content-Length: +5"], b"hello", "content-length"),
    (["Content-Length: 0x5"], b"hello", "content-length"),
    (["Content-Length: 5 5"], b"hello", "content-length"),
    (["Content-Length:"], b"", "content-length"),
    (["Content-Length: 5", "Content-Length: 6"], b"hello!", "content-length"),
    (["Content-Length: 5, 6"], b"hello!", "content-length"),
    (["Content-Length: 99999999999999999999999"], b"", "content-length-overflow"),
    (["Content-Length: 18446744073709551616"], b"", "content-length-overflow"),
    (["Transfer-Encoding: chunked, chunked"], chunked(b"x"), "chunked-"),
    ([chunked_field, chunked_field], chunked(b"x"), "chunked-"),
    (["Transfer-Encoding: chunked, gzip"], chunked(b"x"), "chunked-"),
    (["Transfer-Encoding:"], b"", "transfer-encoding"),
    ([chunked_field], b"g\r\n", "chunk-size"),
    ([chunked_field], b"\r\n", "chunk-size"),
    ([chunked_field], b"-1\r\n", "chunk-size"),
    ([chunked_field], b"0x5\r\nhello\r\n", "chunk"),
    ([chunked_field], b"fffffffffffffffff\r\n", "chunk-size-overflow"),
    ([chunked_field], b"5\nhello\r\n0\r\n\r\n", "chunk"),
    ([chunked_field], b"5\r\nhello!\r\n0\r\n\r\n", "chunk"),
    ([chunked_field], b"5\r\nhello\n0\r\n\r\n", "chunk"),
    ([chunked_field], b"0\r\nno trailer\r\n\r\n", "trailer"),
])
def test_rfc9112_6_framing_in_doubt_ends_the_connection(server, fields, content, slug):
    """400 and close, so that no one behind can be talked into seeing another request; the log names the reason."""
    with server.connect() as client:
        client.send(request("POST /unlimited HTTP/1.1", *fields, content=content) + request("GET /none HTTP/1.1"))
        answer = client.response("POST")
        assert answer.status == 400 and answer.closes
        client.assert_closed()
    server.wait_for_error(slug)


def test_rfc9112_6_1_both_framings_rejected(server):
    """Transfer-Encoding with Content-Length is the classic of request smuggling."""
    with server.connect() as client:
        client.send(request("POST /post HTTP/1.1", "Content-Length: 4", chunked_field,
                            content=b"12\r\nGET /none HTTP/1.1\r\n\r\n0\r\n\r\n"))
        assert client.response("POST").status == 400
        client.assert_closed()
    server.wait_for_error("info", "both-framings", "127.0.0.1")


@pytest.mark.parametrize("coding", ["gzip", "gzip, chunked", "identity", "x-thing, chunked"])
def test_rfc9112_6_1_unknown_transfer_coding_is_not_implemented(server, coding):
    """501 for a coding that can't be taken off, and close."""
    with server.connect() as client:
        answer = client.ask(request("POST /post HTTP/1.1", f"Transfer-Encoding: {coding}", content=chunked(b"x")))
        assert answer.status == 501 and answer.closes
        client.assert_closed()


def test_rfc9112_6_1_transfer_encoding_in_http_1_0_is_rejected(server):
    """A 1.0 client can't chunk; something on the way is broken."""
    with server.connect() as client:
        answer = client.ask(request("POST /post HTTP/1.0", chunked_field, content=chunked(b"x")))
        assert answer.status == 400
        client.assert_closed()


def test_content_of_the_exact_limit_is_taken(client):
    """client_max_body_size is inclusive, with a length and chunked."""
    content = b"x" * 1000
    assert client.ask(request("POST /post HTTP/1.1", "Content-Length: 1000", content=content)).status == 200
    assert client.ask(request("POST /post HTTP/1.1", chunked_field, content=chunked(content[1:], b"x"))).status == 200
    assert client.ask(request("POST /small HTTP/1.1", "Content-Length: 10", content=b"0123456789")).status == 200


def test_rfc9110_15_5_14_too_long_by_content_length(server):
    """413 at once, before a byte of the content is there; the connection ends."""
    with server.connect() as client:
        answer = client.ask(request("POST /post HTTP/1.1", "Content-Length: 1001"))
        assert answer.status == 413 and answer.closes
    with server.connect() as client:
        assert client.ask(request("POST /small HTTP/1.1", "Content-Length: 11")).status == 413


def test_rfc9110_15_5_14_too_long_while_chunked(server):
    """413 as soon as the limit is passed, not at the end of an endless content."""
    with server.connect() as client:
        client.send(request("POST /post HTTP/1.1", chunked_field))
        client.send(b"3e8\r\n" + b"x" * 1000 + b"\r\n")
        client.send(b"1\r\nx")
        answer = client.response("POST")
        assert answer.status == 413 and answer.closes


def test_chunk_that_announces_too_much(server):
    """The largest chunk size there is can't overflow anything: 413 or 400 as soon as content passes the limit."""
    with server.connect() as client:
        client.send(request("POST /post HTTP/1.1", chunked_field) + b"ffffffffffffffff\r\n" + bytes(1001))
        answer = client.response("POST")
        assert answer.status in (400, 413) and answer.closes


def test_limit_zero_is_no_limit(client):
    """client_max_body_size 0 takes megabytes."""
    content = bytes(3_000_000)
    assert client.ask(request("POST /unlimited HTTP/1.1", "Content-Length: 3000000", content=content)).text == "taken"
    pieces = [content[:65536]] * 40
    assert client.ask(request("POST /unlimited HTTP/1.1", chunked_field, content=chunked(*pieces))).text == "taken"


def test_rfc9110_10_1_1_expect_100_continue(client):
    """The client waits with its content until it hears 100; then one final answer."""
    client.send(request("POST /post HTTP/1.1", "Expect: 100-continue", "Content-Length: 5"))
    assert client.read_head().status == 100
    client.send(b"hello")
    answer = client.response("POST")
    assert answer.text == "posted" and answer.interim == []
    assert client.get("/").text == "home"


def test_expect_with_chunked_content(client):
    """The same for chunked content, whatever the case of the expectation."""
    client.send(request("POST /post HTTP/1.1", "Expect: 100-Continue", chunked_field))
    assert client.read_head().status == 100
    client.send(chunked(b"hello"))
    assert client.response("POST").text == "posted"


def test_expect_that_is_refused_hears_the_final_answer_at_once(server):
    """413 or 405 instead of 100: the content need not be sent."""
    with server.connect() as client:
        answer = client.ask(request("POST /post HTTP/1.1", "Expect: 100-continue", "Content-Length: 1001"))
        assert answer.status == 413 and answer.interim == []
    with server.connect() as client:
        answer = client.ask(request("POST / HTTP/1.1", "Expect: 100-continue", "Content-Length: 5"))
        assert answer.status == 405 and answer.interim == []


def test_expect_without_content(client):
    """No content to wait for: no 100 (RFC 9110 10.1.1), one answer."""
    answer = client.ask(request("GET / HTTP/1.1", "Expect: 100-continue"))
    assert answer.text == "home" and answer.interim == []


def test_expect_with_the_content_already_there(client):
    """100 may be left out once content has arrived; the answer is one all the same."""
    answer = client.ask(request("POST /post HTTP/1.1", "Expect: 100-continue", "Content-Length: 5", content=b"hello"))
    assert answer.text == "posted" and answer.interim in ([], [100])
    assert client.get("/").text == "home"


def test_requests_library_posts(server):
    """A client library's POST, with a length and as a generator (chunked)."""
    session = server.session()
    assert session.post(server.url("/post"), data=b"x" * 500).text == "posted"
    assert session.post(server.url("/post"), data=(b"piece" for _ in range(10))).text == "posted"
    assert session.post(server.url("/post"), data=b"x" * 2000).status_code == 413

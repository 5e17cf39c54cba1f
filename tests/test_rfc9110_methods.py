"""HEAD, OPTIONS, TRACE and CONNECT (RFC 9110 9.3), on whatever there is to ask about."""

import pytest

from webserv_process import request

config = """
    server {
        listen 127.0.0.1:0;
        root www;
        error_page 410 /gone.html;
        location /said { return 200 "said"; }
        location /nothing { return 204; }
        location /reset { return 205; }
        location /moved { return 301 /elsewhere; }
        location /away { return 307 https://example.org/; }
        location /gone { return 410; }
        location /broken { return 500; }
        location /list/ { autoindex on; }
        location /only-get/ { limit_except GET { deny all; } }
        location /exact/ { allow_methods GET; }
        location /options/ { allow_methods GET OPTIONS; }
        location /return-only-get/ { limit_except GET { deny all; } return 200 "ok"; }
    }
"""
files = {"www/index.html": "home", "www/large.bin": bytes(300_000), "www/empty.txt": "", "www/gone.html": "gone",
         "www/list/a.txt": "a", "www/no-index/a.txt": "a", "www/.hidden": "hidden"}


@pytest.fixture
def server(serve):
    return serve(config, files)


def told(answer):
    return answer.status, [(name, value) for name, value in answer.fields if name != "Date"]


@pytest.mark.parametrize("path", [
    "/", "/index.html", "/large.bin", "/empty.txt", "/said", "/nothing", "/reset", "/moved", "/away", "/gone",
    "/broken", "/list/", "/list", "/list/?C=M&O=D", "/no-index/", "/none", "/.hidden", "/only-get/none",
])
@pytest.mark.parametrize("fields", [
    [], ["If-None-Match: *"], ["If-Match: *"], ['If-Match: "x"'],
    ["If-Modified-Since: Sun, 09 Sep 2035 01:46:40 GMT"], ["If-Unmodified-Since: Sun, 09 Sep 2001 01:46:40 GMT"],
], ids=lambda fields: fields[0].split(":")[0] if fields else "plain")
def test_rfc9110_9_3_2_head_is_get_without_content(server, path, fields):
    """The same status and the same fields, Content-Length too (8.6); twice, since the second answer may lie ready."""
    with server.connect() as client:
        for _ in range(2):
            expected = told(client.get(path, *fields))
            answer = client.ask(request(f"HEAD {path} HTTP/1.1", *fields))
            assert told(answer) == expected and answer.content == b""


def test_rfc9110_9_3_2_head_of_what_was_not_understood(server):
    """Errors of the parser and of Host have no content for HEAD either."""
    for data in (request("HEAD / HTTP/1.1", host=None), request("HEAD /%00 HTTP/1.1"),
                 request("HEAD / HTTP/1.1", "a b: c")):
        head, content = server.raw(data).split(b"\r\n\r\n", 1)
        assert head.startswith(b"HTTP/1.1 400 ") and content == b""


@pytest.mark.parametrize("target, allow", [
    ("*", "GET, HEAD, OPTIONS"),
    ("/", "GET, HEAD, OPTIONS"),
    ("/index.html?query", "GET, HEAD, OPTIONS"),
    ("/list/", "GET, HEAD, OPTIONS"),
    ("/none", "GET, HEAD, OPTIONS"),
    ("/options/x", "GET, OPTIONS"),
    ("http://localhost/index.html", "GET, HEAD, OPTIONS"),
])
def test_rfc9110_9_3_7_options(server, target, allow):
    """Allow says what may be used, without content, and the connection goes on; content of the request is dropped."""
    with server.connect() as client:
        for content in (b"", b"what?"):
            length = f"Content-Length: {len(content)}"
            answer = client.ask(request(f"OPTIONS {target} HTTP/1.1", length, content=content))
            assert answer.status in (200, 204) and answer["Allow"] == allow and answer.content == b""
            assert answer.status == 204 or answer["Content-Length"] == "0"
        assert client.get("/").text == "home"


@pytest.mark.parametrize("path, allow", [
    ("/only-get/x", "GET, HEAD"),
    ("/exact/x", "GET"),
    ("/return-only-get/", "GET, HEAD"),
])
def test_options_where_it_is_not_allowed(server, path, allow):
    """Where the configuration names the methods, OPTIONS is one that it can leave out."""
    answer = server.ask(request(f"OPTIONS {path} HTTP/1.1"))
    assert (answer.status, answer["Allow"]) == (405, allow)


def test_options_where_everything_is_answered_alike(server):
    """As in nginx, return answers any method."""
    assert server.ask(request("OPTIONS /said HTTP/1.1")).text == "said"


@pytest.mark.parametrize("method, target", [
    ("TRACE", "/"),
    ("TRACE", "/said"),
    ("TRACE", "/none"),
    ("CONNECT", "example.org:443"),
])
def test_rfc9110_9_3_8_trace_and_connect_are_never_allowed(server, method, target):
    """TRACE would show a script what it may not see; CONNECT would be a proxy's business. 405 says what is allowed."""
    with server.connect() as client:
        answer = client.ask(request(f"{method} {target} HTTP/1.1", "Cookie: secret=1"))
        assert answer.status == 405 and "GET" in answer["Allow"] and method not in answer["Allow"]
        assert b"secret" not in answer.content
        assert answer["Transfer-Encoding"] is None


def test_rfc9110_8_7_content_location_in_a_request_means_nothing(server):
    """Where the client has its content from changes nothing about what it asks for."""
    assert server.get("/index.html", "Content-Location: /said").text == "home"
    answer = server.ask(request("POST /said HTTP/1.1", "Content-Location: /", "Content-Length: 1", content=b"x"))
    assert answer.text == "said" and answer["Content-Location"] is None


@pytest.mark.parametrize("status, request_line", [
    (400, "GET /%zz HTTP/1.1"), (403, "GET /no-index/ HTTP/1.1"), (404, "GET /none HTTP/1.1"), (405, "POST / HTTP/1.1"),
    (412, "GET / HTTP/1.1"), (416, "GET / HTTP/1.1"), (500, "GET /broken HTTP/1.1"), (501, "BREW / HTTP/1.1"),
    (505, "GET / HTTP/2.0"),
])
def test_rfc9110_15_5_and_6_errors_are_explained(server, status, request_line):
    """A page for whoever reads it, with its type and length, which names the status."""
    fields = {412: ['If-Match: "x"'], 416: ["Range: bytes=9999-"], 405: ["Content-Length: 0"]}.get(status, [])
    answer = server.ask(request(request_line, *fields))
    assert answer.status == status and answer["Content-Type"] == "text/html; charset=utf-8"
    assert str(status) in answer.text and len(answer.content) == int(answer["Content-Length"])
    if status == 505:
        assert "HTTP/1.1" in answer.text, "what is supported (15.6.6)"

"""`return` (nginx: ngx_http_rewrite_module)."""

import pytest

from webserv_process import request

config = """
    server {
        listen 127.0.0.1:0;
        root www;
        location = /text      { default_type text/plain; return 200 "hello\\n"; }
        location = /empty     { return 204; }
        location = /moved     { return 301 /new/place?x=1; }
        location = /found     { return 302 https://example.org/a; }
        location = /other     { return 303 /other; }
        location = /temporary { return 307 /temporary/; }
        location = /permanent { return 308 /permanent/; }
        location = /url       { return https://example.org/b; }
        location = /gone      { return 410; }
        location = /teapot    { return 418 "short and stout"; }
        location = /failed    { return 500; }
        location = /paged     { return 403; error_page 403 /page.html; }
        location = /bare      { return 200; }
    }
"""


@pytest.fixture
def server(serve):
    return serve(config, {"www/page.html": "page", "www/text": "a file behind the return"})


def test_text(server):
    """A code and a text: the text is the content, its type the location's default."""
    answer = server.get("/text")
    assert (answer.status, answer.text, answer["Content-Length"]) == (200, "hello\n", "6")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_no_content(server):
    """204 has neither content nor Content-Length (RFC 9110 8.6); the connection goes on."""
    with server.connect() as client:
        assert client.get("/empty").status == 204
        assert client.get("/text").text == "hello\n"


@pytest.mark.parametrize("path, status, location", [
    ("/moved", 301, "/new/place?x=1"),
    ("/found", 302, "https://example.org/a"),
    ("/other", 303, "/other"),
    ("/temporary", 307, "/temporary/"),
    ("/permanent", 308, "/permanent/"),
    ("/url", 302, "https://example.org/b"),
])
def test_redirect(server, path, status, location):
    """Location is what was configured, word for word; the content is a page with the link."""
    answer = server.get(path)
    assert (answer.status, answer["Location"]) == (status, location)


@pytest.mark.parametrize("path, status", [("/gone", 410), ("/failed", 500)])
def test_code_alone(server, path, status):
    """An error code alone answers with the built-in page."""
    answer = server.get(path)
    assert answer.status == status and str(status) in answer.text


def test_unusual_code_with_text(server):
    """Any code may carry a text."""
    answer = server.get("/teapot")
    assert (answer.status, answer.text) == (418, "short and stout")


def test_success_without_text(server):
    """return 200; has empty content."""
    answer = server.get("/bare")
    assert (answer.status, answer.content) == (200, b"")


def test_error_page_applies(server):
    """An error that is returned gets its error_page."""
    answer = server.get("/paged")
    assert (answer.status, answer.text) == (403, "page")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"])
def test_every_method_is_answered(server, method):
    """`return` asks for no method; HEAD has no content."""
    with server.connect() as client:
        answer = client.ask(request(f"{method} /text HTTP/1.1", "Content-Length: 3", content=b"abc"))
        assert answer.status == 200
        assert answer.content == (b"" if method == "HEAD" else b"hello\n")
        assert client.get("/text").text == "hello\n"


def test_return_in_a_server_comes_before_its_locations(serve):
    """At the level of the server it answers everything."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            return 301 https://www.example.org/;
            location / { root www; }
        }
    """, {"www/index.html": "never"})
    assert server.get("/").status == 301
    assert server.get("/deep/path").status == 301


def test_rfc9110_15_3_6_reset_content_has_none(serve):
    """205 announces that nothing follows, whatever text the configuration gives it."""
    server = serve('server { listen 127.0.0.1:0; location / { return 205 "text"; } }')
    with server.connect() as client:
        answer = client.get("/")
        assert answer.status == 205 and answer["Content-Length"] == "0" and answer.content == b""
        assert client.get("/").status == 205


def test_redirect_to_what_a_client_says_stays_here(serve):
    """`Location: //x/` would lead to the host x (RFC 3986 4.2), a dot in front keeps it a path; with a scheme, the
    configuration has said where to."""
    server = serve("server { listen 127.0.0.1:0; location /a { return 301 $arg_to; }"
                   " location /b { return 302 /$arg_to; }"
                   " location /c { absolute_redirect on; return 301 $arg_to; } }")
    assert server.get("/a?to=//x.example/y")["Location"] == "/.//x.example/y"
    assert server.get("/b?to=/x.example/")["Location"] == "/.//x.example/"
    assert server.get("/a?to=/y")["Location"] == "/y"
    assert server.get("/a?to=http://x.example//y")["Location"] == "http://x.example//y"
    assert server.get("/c?to=//x.example/y")["Location"] == f"http://localhost:{server.port}//x.example/y"

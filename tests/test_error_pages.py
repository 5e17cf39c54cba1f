"""Error answers: the built-in pages and `error_page` (nginx: ngx_http_core_module)."""

import pytest

from webserv_process import request

files = {"www/index.html": "home", "www/404.html": "custom 404", "www/40x.html": "custom 40x", "www/sorry.txt": "sorry"}


def test_built_in_page(serve):
    """Small, readable, complete, with nothing from elsewhere; says the code and the reason."""
    answer = serve("server { listen 127.0.0.1:0; root www; }").get("/none")
    assert (answer.status, answer.reason) == (404, "Not Found")
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert "404" in answer.text and "Not Found" in answer.text
    assert answer.text.lower().startswith("<!doctype html>") and len(answer.content) < 4096
    assert "http://" not in answer.text and "https://" not in answer.text and "<script" not in answer.text


def test_built_in_page_never_repeats_what_the_client_sent(serve):
    """No reflection of the path: nothing to inject."""
    server = serve("server { listen 127.0.0.1:0; root www; }")
    assert "injected" not in server.get("/<b>injected</b>").text
    assert "injected" not in server.get("/%3Cb%3Einjected%3C/b%3E").text


def test_head_of_an_error_has_no_content(serve):
    """The length that GET would have, and nothing behind the head."""
    server = serve("server { listen 127.0.0.1:0; root www; }")
    with server.connect() as client:
        head = client.ask(request("HEAD /none HTTP/1.1"))
        get = client.get("/none")
        assert head["Content-Length"] == get["Content-Length"] and int(get["Content-Length"]) > 0


def test_error_page_replaces_the_content_and_keeps_the_status(serve):
    """error_page 404 /404.html."""
    server = serve("server { listen 127.0.0.1:0; root www; error_page 404 /404.html; }", files)
    answer = server.get("/none")
    assert (answer.status, answer.text) == (404, "custom 404")
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert server.get("/404.html").status == 200


def test_error_page_is_not_made_304_or_206(serve):
    """Preconditions and ranges are about the resource that was asked for, not about the page that explains."""
    server = serve("server { listen 127.0.0.1:0; root www; error_page 404 /404.html; }", files)
    assert server.get("/none", "If-None-Match: *").status == 404
    answer = server.get("/none", "Range: bytes=0-2")
    assert (answer.status, answer.text) == (404, "custom 404")


def test_error_page_with_another_status(serve):
    """error_page 404 =200 /sorry.txt answers 200."""
    server = serve("server { listen 127.0.0.1:0; root www; error_page 404 =200 /sorry.txt; }", files)
    answer = server.get("/none")
    assert (answer.status, answer.text) == (200, "sorry")


def test_error_page_with_the_status_of_its_target(serve):
    """error_page 404 = /sorry.txt answers what serving that gives."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            error_page 404 = /sorry.txt;
            location /other/ { error_page 404 = /made; }
            location = /made { return 202 "made"; }
        }
    """, files)
    answer = server.get("/none")
    assert (answer.status, answer.text) == (200, "sorry")
    answer = server.get("/other/none")
    assert (answer.status, answer.text) == (202, "made")


def test_error_page_for_several_codes(serve):
    """One page for a list of codes."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            error_page 403 404 405 /40x.html;
        }
    """, files | {"www/empty/": None})
    assert (server.get("/none").status, server.get("/none").text) == (404, "custom 40x")
    assert (server.get("/empty/").status, server.get("/empty/").text) == (403, "custom 40x")
    answer = server.ask(request("DELETE /index.html HTTP/1.1"))
    assert (answer.status, answer.text) == (405, "custom 40x")
    assert answer["Allow"] == "GET, HEAD, OPTIONS", "a 405 says Allow, whatever page comes with it (RFC 9110 15.5.6)"


def test_error_page_at_another_site_is_a_redirect(serve):
    """An absolute URL answers 302, or the redirecting code that is given."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            error_page 404 https://example.org/lost;
            error_page 403 =301 https://example.org/forbidden;
        }
    """, {"www/empty/": None})
    answer = server.get("/none")
    assert (answer.status, answer["Location"]) == (302, "https://example.org/lost")
    answer = server.get("/empty/")
    assert (answer.status, answer["Location"]) == (301, "https://example.org/forbidden")


def test_error_page_that_is_missing(serve):
    """A page that isn't there gives the built-in one with the first error's status, and no loop."""
    server = serve("server { listen 127.0.0.1:0; root www; error_page 403 404 /gone.html; }", {"www/empty/": None})
    answer = server.get("/none")
    assert answer.status == 404 and "Not Found" in answer.text
    assert server.get("/empty/").status in (403, 404)
    server.wait_for_error("gone.html")


def test_error_page_may_be_given_by_return(serve):
    """The target goes through location choice like any path; an error in it doesn't start over."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            error_page 404 /explain;
            location = /explain { return 200 "explained"; }
            location /loop/ { error_page 404 /loop/again; }
        }
    """)
    answer = server.get("/none")
    assert "explained" in answer.text
    assert server.get("/loop/none").status == 404


def test_error_page_is_inherited_unless_the_location_has_its_own(serve):
    """A level with any error_page inherits none."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            error_page 404 /404.html;
            location /plain/ { }
            location /own/ { error_page 404 /40x.html; }
            location /other/ { error_page 403 /40x.html; }
        }
    """, files)
    assert server.get("/plain/none").text == "custom 404"
    assert server.get("/own/none").text == "custom 40x"
    assert "Not Found" in server.get("/other/none").text


def test_error_page_for_a_request_that_was_not_understood(serve):
    """A malformed request gets its configured page too, and the connection ends."""
    server = serve("server { listen 127.0.0.1:0; root www; error_page 400 501 /40x.html; }", files)
    with server.connect() as client:
        answer = client.ask("BREW / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert (answer.status, answer.text) == (501, "custom 40x")
    with server.connect() as client:
        answer = client.ask("GET / HTTP/1.1\r\n\r\n")
        assert (answer.status, answer.closes) == (400, True)
        assert answer.text == "custom 40x" or "Bad Request" in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_error_page_answers_with_get_whatever_was_asked(serve, method):
    """An internal redirect of an error is a GET: the page is served, although files allow no POST."""
    server = serve("server { listen 127.0.0.1:0; root www; error_page 405 /40x.html; }", files)
    answer = server.ask(request(f"{method} /index.html HTTP/1.1", "Content-Length: 0"))
    assert (answer.status, answer.text) == (405, "custom 40x")


@pytest.mark.parametrize("equals", ["", "= "])
def test_error_page_that_redirects(serve, equals):
    """A page of this server that answers with a redirect makes the whole answer one, as in nginx."""
    server = serve(f"""
        server {{
            listen 127.0.0.1:0;
            root www;
            error_page 404 {equals}/elsewhere;
            location = /elsewhere {{ return 302 /home; }}
        }}
    """)
    answer = server.get("/missing")
    assert answer.status == 302 and answer["Location"] == "/home"


def test_error_page_with_a_query_and_escapes(serve):
    """The page is a path as in a request: the query is no part of the file's name, %20 is a space."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            error_page 404 /not%20here.html?from=404;
        }
    """, {"www/not here.html": "sorry"})
    answer = server.get("/missing")
    assert answer.status == 404 and answer.text == "sorry"


def test_fields_of_a_failure_go_with_its_status(serve):
    """Content-Range tells the size with a 416; with another status it would mean something else (RFC 9110 14.4)."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            location /kept { error_page 416 /sorry.html; }
            location /changed { error_page 416 =200 /sorry.html; }
        }
    """, {"www/kept.txt": "abc", "www/changed.txt": "abc", "www/sorry.html": "sorry"})
    kept = server.get("/kept.txt", "Range: bytes=9-")
    assert kept.status == 416 and kept["Content-Range"] == "bytes */3" and kept.text == "sorry"
    changed = server.get("/changed.txt", "Range: bytes=9-")
    assert changed.status == 200 and changed["Content-Range"] is None and changed.text == "sorry"

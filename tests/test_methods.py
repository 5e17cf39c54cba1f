"""Which methods may be used where: 405 with Allow, 501, `limit_except` and `allow_methods`."""

import pytest

from webserv_process import request

config = """
    server {
        listen 127.0.0.1:0;
        root www;
        location /limited/ { limit_except GET { deny all; } return 200 "ok"; }
        location /limited-post/ { limit_except POST { deny all; } return 200 "ok"; }
        location /exact/ { allow_methods GET; return 200 "ok"; }
        location /writable/ { allow_methods GET HEAD POST; return 200 "ok"; }
        location /files/ { allow_methods GET POST; }
    }
"""


@pytest.fixture
def server(serve):
    return serve(config, {"www/index.html": "home", "www/files/a.txt": "a"})


def allowed(answer):
    return {name.strip() for name in answer["Allow"].split(",")}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "MKCOL", "LOCK"])
def test_rfc9110_15_5_6_files_allow_get_and_head(server, method):
    """Known but not allowed: 405, and Allow says what is."""
    answer = server.ask(request(f"{method} /index.html HTTP/1.1", "Content-Length: 0"))
    assert (answer.status, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_rfc9110_9_3_6_connect_is_not_allowed(server):
    """No tunnels: CONNECT, well-formed, is 405."""
    assert server.ask(request("CONNECT example.org:443 HTTP/1.1")).status == 405


def test_rfc9110_9_3_7_options_of_the_server(server):
    """OPTIONS * asks about the server as a whole."""
    with server.connect() as client:
        answer = client.ask(request("OPTIONS * HTTP/1.1"))
        assert answer.status in (200, 204) and {"GET", "HEAD"} <= allowed(answer)
        assert client.get("/").status == 200


@pytest.mark.parametrize("method", ["BREW", "get", "Get", "GETT", "X-THING", "G", "A" * 200])
def test_rfc9110_9_1_unknown_method_is_not_implemented(server, method):
    """501 for a token that is no method here; names are case-sensitive."""
    answer = server.ask(request(f"{method} / HTTP/1.1"))
    assert answer.status == 501
    server.wait_for_error("method-unknown")


def test_limit_except_get_implies_head(server):
    """As in nginx, allowing GET allows HEAD too; the refusal is a 405 that says so."""
    assert server.get("/limited/").status == 200
    assert server.ask(request("HEAD /limited/ HTTP/1.1")).status == 200
    answer = server.ask(request("POST /limited/ HTTP/1.1", "Content-Length: 0"))
    assert answer.status == 405 and allowed(answer) == {"GET", "HEAD"}
    answer = server.get("/limited-post/")
    assert answer.status == 405 and allowed(answer) == {"POST"}
    assert server.ask(request("POST /limited-post/ HTTP/1.1", "Content-Length: 0")).status == 200


def test_allow_methods_implies_nothing(server):
    """Exactly the methods that are listed."""
    assert server.get("/exact/").status == 200
    answer = server.ask(request("HEAD /exact/ HTTP/1.1"))
    assert answer.status == 405 and answer["Allow"] == "GET"
    assert server.ask(request("POST /writable/ HTTP/1.1", "Content-Length: 0")).status == 200
    answer = server.ask(request("DELETE /writable/ HTTP/1.1"))
    assert answer.status == 405 and allowed(answer) == {"GET", "HEAD", "POST"}


def test_allowed_by_the_location_but_not_by_files(server):
    """A file takes no POST, whatever the location would allow; Allow names what both allow."""
    answer = server.ask(request("POST /files/a.txt HTTP/1.1", "Content-Length: 0"))
    assert answer.status == 405 and allowed(answer) == {"GET"}
    assert server.get("/files/a.txt").text == "a"


def test_connection_goes_on_behind_a_405(server):
    """The refused request's content is not taken for the next request."""
    with server.connect() as client:
        client.send(request("POST / HTTP/1.1", "Content-Length: 26", content=b"GET /none HTTP/1.1\r\n\r\n1234"))
        answer = client.response()
        assert answer.status == 405
        if answer.closes:
            client.assert_closed()
        else:
            assert client.get("/").text == "home"

"""merge_slashes: repeated slashes in a path that become one, or stay, and then open no way that one slash has not."""

import re

import pytest

from nginx_beside import nginx_beside
from webserv_process import request, run

kept = "merge_slashes off;"
files = {"www/a/b.txt": "b", "www/.git/config": "secret", "www/a/.env": "secret", "secret.txt": "secret",
         "www/index.html": "home", "www/d/index.html": "d"}


def site(body, more=""):
    return f"server {{ listen 127.0.0.1:0; root www; {body} }} {more}"


def test_locations_and_variables_see_the_slashes(serve):
    """With off, //x is another path than /x; without the line, and with on, it isn't."""
    body = "location = /x { return 200 one; } location / { return 200 $uri; }"
    for line, seen in ((kept, "//x"), ("merge_slashes on;", "one"), ("", "one")):
        server = serve(site(line + body))
        assert server.get("//x").text == seen
        assert server.get("/x").text == "one"
        server.stop()


def test_kept_slashes_name_the_same_files(serve):
    """As the kernel reads a path, and nginx hands it on."""
    server = serve(site(kept), files)
    for path in ("//a/b.txt", "/a//b.txt", "///a///b.txt", "/x//../..//a/b.txt"):
        assert server.get(path).text == "b", path
    assert server.get("//").text == "home"
    assert server.get("/a//b.txt/").status == 404


@pytest.mark.parametrize("links", ["", "disable_symlinks off;", "disable_symlinks on;",
                                   "disable_symlinks if_not_owner;"])
def test_kept_slashes_stay_beneath_the_root(serve, links):
    """A path that begins with two slashes is not one of the machine's; nor does one lead up."""
    server = serve(site(kept + links + "location /s/ { alias www/; }"), files)
    top = str(server.folder)
    for path in (f"/{top}/secret.txt", f"//{top}/secret.txt", f"/s/{top}/secret.txt", "//a/..//..//secret.txt",
                 "//etc/passwd", "/s//etc/passwd", "/a//..//..//..//secret.txt", "/s//..//..//secret.txt"):
        answer = server.get(path)
        assert answer.status in (400, 404) and "secret" not in answer.text and "root:" not in answer.text, path
    assert server.get("/s//a/b.txt").text == "b"


def test_kept_slashes_show_no_dot_files(serve):
    """A name that begins with a dot is hidden behind any number of slashes."""
    server = serve(site(kept), files)
    for path in ("//.git/config", "/a//.env", "/a//../.git//config", "///.git", "/%2F.git/config"):
        assert server.get(path).status == 404, path


def test_redirect_names_no_other_host(serve):
    """`Location: //d/` would lead to the host d (RFC 3986 4.2): a path in front keeps it here."""
    server = serve(site(kept + "location /w/ { rewrite ^/w(.*)$ $1 redirect; }"), files)
    assert server.get("//d")["Location"] == "/.//d/"
    assert server.get("/d")["Location"] == "/d/"
    assert server.get("/w//evil.example/")["Location"] == "/.//evil.example/"


def test_absolute_redirect_keeps_the_path(serve):
    """Behind scheme and host, the slashes are what they are."""
    server = serve(site(kept + "absolute_redirect on;"), files)
    assert server.get("//d")["Location"] == f"http://localhost:{server.port}//d/"


def test_default_server_of_the_socket_decides(serve):
    """The path is read before the server is known by its name (nginx's documentation of the directive)."""
    both = "server {{ listen 127.0.0.1:0 default_server; server_name a; {} return 200 $uri; }}" \
           "server {{ listen 127.0.0.1:0; server_name b; {} return 200 $uri; }}"
    for first, second, seen in ((kept, "", "//x"), ("", kept, "/x")):
        server = serve(both.format(first, second), sockets=1)
        for host in ("a", "b"):
            assert server.get("//x", host=host).text == seen
        server.stop()


def test_http_level_is_inherited(serve):
    """A server takes what is said further out."""
    server = serve("merge_slashes off; server { listen 127.0.0.1:0; return 200 $uri; }")
    assert server.get("/a//b").text == "/a//b"


def test_each_request_of_a_connection_is_read_alike(serve):
    """On a kept-alive connection, however the bytes are cut, and in absolute-form."""
    server = serve(site(kept + "location / { return 200 $uri; }"))
    with server.connect() as client:
        for path in ("/a", "/a//b", "/a", "//"):
            assert client.get(path).text == path
        for byte in request("GET /x//y HTTP/1.1"):
            client.send(bytes([byte]))
        assert client.response().text == "/x//y"
        assert client.ask(request("GET http://localhost//z HTTP/1.1")).text == "//z"


def test_unknown_value_is_refused(tmp_path):
    """on or off."""
    (tmp_path / "site.conf").write_text("server { listen 127.0.0.1:0; merge_slashes maybe; return 204; }")
    result = run("-t", "site.conf", cwd=tmp_path)
    assert result.returncode == 1 and re.search(r"merge_slashes.*maybe", result.stderr)


def test_location_with_slashes_is_reached(tmp_path):
    """The warning about it is for servers that merge."""
    for line, warned in ((kept, False), ("", True)):
        (tmp_path / "site.conf").write_text(site(line + "location //a { return 204; }").replace("root www;", ""))
        assert ("unreachable-path" in run("-t", "site.conf", cwd=tmp_path).stderr) == warned


@pytest.mark.parametrize("path", ["//x", "/a//b", "/a//../b", "/a//../../b", "//../a", "/a/.//./b", "/a%2F%2fb", "/a//",
                                  "/a//..", "//..", "//../..", "/a/..//b/"])
def test_as_nginx_does(serve, tool, tmp_path, path):
    """The same path comes out, or the same refusal."""
    body = kept + "location / { return 200 $uri; }"
    server = serve(site(body))
    with nginx_beside(tool("nginx"), tmp_path / "nginx", site(body)) as ask:
        theirs, ours = ask(path), server.get(path)
        assert ours.status == theirs.status
        if ours.status == 200:
            assert ours.text == theirs.text

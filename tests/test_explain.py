"""`webserv --explain`: what it says would be answered is what a server answers, and it says why."""

import random
import re

import pytest

from webserv_process import request, run

SITES = {
    "files": """
        server {
            listen 127.0.0.1:0;
            root www;
            index index.html index.txt;
            error_page 404 /missing.html;
            location /docs/ { autoindex on; location ~ \\.txt$ { default_type text/x-nested; types {} } }
            location = /docs/b.txt { return 200 "exactly"; }
            location ^~ /pictures/ { alias www/docs/; etag off; }
            location ~* \\.(PNG|html)$ { charset off; }
            location /private/ { internal; }
        }
    """,
    "application": """
        server {
            listen 127.0.0.1:0;
            server_name app.example;
            root www;
            set $kind none;
            rewrite ^/old/(\\w+)/(.*)$ /$1/$2?from=$1 last;
            rewrite ^/moved/(.*)$ /docs/$1 permanent;
            if ($http_x_kind ~ ^(?<letters>[a-z]+)\\d*$) { set $kind $letters; }
            location / { try_files $uri $uri.html $uri/ /index.html?path=$uri; }
            location /api/ { try_files $uri @api; }
            location @api { default_type application/json; return 200 '{"path":"$uri","kind":"$kind","args":"$args"}'; }
            location /closed { return 444; }
            location /round { rewrite ^/round(.*)$ /round$1x last; }
        }
        server {
            listen 127.0.0.1:0;
            server_name ~^(?<user>\\w+)\\.users\\.example$;
            root www/users/$user;
            location / { autoindex on; }
        }
    """,
    "hosts": """
        server { listen 127.0.0.1:0; server_name www.example *.www.example; return 301 http://example$request_uri; }
        server {
            listen 127.0.0.1:0 default_server;
            server_name example;
            root www;
            absolute_redirect on;
            error_page 403 404 = @sorry;
            location @sorry { return 503 "sorry, $uri\\n"; }
            location /docs { limit_except GET { deny all; } }
            location ~ ^/u/(?<who>[^/]+)(/.*)?$ { alias www/users/$who$2; }
        }
    """,
}
FILES = {
    "www/index.html": "home", "www/missing.html": "missing", "www/page.html": "page", "www/a b.png": "png",
    "www/docs/a.txt": "a", "www/docs/b.txt": "b", "www/docs/README": "read me", "www/docs/x.html": "x",
    "www/private/secret.txt": "secret", "www/users/ann/index.html": "ann", "www/users/ann/f.txt": "f",
    "www/api/real.json": "{}", "www/.hidden": "hidden",
}
PATHS = ["/", "/index.html", "/page", "/page.html", "/a%20b.png", "/a%20b.PNG", "/docs", "/docs/",
         "/docs/a.txt", "/docs/b.txt", "/docs/x.html", "/docs/none", "/docs//a.txt", "/docs/../page.html",
         "/pictures/a.txt", "/pictures", "/private/secret.txt", "/private/", "/users/ann/", "/users/ann",
         "/u/ann/f.txt", "/u/ann/", "/u/bob/", "/u/ann", "/api/real.json", "/api/none", "/api/",
         "/old/docs/a.txt", "/old/api/q", "/moved/a.txt", "/closed", "/round/1", "/.hidden", "/%2e%2e/",
         "/missing.html", "/none?x=1", "/f.txt", "/docs/?sort=name", "*", "/nul%00"]
HOSTS = ["app.example", "ann.users.example", "www.example", "a.www.example", "example", "localhost",
         "bob.users.example"]
FIELDS = ["X-Kind: abc12", "X-Kind: 12", "Range: bytes=0-1", "Range: bytes=9-", "Accept-Encoding: gzip",
          "If-None-Match: *", "If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT", "Connection: close"]
METHODS = ["GET"] * 6 + ["HEAD", "POST", "OPTIONS", "DELETE", "TRACE"]


def explained(server, method, url, fields):
    arguments = [part for field in fields for part in ("-H", field)]
    done = run("-c", "webserv.conf", "--explain", f"{method} {url}", *arguments, cwd=server.folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def comparable(head):
    """The lines of a head, but for what the moment decides."""
    return sorted(line for line in head.splitlines() if line and not re.match("Date:", line))


@pytest.mark.parametrize("site", SITES)
def test_what_is_explained_is_what_is_served(serve, site):
    """For random requests, the head that is predicted is the head that comes."""
    server = serve(SITES[site], FILES)
    chance = random.Random(site)
    for _ in range(70):
        method, path, host = chance.choice(METHODS), chance.choice(PATHS), chance.choice(HOSTS)
        fields = chance.sample(FIELDS, chance.choice([0, 0, 0, 1, 2]))
        if path == "*":
            method = "OPTIONS"
        port = server.port
        text = explained(server, method, path, [f"Host: {host}:{port}", *fields])
        with server.connect() as client:
            client.send(request(f"{method} {path} HTTP/1.1", *fields, host=f"{host}:{port}"))
            if "answer: none" in text:
                client.assert_closed()
                continue
            head = client.read_head()
            lines = "\n".join([f"HTTP/1.1 {head.status} {head.reason}", *(": ".join(field) for field in head.fields)])
        predicted = comparable(text.split("answer:\n\n", 1)[1])
        assert predicted == comparable(lines), f"{method} {path} {host} {fields}\n{text}"


def test_the_reasons_are_told(serve):
    """Server, location and why not the others, rewriting, file and handler."""
    server = serve(SITES["application"], FILES)
    text = explained(server, "GET", f"http://app.example:{server.port}/old/docs/a.txt", [])
    for part in ("server app.example (webserv.conf", "chosen, its name fits", "no name of it fits",
                 '"/old/docs/a.txt" becomes "/docs/a.txt"', 'location "/"', "chosen", "the path doesn't begin so",
                 "try_files: /docs/a.txt is there", "handler: static_file", "www/docs/a.txt: a file of 1 bytes"):
        assert part in text, text


def test_who_stops_the_way_is_told(serve):
    """A component that can't be passed is named, with its owner and mode."""
    server = serve(SITES["files"], FILES)
    text = explained(server, "GET", "/docs/a.txt/more", [])
    assert re.search(r"file: .*www/docs/a.txt/more: not a directory; .*www/docs/a.txt is \S+:\S+ -rw", text), text


def test_another_client_may_be_explained(serve):
    """--from: rules by address are judged for that client."""
    server = serve("server { listen 127.0.0.1:0; root www; allow 127.0.0.1; deny all; }", {"www/index.html": "home"})
    asked = ["-c", "webserv.conf", "--explain", "GET /"]
    assert "200 OK" in run(*asked, cwd=server.folder).stdout
    assert "403 Forbidden" in run(*asked, "--from", "192.0.2.1", cwd=server.folder).stdout


@pytest.mark.parametrize("arguments, part", [
    (["--explain", "nonsense"], "is no request"),
    (["--explain", "GET https://example/"], "no TLS"),
    (["--explain", "GET /", "--from", "nowhere"], "nowhere"),
    (["--explain", "GET /", "-H", "nonsense"], "is no field"),
    (["--explain"], "needs a value"),
    (["-H", "A: b"], "go with --explain"),
    (["-t", "--explain", "GET /"], "one or the other"),
])
def test_a_question_that_cannot_be_asked(serve, arguments, part):
    """Wrong questions are told so, and nothing is served."""
    server = serve("server { listen 127.0.0.1:0; root www; }")
    done = run("-c", "webserv.conf", *arguments, cwd=server.folder)
    assert done.returncode != 0 and part in done.stderr

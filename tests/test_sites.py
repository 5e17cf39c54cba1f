"""Five configurations of the kind that people have for nginx, and what the owner of each site expects of it.

They run as they stand in `sites/`; only where they listen, who they run as, and the folders in which a system keeps
things are replaced, since a test owns neither port 80 nor /etc. With nginx installed, the expectations are checked
against it too, and the two are compared field by field.
"""

import getpass
import gzip
import pathlib
import re
import shutil

import pytest

from like_nginx.peers import Held, Request, differences, everywhere, find_nginx, run_nginx, run_webserv
from like_nginx.tree import compressed, set_times

FOLDER = pathlib.Path(__file__).resolve().parent / "sites"

# Folder of a site -> where it is on the system that its configuration was written for.
SITES = {
    "app": {"www": "/var/www/app"},
    "docs": {"www": "/var/www/docs"},
    "photos": {"www": "/var/www/photos", "pictures": "/srv/pictures", "private": "/srv/private",
               "htpasswd": "/etc/nginx/htpasswd"},
    "hosts": {"www": "/var/www", "sites-enabled": "/etc/nginx/sites-enabled"},
    "mirror": {"pub": "/srv/mirror", "htpasswd": "/etc/nginx/htpasswd"},
}

ADA = "Authorization: Basic YWRhOmFwciBzZWNyZXQ="
OCTETS = "application/octet-stream"
HTML = "text/html; charset=utf-8"

# site: (request, status, fields that must be so (None: absent), text that the content holds)
EXPECTED = {
    "app": [
        ("GET /", 200, {"Content-Type": HTML, "Cache-Control": "no-cache", "X-Frame-Options": "SAMEORIGIN"}, "App"),
        ("GET /settings/profile?tab=2", 200, {"Content-Type": HTML, "Cache-Control": "no-cache"}, "<title>App"),
        ("HEAD /settings", 200, {"Content-Type": HTML}, ""),
        ("GET /assets/index-4f3a9c21.js", 200, {"Cache-Control": "public, max-age=31536000, immutable",
                                               "Content-Type": "application/javascript; charset=utf-8",
                                               "Vary": "Accept-Encoding"}, "export const line1 "),
        ("GET /assets/index-4f3a9c21.js | Accept-Encoding: gzip", 200, {"Vary": "Accept-Encoding"},
         "export const line1 "),
        ("GET /assets/style.css", 200, {"Cache-Control": "no-cache"}, "margin"),
        ("GET /assets/index-00000000.js", 404, {"X-Content-Type-Options": "nosniff", "Cache-Control": None},
         "Not here"),
        ("GET /logo.svg", 200, {"Cache-Control": "public, max-age=86400", "Content-Type": "image/svg+xml"}, "<svg"),
        ("GET /config.json", 200, {"Cache-Control": "no-store", "X-Frame-Options": None}, "/api"),
        ("GET /healthz", 200, {"Content-Type": "text/plain; charset=utf-8"}, "ok\n"),
        ("GET /favicon.ico", 204, {}, ""),
        ("GET /robots.txt", 200, {}, "Disallow"),
        ("GET /api/users", 501, {"Content-Type": "application/json"}, '"path":"/api/users"'),
        ("GET /.env", 403, {}, ""),
        ("GET /.git/config", 403, {}, ""),
        ("GET /.well-known/security.txt", 200, {"Content-Type": "text/plain; charset=utf-8"}, "contact"),
        ("GET /50x.html", 404, {}, "Not here"),
        ("POST /settings | = x", 405, {}, ""),
        ("GET /assets", 301, {"Location": "/assets/"}, ""),
    ],
    "docs": [
        ("GET / | Host: docs.example.org", 302, {"Location": "/v2"}, ""),
        ("GET /v2 | Host: docs.example.org", 200, {"Content-Type": HTML, "X-Docs-Version": "v2",
                                                   "Cache-Control": "max-age=600"}, "Docs v2"),
        ("GET /v1 | Host: docs.example.org", 200, {"Cache-Control": "max-age=2592000"}, "Docs v1"),
        ("GET /v2/install | Host: docs.example.org", 200, {"X-Docs-Version": "v2"}, "Install v2"),
        ("GET /v2/guide | Host: docs.example.org", 200, {}, "Guide v2"),
        ("GET /v2/guide/routing | Host: docs.example.org", 200, {}, "Routing"),
        ("GET /v2/install.html?print=1 | Host: docs.example.org", 301, {"Location": "/v2/install?print=1"}, ""),
        ("GET /v2/guide/index.html | Host: docs.example.org", 301, {"Location": "/v2/guide"}, ""),
        ("GET /v2/guide/ | Host: docs.example.org", 301, {"Location": "/v2/guide"}, ""),
        ("GET /v2/nothing | Host: docs.example.org", 404, {"X-Docs-Version": None}, "No such page in v2"),
        ("GET /v1/nothing | Host: docs.example.org", 404, {}, "No such page in v1"),
        ("GET /nothing | Host: docs.example.org", 404, {}, "No such page</h1>"),
        ("GET /about | Host: docs.example.org", 200, {"X-Docs-Version": None}, "About"),
        ("GET /latest | Host: docs.example.org", 302, {"Location": "/v2/"}, ""),
        ("GET /latest/guide/routing | Host: docs.example.org", 302, {"Location": "/v2/guide/routing"}, ""),
        ("GET /install | Host: docs.example.org", 301, {"Location": "/v2/install"}, ""),
        ("GET /v1/quickstart | Host: docs.example.org", 301, {"Location": "/v1/install"}, ""),
        ("GET /manual/guide/routing | Host: docs.example.org", 301, {"Location": "/v2/guide/routing"}, ""),
        ("GET /de/start | Host: docs.example.org", 410, {}, "The de translation"),
        ("GET /assets/docs.css | Host: docs.example.org", 200, {"Vary": "Accept-Encoding", "Content-Encoding": None,
                                                                "Cache-Control": "max-age=315360000"}, ".rule1 "),
        ("GET /assets/docs.css | Host: docs.example.org | Accept-Encoding: gzip, br", 200,
         {"Content-Encoding": "gzip", "Access-Control-Allow-Origin": "*"}, ".rule40 "),
        ("GET /assets/search.json | Host: docs.example.org", 200, {"Content-Type": "application/json; charset=utf-8"},
         "Install"),
        ("GET /v2/missing | Host: docs.example.org", 200, {}, "No such page in v2"),
        ("GET /wiki/Install | Host: old-docs.example.org", 301, {"Location": "http://docs.example.org/v1/Install"}, ""),
        ("GET /x?y=z | Host: old-docs.example.org", 301, {"Location": "http://docs.example.org/x?y=z"}, ""),
    ],
    "photos": [
        ("GET /", 200, {"Content-Type": HTML, "Expires": None}, "Photos"),
        ("GET /browse/", 200, {"Content-Type": HTML}, "2024"),
        ("GET /browse/2024/trip/", 200, {}, "one.jpg"),
        ("GET /browse/2024", 301, {"Location": "/browse/2024/"}, ""),
        ("GET /api/browse/", 200, {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"},
         '"name":"2023"'),
        ("GET /api/browse/2023/", 200, {}, '"name":"lake.jpg", "type":"file"'),
        ("GET /p/2023/lake.jpg", 200, {"Content-Type": "image/jpeg", "Vary": "Accept",
                                       "Cache-Control": "max-age=2592000"}, "not really a photo"),
        ("GET /p/2023/lake.jpg | Accept: image/webp,*/*", 200, {"Content-Type": "image/webp"}, "not really webp"),
        ("GET /p/2024/sea.jpg | Accept: image/webp", 200, {"Content-Type": "image/jpeg"}, "no webp"),
        ("GET /p/2024/none.jpg", 404, {"Cache-Control": None}, ""),
        ("GET /originals/2024/sea.jpg", 200, {"Content-Disposition": "attachment", "Cache-Control": "max-age=2592000"},
         "no webp"),
        ("GET /originals/2024/sea.jpg | Referer: https://photos.example.net/", 200, {}, ""),
        ("GET /originals/2024/sea.jpg | Referer: https://our.friends.example/", 200, {}, ""),
        ("GET /originals/2024/sea.jpg | Referer: https://thief.example/", 403, {}, ""),
        ("GET /originals/2024/sea.jpg | Range: bytes=0-1", 206, {"Content-Range": "bytes 0-1/16"}, "no"),
        ("GET /random", 302, {"Location": "/random/"}, ""),
        ("GET /random/", 200, {"Content-Type": "image/jpeg"}, "one of the trip"),
        ("GET /private/", 401, {"Cache-Control": None}, ""),
        (f"GET /private/ | {ADA}", 200, {"Cache-Control": "private"}, "family.jpg"),
        (f"GET /private/family.jpg | {ADA}", 200, {"Content-Type": "image/jpeg"}, "family"),
        ("GET /private/family.jpg | Authorization: Basic YWRhOndyb25n", 401, {}, ""),
        ("GET /index.php", 404, {}, ""),
        ("GET /.htaccess", 403, {}, ""),
    ],
    "hosts": [
        ("GET / | Host: unknown.example", None, {}, ""),
        ("GET / HTTP/1.0 | -Host", None, {}, ""),
        ("GET / | Host: example.org", 200, {"Content-Type": HTML}, "example.org"),
        ("GET /about/ | Host: example.org", 200, {}, "About"),
        ("GET /about | Host: example.org", 301, {"Location": "/about/"}, ""),
        ("GET /a?b=c | Host: www.example.org", 301, {"Location": "http://example.org/a?b=c"}, ""),
        ("GET / | Host: www.example.com", 301, {"Location": "http://example.org/"}, ""),
        ("GET /index.php?page=about | Host: example.org", 301, {"Location": "/about/"}, ""),
        ("GET /news.php?id=17&x=y | Host: example.org", 301, {"Location": "/news/17"}, ""),
        ("GET /news/17 | Host: example.org", 200, {"X-News-Id": "17"}, "News"),
        ("GET /news/latest | Host: example.org", 404, {}, ""),
        ("GET /old-blog/2024/05/a-post | Host: example.org", 301,
         {"Location": "http://blog.example.org/2024-05/a-post"}, ""),
        ("GET /old-blog/?p=5 | Host: example.org", 301, {"Location": "http://blog.example.org/"}, ""),
        ("GET /2024-05/a-post | Host: blog.example.org", 200, {"X-Host": "blog"}, "A post"),
        ("GET /1999-01/any-month | Host: blog.example.org", 200, {}, "Any month"),
        ("GET /2024-05/none | Host: blog.example.org", 404, {"X-Host": None}, "No such post"),
        ("GET /feed | Host: blog.example.org", 200, {"X-Host": "blog"}, "<rss/>"),
        ("GET / | Host: shop.example.org", 200, {"X-Variant": "a"}, "Shop a"),
        ("GET /new.txt | Host: shop.example.org | Cookie: variant=b", 200, {"X-Variant": "b"}, "only in b"),
        ("GET /new.txt | Host: shop.example.org | Cookie: variant=z", 200, {"X-Variant": "a"}, "Shop a"),
        ("GET /admin | Host: shop.example.org", 200, {}, "office only"),
        ("GET / | Host: ada.users.example.net", 200, {}, "Ada"),
        ("GET /none | Host: ada.users.example.net", 404, {}, "ada has no such page"),
        ("GET / | Host: bob.users.example.net", 404, {}, "bob has no such page"),
        ("GET / | Host: typo.example.org", 302, {"Location": "http://example.org/?from=typo.example.org"}, ""),
    ],
    "mirror": [
        ("GET /", 301, {"Location": "/pub/"}, ""),
        ("GET /pub/", 200, {"Cache-Control": "public, max-age=3600"}, "debian"),
        ("GET /index/releases/1.0/", 200, {"Content-Type": "text/xml; charset=utf-8"}, 'size="24">project-1.0.tar.gz<'),
        ("GET /pub/iso/small.iso", 200, {"Content-Type": OCTETS, "Cache-Control": "public, max-age=604800",
                                         "ETag": None}, ""),
        ("GET /pub/iso/small.iso | Range: bytes=5990-", 206, {"Content-Range": "bytes 5990-5999/6000"}, ""),
        ("GET /pub/iso/small.iso | Range: bytes=0-9,3000-3009", 206, {}, "Content-Range: bytes 3000-3009/6000"),
        ("GET /pub/iso/small.iso | Range: bytes=9000-", 416, {"Content-Range": "bytes */6000"}, ""),
        ("GET /pub/iso/small.iso | If-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT", 304, {}, ""),
        ("GET /pub/iso/current/small.iso", 200, {}, ""),
        ("HEAD /pub/iso/small.iso", 200, {"Content-Length": "6000"}, ""),
        ("GET /pub/debian/dists/stable/Release", 200, {"Cache-Control": "no-cache"}, "Suite: stable"),
        ("GET /debian/dists/stable/Release?x", 301, {"Location": "/pub/debian/dists/stable/Release?x"}, ""),
        ("GET /pub/releases/1.1/latest.tar.gz", 302, {"Location": "/pub/releases/1.1/project-1.1.tar.gz"}, ""),
        ("GET /pub/releases/1.1/NOTES.html", 200, {"Content-Type": OCTETS}, "Notes 1.1"),
        ("GET /pub/releases/1.0/project-1.0.tar.gz.sha256", 200, {"Content-Type": "text/plain; charset=utf-8"}, "0123"),
        ("GET /pub/releases", 301, {"Location": "/pub/releases/"}, ""),
        ("GET /pub/nothing.iso", 404, {"Cache-Control": None}, ""),
        ("DELETE /pub/iso/small.iso", 405, {}, ""),
        ("GET /pub/staging/next.txt", 401, {}, ""),
        (f"GET /pub/staging/next.txt | {ADA}", 200, {}, "next"),
        ("GET /status", 200, {"Content-Type": "application/json"}, '"server":"mirror.example.net"'),
        ("GET /.ssh/id", 403, {}, ""),
    ],
}

# Where webserv differs on purpose: the aspects of these answers.
LISTING = ("content", "content-length", "content-security-policy")
DIFFERENT = {
    "app": {
        # nginx compresses while it sends; here it happens beside the answers, and what is ready is kept.
        "GET /assets/index-4f3a9c21.js | Accept-Encoding: gzip":
            ("content", "content-length", "content-encoding", "etag", "accept-ranges"),
        "POST /settings | = x": ("allow",),
        "GET /assets/style.css": ("content-type",),  # text says its charset, unless charset_types is there
    },
    # The text of a return is text, where nginx's default_type would have browsers save it.
    "docs": {"GET /de/start | Host: docs.example.org": ("content-type",)},
    "photos": {"GET /browse/": LISTING, "GET /browse/2024/trip/": LISTING},
    "hosts": {
        "GET /admin | Host: shop.example.org": ("content-type",),
        "GET /none | Host: ada.users.example.net": ("content-type",),
        "GET / | Host: bob.users.example.net": ("content-type",),
    },
    "mirror": {"GET /pub/": LISTING, "DELETE /pub/iso/small.iso": ("allow",),
               # nginx adds the fields of add_header and expires to a 416, some of them twice.
               "GET /pub/iso/small.iso | Range: bytes=9000-": ("cache-control", "x-served-by")},
}


def in_folder(folder, text, port):
    """The configuration with its places moved below `folder`, and its ports to one that was free."""
    text = re.sub(r"(?<![\w/.:])/(etc/nginx|var/log/nginx|var/run|run|var/www|srv)(?=[/;])",
                  lambda match: f"{folder}{place(match[1])}", text)
    text = re.sub(r"listen(\s+)80\b", rf"listen\g<1>127.0.0.1:{port}", text)
    text = re.sub(r"listen(\s+)\[::\]:80\b", rf"listen\g<1>127.0.0.2:{port}", text)
    return re.sub(r"^user\s+\S+;", f"user {getpass.getuser()};", text, flags=re.M)


def place(path):
    return {"var/log/nginx": "/logs", "var/run": "/run"}.get(path, f"/{path}")


def make_site(name, folder, port):
    """Copies the site to where its configuration finds it; returns that configuration."""
    for part in ("logs", "run", "etc/nginx", "var/www", "srv"):
        (folder / part).mkdir(parents=True)
    shutil.copyfile(FOLDER / "mime.types", folder / "etc/nginx/mime.types")
    for source, target in SITES[name].items():
        source, target = FOLDER / name / source, pathlib.Path(f"{folder}{target}")
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, target)
    for path in (folder / "etc/nginx").glob("sites-enabled/*"):
        path.write_text(in_folder(folder, path.read_text(), port))
    for path in folder.glob("var/www/docs/assets/*.css"):
        pathlib.Path(f"{path}.gz").write_bytes(compressed(path.read_bytes()))
    set_times(folder)
    return in_folder(folder, (FOLDER / name / "nginx.conf").read_text(), port)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """runs(name): the answers of nginx (None when it isn't installed) and of webserv to all requests, asked once."""
    found = {}

    def run(name):
        if name not in found:
            folder = tmp_path_factory.mktemp(name)
            requests = [Request(row[0]) for row in EXPECTED[name]]
            with Held() as port:
                config = make_site(name, folder, port)
                theirs = run_nginx(folder, config, port, requests) if find_nginx() else None
                found[name] = theirs, run_webserv(folder, config, port, requests)
        return found[name]

    return run


def rows():
    for name, expected in EXPECTED.items():
        for number, row in enumerate(expected):
            yield pytest.param(name, number, id=f"{name}: {row[0]}")


def check(answer, row):
    request, status, fields, text = row
    assert answer.status == status, f"{request}: {answer}"
    for field, value in fields.items():
        assert answer.values(field.lower()) == ([] if value is None else [value]), f"{request}: {field}: {answer}"
    content = answer.content
    if answer.values("content-encoding") == ["gzip"]:
        content = gzip.decompress(content)
    assert text in content.decode(), f"{request}: {answer}"


@pytest.mark.parametrize("name, number", rows())
def test_the_owner_finds_what_is_expected(runs, name, number):
    theirs, ours = runs(name)
    assert not ours.refused, ours.refused
    check(ours.answers[number], EXPECTED[name][number])


@pytest.mark.parametrize("name, number", rows())
def test_nginx_answers_the_same(runs, tool, name, number):
    if not find_nginx():
        tool("nginx")
    theirs, ours = runs(name)
    row = EXPECTED[name][number]
    check(theirs.answers[number], row)
    assert not ours.refused, ours.refused
    found = differences(Request(row[0]), theirs.answers[number], ours.answers[number])
    allowed = DIFFERENT[name].get(row[0], ())
    unexpected = [f"{aspect}: nginx {nginx!r}, webserv {webserv!r}" for aspect, nginx, webserv in found
                  if aspect not in allowed and not everywhere(ours.answers[number], aspect, nginx, webserv)]
    assert not unexpected, "\n".join([row[0], *unexpected])

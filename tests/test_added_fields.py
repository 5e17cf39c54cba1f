"""Fields that the configuration adds to answers: add_header, add_header_inherit, expires, cache_control, charset and
charset_types (nginx: ngx_http_headers_module, ngx_http_charset_module)."""

import email.utils
import gzip
import os
import re
import time

import pytest

from webserv_process import request, run, wait_for

plain_statuses = {200, 201, 204, 206, 301, 302, 303, 304, 307, 308}
day = 24 * 60 * 60


def values(answer, name):
    """Of all lines with this name."""
    return [value for key, value in answer.fields if key.lower() == name.lower()]


def seconds(date):
    return int(email.utils.parsedate_to_datetime(date).timestamp())


def lifetime(answer):
    """By how much Expires is later than Date."""
    return seconds(answer["Expires"]) - seconds(answer["Date"])


def server_with(serve, directives, files=None):
    files = {"www/a.txt": "a" * 100, "www/index.html": "front", **(files or {})}
    return serve("server { listen 127.0.0.1:0; root www; access_log off; error_log error.log info;\n"
                 + directives + "\n}\n", files)


@pytest.mark.parametrize("code", [200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 403, 404, 405, 410,
                                  416, 500, 503])
def test_statuses_that_are_added_to(serve, code):
    """Without always: 200, 201, 204, 206, 301, 302, 303, 304, 307, 308; with always: all."""
    target = " /x" if code in (301, 302, 303, 307, 308) else ""
    server = server_with(serve, f"add_header X-Plain 1; add_header X-Always 2 always; expires 1h;"
                                f"location / {{ return {code}{target}; }}")
    answer = server.get("/")
    plain = code in plain_statuses
    assert answer.status == code
    assert answer["X-Plain"] == ("1" if plain else None)
    assert answer["X-Always"] == "2"
    assert answer["Cache-Control"] == ("max-age=3600" if plain else None)
    assert (answer["Expires"] is not None) == plain


def test_files_with_every_status(serve):
    """200, 206, 304 and HEAD carry the fields alike; 404, 416 and 412 only what is always added."""
    server = server_with(serve, "add_header X-Plain 1; add_header X-Always 2 always; add_header Vary Origin;")
    with server.connect() as client:
        whole = client.get("/a.txt")
        for _ in range(3):  # from memory the same as the first
            assert client.get("/a.txt").fields == whole.fields
        head = client.ask(request("HEAD /a.txt HTTP/1.1"))
        part = client.get("/a.txt", "Range: bytes=1-2")
        unchanged = client.get("/a.txt", f"If-None-Match: {whole['ETag']}")
        assert [one.status for one in (whole, head, part, unchanged)] == [200, 200, 206, 304]
        for answer in (whole, head, part, unchanged):
            assert (answer["X-Plain"], answer["X-Always"], answer["Vary"]) == ("1", "2", "Origin")
            assert answer["ETag"] == whole["ETag"]
        assert unchanged["Content-Type"] is None and unchanged["Accept-Ranges"] is None
        for answer in (client.get("/none"), client.get("/a.txt", "Range: bytes=200-"),
                       client.get("/a.txt", 'If-Match: "x"')):
            assert answer.status in (404, 416, 412)
            assert (answer["X-Plain"], answer["X-Always"]) == (None, "2")


def test_large_file(serve):
    """What isn't kept in memory has the fields too."""
    server = server_with(serve, "add_header X-Plain 1; expires 1h;", {"www/large": b"x" * 200_000})
    for _ in range(2):
        answer = server.get("/large")
        assert (answer["X-Plain"], answer["Cache-Control"], len(answer.content)) == ("1", "max-age=3600", 200_000)


def test_malformed_request(serve):
    """What is always added is on the answer to a request that could not be read, too."""
    server = server_with(serve, "add_header X-Plain 1; add_header X-Always 2 always;")
    answer = server.ask(b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", method="GET")
    assert (answer.status, answer["X-Plain"], answer["X-Always"]) == (400, None, "2")


def test_repeated_empty_and_long(serve):
    """Lines with one name are all sent, in their order; an empty value adds nothing; a long one is sent whole."""
    policy = "default-src " + " ".join(f"https://{i}.example.org" for i in range(300))
    server = server_with(serve, f"""add_header X-A 1; add_header X-A 2; add_header X-Empty ""; add_header X-B $arg_b;
        add_header Content-Security-Policy "{policy}";
        location /constant/ {{ alias www/; add_header Content-Security-Policy "{policy}"; }}""")
    answer = server.get("/a.txt")
    assert values(answer, "X-A") == ["1", "2"]
    assert (answer["X-Empty"], answer["X-B"], answer["Content-Security-Policy"]) == (None, None, policy)
    assert server.get("/a.txt?b=c")["X-B"] == "c"
    for _ in range(3):
        answer = server.get("/constant/a.txt")
        assert (answer["Content-Security-Policy"], answer.text) == (policy, "a" * 100)


def test_heads_of_all_lengths(serve):
    """However long the head in front of a small file is, both arrive whole, again and again."""
    server = server_with(serve, "\n".join(
        f"location /{size}/ {{ alias www/; expires 1h; add_header X-Long {'x' * size}; }}"
        for size in (1, 100, 150, 200, 300, 900, 4000, 7900, 9000)))
    with server.connect() as client:
        for _ in range(3):
            for size in (1, 100, 150, 200, 300, 900, 4000, 7900, 9000):
                for _ in range(2):
                    answer = client.get(f"/{size}/a.txt")
                    assert (answer["X-Long"], answer.text) == ("x" * size, "a" * 100)


def test_variables(serve):
    """A value is made for each request; what the answer has already can be part of it."""
    server = server_with(serve, """
        add_header X-About "$status $sent_http_content_type $sent_http_content_length $uri" always;
        add_header X-Id $request_id always;
        location /moved { return 301 /to; }""")
    with server.connect() as client:
        assert client.get("/a.txt")["X-About"] == "200 text/plain; charset=utf-8 100 /a.txt"
        assert client.get("/a.txt", "Range: bytes=0-4")["X-About"] == "206 text/plain; charset=utf-8 5 /a.txt"
        assert client.get("/none")["X-About"].startswith("404 text/html")
        assert client.get("/moved")["X-About"].startswith("301 text/html")
        ids = {client.get("/a.txt")["X-Id"] for _ in range(5)}
        assert len(ids) == 5 and all(re.fullmatch("[0-9a-f]{32}", one) for one in ids)


def test_a_value_cannot_split_the_answer(serve):
    """CR and LF, which a decoded path may bring, become spaces (RFC 9110 5.5)."""
    server = server_with(serve, "add_header X-Path $uri always; add_header X-Lines 'a\n  b';")
    answer = server.get("/x%0D%0ASet-Cookie:%20a=b")
    assert (answer.status, answer["Set-Cookie"]) == (404, None)
    assert answer["X-Path"] == "/x  Set-Cookie: a=b"
    assert re.fullmatch(r"a +b", server.get("/a.txt")["X-Lines"])


def test_fields_of_one_line(serve):
    """ETag and Last-Modified are replaced, or taken away by an empty value, as in nginx; a field that may have only one
    line takes the place of the server's own."""
    server = server_with(serve, """
        location /replaced/ { alias www/; add_header ETag '"x"';
            add_header Last-Modified "Mon, 01 Jan 2001 00:00:00 GMT";
            add_header Content-Type text/x-mine; add_header Accept-Ranges none; expires 1h; add_header Expires 0; }
        location /gone/ { alias www/; add_header ETag ""; add_header Last-Modified $none_; set $none_ ""; }
        location /kept/ { alias www/; add_header Content-Type ""; add_header Accept-Ranges ""; }
        location /text { add_header Content-Type application/json; return 200 "{}"; }""")
    for _ in range(2):
        answer = server.get("/replaced/a.txt")
        assert (answer["ETag"], answer["Last-Modified"]) == ('"x"', "Mon, 01 Jan 2001 00:00:00 GMT")
        assert (answer["Content-Type"], answer["Accept-Ranges"]) == ("text/x-mine", "none")
        assert (answer["Expires"], answer["Cache-Control"]) == ("0", "max-age=3600")
        answer = server.get("/gone/a.txt")
        assert (answer["ETag"], answer["Last-Modified"], answer["Accept-Ranges"]) == (None, None, "bytes")
        answer = server.get("/kept/a.txt")
        assert (answer["Content-Type"], answer["Accept-Ranges"]) == ("text/plain; charset=utf-8", "bytes")
    assert server.get("/text")["Content-Type"] == "application/json"


def names_of(answer):
    return [key for key, _ in answer.fields if key.startswith("X-")]


def test_inheritance(serve):
    """A block with lines of its own takes none of the outer ones, one without takes all, as in nginx."""
    server = server_with(serve, """
        add_header X-Outer 1;
        location /none/ { alias www/; }
        location /own/ { alias www/; add_header X-Own 1; location /own/inner/ { alias www/; } }
        location /if/ { alias www/; add_header X-Location 1; if ($arg_a) { add_header X-If 1; } }""")
    assert names_of(server.get("/none/a.txt")) == ["X-Outer"]
    assert names_of(server.get("/own/a.txt")) == ["X-Own"]
    assert names_of(server.get("/own/inner/a.txt")) == ["X-Own"]
    assert names_of(server.get("/if/a.txt")) == ["X-Location"]
    assert names_of(server.get("/if/a.txt?a=1")) == ["X-If"]


def test_inherit_merge_and_off(serve):
    """merge adds the outer lines behind its own, off takes none, and both hold for what is within (nginx 1.29.3)."""
    server = server_with(serve, """
        add_header X-Outer 1; add_header ETag '"outer"';
        location /merge/ { alias www/; add_header_inherit merge; add_header X-Own 1; add_header ETag '"own"';
            location /merge/inner/ { alias www/; add_header X-Inner 1; }
            location /merge/on/ { alias www/; add_header_inherit on; add_header X-On 1; } }
        location /off/ { alias www/; add_header_inherit off; location /off/inner/ { alias www/; } }""")
    assert names_of(server.get("/merge/a.txt")) == ["X-Own", "X-Outer"]
    assert server.get("/merge/a.txt")["ETag"] == '"own"'
    assert names_of(server.get("/merge/inner/a.txt")) == ["X-Inner", "X-Own", "X-Outer"]
    assert names_of(server.get("/merge/on/a.txt")) == ["X-On"]
    assert names_of(server.get("/off/a.txt")) == []
    assert names_of(server.get("/off/inner/a.txt")) == []


def test_lost_lines_are_named(tmp_path):
    """-t tells which lines are lost, where they stand, and the cure; silence where nothing is lost, or on purpose."""
    (tmp_path / "www").mkdir()
    (tmp_path / "site.conf").write_text("""
server {
    listen 8080; root www;
    add_header X-Frame-Options DENY;
    add_header Referrer-Policy no-referrer;
    location /lost/  { add_header referrer-policy origin; }
    location /same/  { add_header X-Frame-Options A; add_header Referrer-Policy b; }
    location /merge/ { add_header_inherit merge; add_header X-A 1; }
    location /off/   { add_header_inherit off; add_header X-A 1; }
}
""")
    said = [line for line in run("-t", "-c", "site.conf", cwd=tmp_path).stderr.splitlines() if "warning" in line]
    assert len(said) == 1
    assert said[0].startswith("site.conf:6:24: warning: ")
    assert "X-Frame-Options (site.conf:4)" in said[0] and "Referrer-Policy" not in said[0]
    assert "add_header_inherit merge;" in said[0]


def test_error_pages_and_fallbacks(serve):
    """An error page's fields are those of its own location; the failed request's status decides on `always`."""
    server = server_with(serve, """
        error_page 404 /pages/404.html; error_page 403 =200 /pages/404.html; error_page 410 @named;
        add_header X-Outer 1 always;
        location /pages/ { add_header X-Page 1; add_header X-Page-Always 1 always; expires 1h; }
        location @named { add_header X-Named 1 always; add_header X-Plain 1; root www/pages; try_files /404.html =500; }
        location /refused { return 403; }
        location /gone { return 410; }""", {"www/pages/404.html": "page"})
    with server.connect() as client:
        for _ in range(2):
            answer = client.get("/none")
            assert (answer.status, answer.text, names_of(answer)) == (404, "page", ["X-Page-Always"])
            assert answer["Expires"] is None
            answer = client.get("/pages/404.html")
            assert (answer.status, names_of(answer)) == (200, ["X-Page", "X-Page-Always"])
            assert lifetime(answer) == 3600
            answer = client.get("/refused")
            assert (answer.status, names_of(answer)) == (200, ["X-Page", "X-Page-Always"])
            answer = client.get("/gone")
            assert (answer.status, answer.text, names_of(answer)) == (410, "page", ["X-Named"])


def test_listings_and_redirects(serve):
    """Listings and redirects to a folder are added to as well."""
    server = server_with(serve, "autoindex on; index none; add_header X-A 1; expires epoch;", {"www/folder/x": ""})
    assert (server.get("/folder/")["X-A"], server.get("/folder/")["Cache-Control"]) == ("1", "no-cache")
    answer = server.get("/folder")
    assert (answer.status, answer["X-A"]) == (301, "1")


@pytest.mark.parametrize("written, after, control", [
    ("1h", 3600, "max-age=3600"),
    ("+90", 90, "max-age=90"),
    ("0", 0, "max-age=0"),
    ("-1", -1, "no-cache"),
    ("-1d", -day, "no-cache"),
    ("1y", 365 * day, f"max-age={365 * day}"),
    ("1M", 30 * day, f"max-age={30 * day}"),
    ('"1w 2d 3h"', 9 * day + 10800, f"max-age={9 * day + 10800}"),
    ("1m30s", 90, "max-age=90"),
    ("$arg_t", 3600, "max-age=3600"),
])
def test_expires_from_now(serve, written, after, control):
    server = server_with(serve, f"expires {written};")
    with server.connect() as client:
        for _ in range(3):
            answer = client.get("/a.txt?t=1h")
            assert (lifetime(answer), answer["Cache-Control"]) == (after, control)
        answer = client.get("/a.txt?t=1h", f"If-None-Match: {answer['ETag']}")
        assert (answer.status, lifetime(answer), answer["Cache-Control"]) == (304, after, control)


def test_expires_moves_on(serve):
    """Expires stays so long after Date, when the answer lies ready in memory too."""
    server = server_with(serve, "keepalive_requests 1000000; expires 10s;"
                         "location /m/ { alias www/; expires modified 1d; }",
                         {"www/b.txt": "b"})
    with server.connect() as client:
        def dates():
            answer = client.get("/a.txt")
            assert lifetime(answer) == 10
            head = client.ask(request("HEAD /a.txt HTTP/1.1"))
            assert lifetime(head) == 10
            modified = client.get("/m/b.txt")
            age = int(modified["Cache-Control"].removeprefix("max-age="))
            assert lifetime(modified) == age
            assert seconds(modified["Expires"]) == seconds(modified["Last-Modified"]) + day
            return answer["Date"]

        first = dates()
        wait_for(lambda: dates() != first, "another second")
        second = dates()
        wait_for(lambda: dates() != second, "another second")


@pytest.mark.parametrize("written, expires, control", [
    ("epoch", "Thu, 01 Jan 1970 00:00:01 GMT", "no-cache"),
    ("max", "Thu, 31 Dec 2037 23:55:55 GMT", "max-age=315360000"),
    ("off", None, None),
])
def test_expires_words(serve, written, expires, control):
    """As nginx writes them."""
    server = server_with(serve, f"expires 5; location /x/ {{ alias www/; expires {written}; }}"
                                "location /v/ { alias www/; expires $arg_t; }")
    for path in ("/x/a.txt", f"/v/a.txt?t={written}"):
        answer = server.get(path)
        assert (answer["Expires"], answer["Cache-Control"]) == (expires, control)


@pytest.mark.parametrize("value", ["", "soon", "1x", "modified", "@25h", "--1", "1s1m", "5000y", "1h%0a"])
def test_expires_of_a_variable_that_is_no_time(serve, value):
    """Nothing is added, as in nginx."""
    answer = server_with(serve, "expires $arg_t;").get(f"/a.txt?t={value}")
    assert (answer.status, answer["Expires"], answer["Cache-Control"]) == (200, None, None)


def test_expires_modified(serve):
    """So long after the last change; no-cache once that is over; from now where nothing was modified."""
    server = server_with(serve, """expires modified 1d; location /text { return 200 x; }
        location /past/ { alias www/; expires modified -1h; }
        location /v/ { alias www/; expires modified $arg_t; }""")
    path = server.folder / "www" / "a.txt"
    hour_ago = int(time.time()) - 3600
    os.utime(path, (hour_ago, hour_ago))

    def answer_now():
        answer = server.get("/a.txt")
        return answer if seconds(answer["Last-Modified"]) == hour_ago else None

    answer = wait_for(answer_now, "the change is seen")
    assert seconds(answer["Expires"]) == hour_ago + day
    assert int(answer["Cache-Control"].removeprefix("max-age=")) == lifetime(answer)
    assert server.get("/v/a.txt?t=1m")["Cache-Control"] == "no-cache"
    assert seconds(server.get("/v/a.txt?t=2h")["Expires"]) == hour_ago + 7200
    assert server.get("/v/a.txt?t=epoch")["Expires"] is None
    assert lifetime(server.get("/text")) == day
    past = server.get("/past/a.txt")
    assert (seconds(past["Expires"]), past["Cache-Control"]) == (hour_ago - 3600, "no-cache")


@pytest.mark.parametrize("at", ["@0h", "@15h30m", "@24h"])
def test_expires_at_a_time_of_the_day(serve, at):
    """The next time that it is so late, by the server's clock."""
    answer = server_with(serve, f"expires {at};").get("/a.txt")
    moment = time.localtime(seconds(answer["Expires"]))
    assert (moment.tm_hour, moment.tm_min, moment.tm_sec) == {"@15h30m": (15, 30, 0)}.get(at, (0, 0, 0))
    assert 0 < lifetime(answer) <= 2 * day if at == "@24h" else 0 < lifetime(answer) <= day
    assert answer["Cache-Control"] == f"max-age={lifetime(answer)}"


def test_expires_and_add_header(serve):
    """Both are sent, one line each, as in nginx: together they are one list (RFC 9110 5.3)."""
    server = server_with(serve, 'expires 1y; add_header Cache-Control "public, immutable";')
    for _ in range(2):
        assert values(server.get("/a.txt"), "Cache-Control") == ["max-age=31536000", "public, immutable"]


@pytest.mark.parametrize("written, sent", [
    ("immutable", "public, max-age=31536000, immutable"),
    ("revalidate", "no-cache"),
    ("private", "private"),
    ("no-store", "no-store"),
    ("public, max-age=60, stale-while-revalidate=5", "public, max-age=60, stale-while-revalidate=5"),
])
def test_cache_control_of_existing_files(serve, written, sent):
    """On 200, 206 and 304 of a file, and on nothing else."""
    server = server_with(serve, f"""cache_control {written}; autoindex on;
        location /text {{ return 200 x; }} location /moved {{ return 301 /; }}""", {"www/list/x": ""})
    with server.connect() as client:
        for _ in range(2):
            whole = client.get("/a.txt")
            for answer in (whole, client.get("/a.txt", "Range: bytes=0-1"),
                           client.get("/a.txt", f"If-None-Match: {whole['ETag']}")):
                assert answer["Cache-Control"] == sent
        for path in ("/none", "/text", "/moved", "/list/", "/list"):
            assert client.get(path)["Cache-Control"] is None, path


def test_immutable_is_of_a_name(serve):
    """Not what stands in for a name: an index, the end of try_files, an error page; a rewritten name is one."""
    server = server_with(serve, """
        cache_control immutable; add_header X-A 1;
        location / { try_files $uri $uri/ /index.html; }
        location /paged/ { error_page 404 =200 /index.html; try_files $uri =404; }
        rewrite ^/v[0-9]+(/.*)$ $1 last;""")
    immutable = "public, max-age=31536000, immutable"
    with server.connect() as client:
        for _ in range(2):
            for path in ("/a.txt", "/index.html", "/v12/a.txt"):
                assert client.get(path)["Cache-Control"] == immutable, path
            for path in ("/", "/missing.js", "/paged/missing.js"):
                answer = client.get(path)
                assert (answer.status, answer.text) == (200, "front")
                assert (answer["Cache-Control"], answer["X-A"]) == (None, "1"), path


def test_one_cache_control(serve):
    """cache_control, expires and add_header Cache-Control: the one further in counts; in one block cache_control is for
    files and add_header for the rest."""
    server = server_with(serve, """
        expires 1h; add_header Cache-Control no-store always;
        location /files/ { alias www/; cache_control immutable; }
        location /files/expires/ { alias www/; cache_control immutable;
            location /files/expires/inner/ { alias www/; expires 2h; add_header X-A 1; } }
        location /files/added/ { alias www/; cache_control revalidate;
            location /files/added/inner/ { alias www/; add_header Cache-Control max-age=5; } }
        location /both/ { alias www/; cache_control revalidate; add_header Cache-Control "no-store" always; }""")
    immutable = "public, max-age=31536000, immutable"
    answer = server.get("/files/a.txt")
    assert (values(answer, "Cache-Control"), answer["Expires"]) == ([immutable], None)
    assert server.get("/files/none")["Cache-Control"] == "no-store"
    assert values(server.get("/files/expires/inner/a.txt"), "Cache-Control") == ["max-age=7200"]
    assert values(server.get("/files/added/inner/a.txt"), "Cache-Control") == ["max-age=5"]
    assert values(server.get("/both/a.txt"), "Cache-Control") == ["no-cache"]
    assert values(server.get("/both/none"), "Cache-Control") == ["no-store"]


def test_charset(serve):
    """Of the types that take one; a variable may say it, and then it is that of each request."""
    server = server_with(serve, """
        location /koi/ { alias www/; charset koi8-r; if ($arg_off) { charset off; } }
        location /v/ { alias www/; charset $arg_c; }
        location /text { charset koi8-r; default_type text/plain; return 200 x; }
        location /types/ { alias www/; charset_types text/css application/json; }
        location /all/ { alias www/; charset_types *; }""",
                         {"www/a.json": "{}", "www/a.css": "", "www/a.html": "", "www/a.png": ""})
    def type_of(path):
        return server.get(path)["Content-Type"]

    for _ in range(2):
        assert type_of("/koi/a.txt") == "text/plain; charset=koi8-r"
        assert type_of("/koi/a.txt?off=1") == "text/plain"
        for charset, parameter in (("x-1", "; charset=x-1"), ("y", "; charset=y"), ("", ""), ("off", ""), ("a;b", "")):
            assert type_of(f"/v/a.txt?c={charset}") == "text/plain" + parameter
        assert type_of("/text") == "text/plain; charset=koi8-r"
        assert type_of("/types/a.css") == "text/css; charset=utf-8"
        assert type_of("/types/a.json") == "application/json; charset=utf-8"
        assert type_of("/types/a.html") == "text/html; charset=utf-8"
        assert type_of("/types/a.txt") == "text/plain"
        assert type_of("/all/a.png") == "image/png; charset=utf-8"


def test_the_same_file_in_two_locations(serve):
    """Each location's answers have its own fields, whichever was asked before."""
    server = server_with(serve, """location /a/ { alias www/; add_header X-A 1; expires 1h; }
        location /b/ { alias www/; add_header X-B 1; } location /c/ { alias www/; add_header X-C $uri; }""")
    with server.connect() as client:
        for name in "abcba" * 3:
            answer = client.get(f"/{name}/a.txt")
            assert names_of(answer) == [f"X-{name.upper()}"]
            assert (answer["Expires"] is None) == (name != "a")


def test_a_changed_file(serve):
    """What was prepared for the old version is not sent with the new one."""
    server = server_with(serve, "add_header X-A 1; expires 1h;")
    old = server.get("/a.txt")
    (server.folder / "www" / "a.txt").write_text("new")
    new = server.get("/a.txt")
    assert (new.text, new["X-A"], lifetime(new)) == ("new", "1", 3600)
    assert new["ETag"] != old["ETag"]


def test_parts_keep_their_type(serve):
    """What is added doesn't take the place of the type that parts several ranges (RFC 9110 15.3.7.2); a client with
    If-Range gets the added fields, too, for its copy's sake (15.3.7)."""
    server = server_with(serve, """
        location /constant/ { alias www/; add_header Content-Type text/x-mine; add_header X-A 1; expires 1h; }
        location /variable/ { alias www/; add_header Content-Type text/x-$arg_t; add_header X-A 1; expires 1h; }""",
                         {"www/long.txt": "a" * 10_000})
    for path in ("/constant/long.txt", "/variable/long.txt?t=mine"):
        for _ in range(2):
            whole = server.get(path)
            assert whole["Content-Type"] == "text/x-mine"
            several = server.get(path, "Range: bytes=0-1,5000-5001")
            assert several.status == 206 and several["Content-Type"].startswith("multipart/byteranges; boundary=")
            one = server.get(path, "Range: bytes=0-1", f"If-Range: {whole['ETag']}")
            unchanged = server.get(path, f"If-None-Match: {whole['ETag']}")
            for answer in (several, one, unchanged):
                assert (answer["X-A"], lifetime(answer), answer["Cache-Control"]) == ("1", 3600, "max-age=3600")


def test_coded_files(serve):
    """Each coding of a file has the added fields beside its own."""
    packed = gzip.compress(b"a" * 100)
    server = server_with(serve, "gzip_static on; gzip_vary on; add_header X-A 1; expires 1h; cache_control off;",
                         {"www/a.txt.gz": packed})
    with server.connect() as client:
        for coding in ("gzip", "identity", "gzip", "gzip", "identity", "identity"):
            answer = client.get("/a.txt", f"Accept-Encoding: {coding}")
            assert answer["Content-Encoding"] == ("gzip" if coding == "gzip" else None)
            assert answer.content == (packed if coding == "gzip" else b"a" * 100)
            assert (answer["X-A"], answer["Vary"], lifetime(answer)) == ("1", "Accept-Encoding", 3600)
            unchanged = client.get("/a.txt", f"Accept-Encoding: {coding}", f"If-None-Match: {answer['ETag']}")
            assert unchanged.status == 304
            assert (unchanged["X-A"], unchanged["Vary"], lifetime(unchanged)) == ("1", "Accept-Encoding", 3600)


def test_refusals_by_address(serve):
    """An answer of the access rules is an error as any other."""
    server = server_with(serve, "deny all; add_header X-Plain 1; add_header X-Always 1 always;")
    assert names_of(server.get("/a.txt")) == ["X-Always"]

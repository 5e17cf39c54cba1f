"""Validators and preconditions to the letter (RFC 9110 8.8, 13, 15.4.5), and the directives that change them: etag and
if_modified_since. What a file alone shows is in test_conditional_and_ranges.py."""

import os
import time
from email.utils import formatdate

import pytest

from webserv_process import parse_http_date, request

modified = "Sun, 09 Sep 2001 01:46:40 GMT"
long_ago = 1_000_000_000
site = "server { listen 127.0.0.1:0; root www; autoindex on; location /said { return 200 said; } }"


def age(server, name, when=long_ago):
    os.utime(server.folder / "www" / name, (when, when))


@pytest.fixture
def server(serve):
    started = serve(site, {"www/a.txt": "content", "www/large.bin": bytes(200_000), "www/folder/b.txt": "b"})
    age(started, "a.txt")
    age(started, "large.bin")
    return started


def test_rfc9110_8_8_3_validators_of_all_sizes_are_strong(server):
    """ETag and Last-Modified come with a 200 of GET and of HEAD, whether the file is held in memory or open."""
    for name in ("a.txt", "large.bin"):
        for method in ("GET", "HEAD"):
            answer = server.ask(request(f"{method} /{name} HTTP/1.1"))
            assert answer["Last-Modified"] == modified
            assert answer["ETag"].startswith('"') and answer["ETag"].endswith('"')


def test_rfc9110_8_8_1_the_etag_of_small_files_is_of_their_content(server):
    """Another time alone makes no other version, the same time no same one; for open files any difference counts."""
    small, large = (server.get(f"/{name}")["ETag"] for name in ("a.txt", "large.bin"))
    age(server, "a.txt", long_ago + 5)
    age(server, "large.bin", long_ago + 5)
    assert server.get("/a.txt")["ETag"] == small
    assert server.get("/large.bin")["ETag"] != large
    (server.folder / "www/a.txt").write_text("CONTENT")
    age(server, "a.txt")
    assert server.get("/a.txt")["ETag"] != small and server.get("/a.txt")["Last-Modified"] == modified


@pytest.mark.parametrize("when", [0, 1, "tomorrow"])
def test_rfc9110_8_8_2_1_no_date_that_means_nothing(server, when):
    """A time that was never set, or that is still to come, is no modification date, and no condition compares it."""
    age(server, "a.txt", time.time() + 86400 if when == "tomorrow" else when)
    answer = server.get("/a.txt")
    assert answer.status == 200 and answer["Last-Modified"] is None and answer["ETag"]
    for date in (formatdate(0, usegmt=True), formatdate(time.time() + 2 * 86400, usegmt=True)):
        assert server.get("/a.txt", f"If-Modified-Since: {date}").status == 200
        assert server.get("/a.txt", f"If-Unmodified-Since: {date}").status == 200
        assert server.get("/a.txt", "Range: bytes=0-0", f"If-Range: {date}").status == 200


def test_rfc9110_15_4_5_fields_of_a_304(server):
    """Date, ETag and what updates a cache; nothing about content that isn't there."""
    for method in ("GET", "HEAD"):
        for condition in ("If-None-Match: *", f"If-Modified-Since: {modified}"):
            answer = server.ask(request(f"{method} /a.txt HTTP/1.1", condition))
            assert answer.status == 304 and answer.content == b""
            names = {name for name, _ in answer.fields}
            assert {"Date", "ETag"} <= names <= {"Date", "ETag", "Last-Modified", "Server"}


def test_rfc9110_13_1_1_if_match_is_compared_strongly(server):
    """Lists, spaces, empty elements, several lines; a weak tag never matches, nor does half a list behind nonsense."""
    tag = server.get("/a.txt")["ETag"]

    def status(*values):
        return server.get("/a.txt", *(f"If-Match: {value}" for value in values)).status

    assert status(tag) == status(f' , "x" ,, {tag}') == status('"x"', tag) == status("*") == 200
    assert status('"x"') == status(f"W/{tag}") == status(tag.strip('"')) == status(f"nonsense, {tag}") == 412
    assert status(f'"x" {tag}') == status(f'"x;{tag}') == status("") == 412


def test_rfc9110_13_1_2_if_none_match_is_compared_weakly(server):
    """A tag matches its weak twin; case and quotes count."""
    tag = server.get("/a.txt")["ETag"]

    def status(*values):
        return server.get("/a.txt", *(f"If-None-Match: {value}" for value in values)).status

    assert status(tag) == status(f"W/{tag}") == status(f'"x",{tag}') == status('"x"', tag) == status("*") == 304
    assert status('"x"') == status(tag.upper()) == status(tag.strip('"')) == status(f"w/{tag}") == status("") == 200


@pytest.mark.parametrize("date", [
    f"{modified}, {modified}", "Sun, 09 Sep 2001 01:46:40 CEST", "Sun, 09 Sep 2001 01:46:40",
    "sun, 09 sep 2001 01:46:40 gmt",
    "2001-09-09T01:46:40Z", "1000000000", "0", "Sun, 09 Sep 2001 24:46:40 GMT",
])
def test_rfc9110_13_1_3_and_4_what_is_no_date_is_ignored(server, date):
    """No HTTP-date, or more than one: as if the field weren't there, for each of the three that take one."""
    assert server.get("/a.txt", f"If-Modified-Since: {date}").status == 200
    assert server.get("/a.txt", f"If-Unmodified-Since: {date}").status == 200
    assert server.get("/a.txt", "Range: bytes=0-0", f"If-Range: {date}").status == 200


@pytest.mark.parametrize("date", [modified, "Sunday, 09-Sep-01 01:46:40 GMT", "Sun Sep  9 01:46:40 2001"])
def test_rfc9110_5_6_7_every_form_of_a_date_counts_everywhere(server, date):
    """The three forms, in each of the three fields."""
    assert server.get("/a.txt", f"If-Modified-Since: {date}").status == 304
    assert server.get("/a.txt", f"If-Unmodified-Since: {date}").status == 200
    assert server.get("/a.txt", "Range: bytes=0-0", f"If-Range: {date}").status == 206


def test_rfc9110_13_1_4_if_unmodified_since_is_about_later_changes(server):
    """412 where the file is newer than the date, by a second."""
    assert server.get("/a.txt", "If-Unmodified-Since: Sun, 09 Sep 2001 01:46:39 GMT").status == 412
    assert server.get("/a.txt", "If-Unmodified-Since: Sun, 09 Sep 2001 01:46:41 GMT").status == 200


def test_rfc9110_13_1_5_if_range_without_range_is_ignored(server):
    """Alone it means nothing, whatever it says."""
    for value in ('"other"', modified, "nonsense", "*"):
        assert server.get("/a.txt", f"If-Range: {value}").status == 200


def test_rfc9110_13_2_1_conditions_wait_for_a_success(server):
    """Redirects, errors and refused methods come before them; so do OPTIONS and TRACE, which select nothing."""
    for condition in ("If-Match: *", 'If-Match: "x"', "If-None-Match: *", f"If-Unmodified-Since: {formatdate(0)}"):
        assert server.get("/folder", condition).status == 301
        assert server.get("/none", condition).status == 404
        assert server.ask(request("OPTIONS /a.txt HTTP/1.1", condition)).status == 204
        assert server.ask(request("OPTIONS * HTTP/1.1", condition)).status == 204
        for method in ("POST", "PUT", "DELETE", "TRACE"):
            assert server.ask(request(f"{method} /a.txt HTTP/1.1", condition, "Content-Length: 0")).status == 405


@pytest.mark.parametrize("path", ["/folder/", "/said"])
def test_rfc9110_13_2_1_conditions_apply_to_what_is_made(server, path):
    """A listing or a text has no validators, but it exists: `*` matches it, a tag doesn't, and dates are ignored."""
    def status(field, method="GET"):
        return server.ask(request(f"{method} {path} HTTP/1.1", field)).status

    for method in ("GET", "HEAD"):
        assert status("If-Match: *", method) == status('If-None-Match: "x"', method) == 200
        assert status("If-None-Match: *", method) == 304
        assert status('If-Match: "x"', method) == 412
    assert status(f"If-Modified-Since: {formatdate(time.time(), usegmt=True)}") == 200
    assert status(f"If-Unmodified-Since: {formatdate(0, usegmt=True)}") == 200
    assert status("Range: bytes=0-0") == status("Range: bytes=99999-") == 200, "what is made has no ranges"


def test_rfc9110_13_1_2_other_methods_get_412(server):
    """Where POST is answered at all, If-None-Match that doesn't hold is a 412; dates are for GET and HEAD."""
    def status(field):
        return server.ask(request("POST /said HTTP/1.1", field, "Content-Length: 0")).status

    assert status("If-None-Match: *") == 412 and status('If-None-Match: "x"') == 200
    assert status(f"If-Modified-Since: {formatdate(time.time(), usegmt=True)}") == 200


@pytest.mark.parametrize("fields, status", [
    (('If-Match: "x"', "If-None-Match: *"), 412),                     # step 1 comes first
    (('If-Match: "x"', f"If-Unmodified-Since: {modified}"), 412),
    (("If-Match: *", "If-Unmodified-Since: Sun, 09 Sep 2001 01:46:39 GMT"), 200),  # step 2 only without If-Match
    (("If-Match: *", "If-None-Match: *"), 304),                       # 1, then 3
    (("If-Unmodified-Since: Sun, 09 Sep 2001 01:46:39 GMT", "If-None-Match: *"), 412),
    ((f"If-Unmodified-Since: {modified}", f"If-Modified-Since: {modified}"), 304),  # 2, then 4
    (('If-None-Match: "x"', f"If-Modified-Since: {modified}"), 200),  # step 4 only without If-None-Match
    (("If-None-Match: *", "If-Modified-Since: Sun, 09 Sep 2001 01:46:39 GMT"), 304),
    (('If-None-Match: "x"', "Range: bytes=0-0"), 206),                # 3, then 5
    (("If-None-Match: *", "Range: bytes=0-0", f"If-Range: {modified}"), 304),
    (("If-Match: *", "Range: bytes=0-0", 'If-Range: "x"'), 200),
    (('If-Match: "x"', "Range: bytes=0-0", 'If-Range: "x"'), 412),
])
def test_rfc9110_13_2_2_order(server, fields, status):
    """If-Match, or else If-Unmodified-Since; If-None-Match, or else If-Modified-Since; If-Range; in either order of
    their lines."""
    assert server.get("/a.txt", *fields).status == status
    assert server.get("/a.txt", *reversed(fields)).status == status


def test_etag_off(serve):
    """No ETag is sent, none matches, and the date says what a part belongs to."""
    server = serve("server { listen 127.0.0.1:0; root www; etag off; location /on/ { etag on; } }",
                   {"www/a.txt": "content", "www/on/a.txt": "content", "www/large.bin": bytes(200_000)})
    tag = server.get("/on/a.txt")["ETag"]
    assert tag
    for name in ("a.txt", "large.bin"):
        age(server, name)
        answer = server.get(f"/{name}")
        assert answer["ETag"] is None and answer["Last-Modified"] == modified
        assert server.get(f"/{name}", f"If-None-Match: {tag}").status == 200
        assert server.get(f"/{name}", "If-None-Match: *").status == 304
        assert server.get(f"/{name}", f"If-Match: {tag}").status == 412
        assert server.get(f"/{name}", "If-Match: *").status == 200
        answer = server.get(f"/{name}", f"If-Modified-Since: {modified}")
        assert answer.status == 304 and answer["ETag"] is None and answer["Last-Modified"] == modified
        assert server.get(f"/{name}", "Range: bytes=0-0", f"If-Range: {tag}").status == 200
        answer = server.get(f"/{name}", "Range: bytes=0-0", f"If-Range: {modified}")
        assert answer.status == 206 and answer["Last-Modified"] == modified


@pytest.mark.parametrize("word, own, later", [("before", 304, 304), ("exact", 304, 200), ("off", 200, 200)])
def test_if_modified_since(serve, word, own, later):
    """As in nginx, but that `before` is the default; If-None-Match is another matter."""
    server = serve(f"server {{ listen 127.0.0.1:0; root www; if_modified_since {word}; }}", {"www/a.txt": "content"})
    age(server, "a.txt")
    # The inode changed just now: a date that comes after that is asked about.
    after = formatdate(time.time() + 60, usegmt=True)
    assert server.get("/a.txt", f"If-Modified-Since: {modified}").status == own
    assert server.get("/a.txt", f"If-Modified-Since: {after}").status == later
    assert server.get("/a.txt", "If-Modified-Since: Sun, 09 Sep 2001 01:46:39 GMT").status == 200
    assert server.get("/a.txt", "If-None-Match: *").status == 304


def test_if_modified_since_is_before_by_default(server):
    """RFC 9110's meaning."""
    assert server.get("/a.txt", f"If-Modified-Since: {formatdate(time.time() + 60, usegmt=True)}").status == 304


def test_rfc9110_8_8_2_1_last_modified_is_never_later_than_date(serve):
    """A file that is written while it is asked for, all the time."""
    server = serve(site, {"www/a.txt": "0"})
    for number in range(200):
        (server.folder / "www/a.txt").write_text(str(number))
        answer = server.get("/a.txt")
        assert answer.text == str(number)
        said = answer["Last-Modified"]
        assert said is None or parse_http_date(said) <= parse_http_date(answer["Date"])

"""Preconditions (RFC 9110 13) and byte ranges (RFC 9110 14) on files."""

import os
import time
from email.utils import formatdate

import pytest

from webserv_process import parse_http_date, request

site = "server { listen 127.0.0.1:0; root www; }"
content = bytes(range(256)) * 40  # 10,240 bytes, no two neighbours alike


@pytest.fixture
def server(serve):
    """One file, last changed at a time long ago that its Last-Modified can be compared with."""
    started = serve(site, {"www/file.bin": content, "www/empty.bin": b""})
    os.utime(started.folder / "www/file.bin", (1_000_000_000, 1_000_000_000))  # Sun, 09 Sep 2001 01:46:40 GMT
    return started


modified = "Sun, 09 Sep 2001 01:46:40 GMT"


def test_validators_are_sent(server):
    """ETag and Last-Modified come with every 200 of a file (RFC 9110 8.8)."""
    answer = server.get("/file.bin")
    assert answer["Last-Modified"] == modified
    tag = answer["ETag"]
    assert tag.removeprefix("W/").startswith('"') and tag.endswith('"') and len(tag) > 2


def test_etag_differs_when_the_content_does(server):
    """A new content of the same length at the same mtime is another representation."""
    first = server.get("/file.bin")["ETag"]
    path = server.folder / "www/file.bin"
    path.write_bytes(content[::-1])
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert server.get("/file.bin")["ETag"] != first
    assert server.get("/file.bin", f"If-None-Match: {first}").status == 200


@pytest.mark.parametrize("template", ["{tag}", "W/{tag}", '"other", {tag}', '{tag},"other"', "*"])
def test_rfc9110_13_1_2_if_none_match_gives_304(server, template):
    """Weak comparison, lists and `*`; a 304 repeats the validators and has no content."""
    full = server.get("/file.bin")
    tag = full["ETag"].removeprefix("W/")
    with server.connect() as client:
        answer = client.get("/file.bin", "If-None-Match: " + template.format(tag=tag))
        assert answer.status == 304 and answer.content == b""
        assert answer["ETag"] == full["ETag"] and answer["Date"]
        assert answer["Content-Type"] is None or answer["Content-Type"] == full["Content-Type"]
        assert client.get("/file.bin").content == content, "the connection goes on behind a 304"


def test_rfc9110_13_1_2_if_none_match_that_does_not_match(server):
    """Another tag: the file is sent, and If-Modified-Since is not looked at beside If-None-Match (13.1.3)."""
    assert server.get("/file.bin", 'If-None-Match: "other"').status == 200
    assert server.get("/file.bin", 'If-None-Match: "other"', f"If-Modified-Since: {modified}").status == 200


@pytest.mark.parametrize("date, status", [
    (modified, 304),
    ("Sunday, 09-Sep-01 01:46:40 GMT", 304),       # the two obsolete forms are understood (RFC 9110 5.6.7)
    ("Sun Sep  9 01:46:40 2001", 304),
    ("{in_a_minute}", 304),                        # not modified since a later time either
    ("Sun, 09 Sep 2001 01:46:41 GMT", 200),        # later too, but older than the file: what it was then can't be told
    ("Sun, 09 Sep 2001 01:46:39 GMT", 200),
    ("Sun, 99 Sep 2001 01:46:40 GMT", 200),        # not a date: ignored (13.1.3)
    ("yesterday", 200),
    ("", 200),
])
def test_rfc9110_13_1_3_if_modified_since(server, date, status):
    """304 unless the file is newer than the date; nonsense is ignored."""
    in_a_minute = formatdate(time.time() + 60, usegmt=True)
    assert server.get("/file.bin", f"If-Modified-Since: {date.format(in_a_minute=in_a_minute)}").status == status


def test_head_is_conditional_too(server):
    """HEAD answers 304 where GET does."""
    assert server.ask(request("HEAD /file.bin HTTP/1.1", f"If-Modified-Since: {modified}")).status == 304
    assert server.ask(request("HEAD /file.bin HTTP/1.1", "If-None-Match: *")).status == 304


def test_rfc9110_13_1_1_if_match(server):
    """Strong comparison: the tag as it is goes through, another one and a weak one are 412."""
    tag = server.get("/file.bin")["ETag"]
    assert not tag.startswith("W/"), "validators of files are strong"
    assert server.get("/file.bin", f"If-Match: {tag}").status == 200
    assert server.get("/file.bin", "If-Match: *").status == 200
    assert server.get("/file.bin", f'If-Match: "other", {tag}').status == 200
    assert server.get("/file.bin", 'If-Match: "other"').status == 412
    assert server.get("/file.bin", f"If-Match: W/{tag}").status == 412


def test_rfc9110_13_1_4_if_unmodified_since(server):
    """412 when the file is newer than the date; not looked at beside If-Match."""
    tag = server.get("/file.bin")["ETag"]
    assert server.get("/file.bin", f"If-Unmodified-Since: {modified}").status == 200
    older = "If-Unmodified-Since: Sun, 09 Sep 2001 01:46:39 GMT"
    assert server.get("/file.bin", older).status == 412
    assert server.get("/file.bin", older, f"If-Match: {tag}").status == 200


def test_conditions_do_not_apply_where_the_answer_is_an_error(server):
    """RFC 9110 13.2.1: preconditions are ignored when the response without them would not be 2xx."""
    assert server.get("/none", "If-None-Match: *").status == 404
    assert server.get("/none", "If-Match: *").status == 404


def test_last_modified_is_never_in_the_future(serve):
    """RFC 9110 8.8.2.1: a file from the future does not say when it was changed."""
    server = serve(site, {"www/a.txt": "a"})
    tomorrow = time.time() + 86400
    os.utime(server.folder / "www/a.txt", (tomorrow, tomorrow))
    answer = server.get("/a.txt")
    said = answer["Last-Modified"]
    assert said is None or parse_http_date(said) <= parse_http_date(answer["Date"])


@pytest.mark.parametrize("field, first, last", [
    ("bytes=0-0", 0, 0),
    ("bytes=0-99", 0, 99),
    ("bytes=100-199", 100, 199),
    ("bytes=10000-", 10000, 10239),
    ("bytes=-1", 10239, 10239),
    ("bytes=-240", 10000, 10239),
    ("bytes=-999999", 0, 10239),
    ("bytes=10239-99999999999999999999999999", 10239, 10239),
    ("Bytes=0-9", 0, 9),
])
def test_rfc9110_14_single_range(server, field, first, last):
    """206 with exactly these bytes and a Content-Range that says so."""
    answer = server.get("/file.bin", f"Range: {field}")
    assert answer.status == 206
    assert answer["Content-Range"] == f"bytes {first}-{last}/10240"
    assert answer.content == content[first:last + 1]
    assert answer["ETag"] and answer["Last-Modified"] == modified


@pytest.mark.parametrize("field", ["bytes=10240-", "bytes=10240-10241", "bytes=99999999999999999999-", "bytes=-0"])
def test_rfc9110_15_5_17_range_that_cannot_be_satisfied(server, field):
    """416 says how long the file is, and the connection goes on."""
    with server.connect() as client:
        answer = client.get("/file.bin", f"Range: {field}")
        assert answer.status == 416
        assert answer["Content-Range"] == "bytes */10240"
        assert client.get("/file.bin").status == 200


@pytest.mark.parametrize("field", [
    "bytes=5-1", "bytes=a-b", "bytes=-", "bytes", "bytes=", "lines=0-1", "bytes=0--1", "bytes=1 -2",
])
def test_rfc9110_14_2_range_that_is_no_range_is_ignored(server, field):
    """Malformed or of another unit: the whole file."""
    answer = server.get("/file.bin", f"Range: {field}")
    assert answer.status == 200 and answer.content == content


def test_range_of_an_empty_file(server):
    """Nothing can be satisfied of nothing: 416, or the whole nothing."""
    answer = server.get("/empty.bin", "Range: bytes=0-0")
    assert answer.status in (200, 416) and (answer.status == 416 or answer.content == b"")


def test_head_ignores_range(server):
    """RFC 9110 14.2: Range is defined for GET alone."""
    answer = server.ask(request("HEAD /file.bin HTTP/1.1", "Range: bytes=0-9"))
    assert answer.status == 200 and answer["Content-Length"] == "10240"


def test_rfc9110_13_1_5_if_range(server):
    """The part when the validator still holds, else the whole; a weak tag never holds."""
    tag = server.get("/file.bin")["ETag"]
    assert server.get("/file.bin", "Range: bytes=0-9", f"If-Range: {tag}").status == 206
    assert server.get("/file.bin", "Range: bytes=0-9", f"If-Range: {modified}").status == 206
    assert server.get("/file.bin", "Range: bytes=0-9", 'If-Range: "other"').status == 200
    assert server.get("/file.bin", "Range: bytes=0-9", f"If-Range: W/{tag}").status == 200
    assert server.get("/file.bin", "Range: bytes=0-9", "If-Range: Sun, 09 Sep 2001 01:46:41 GMT").status == 200


def test_range_within_a_large_file(serve):
    """A piece out of the middle of what goes by sendfile."""
    large = os.urandom(3_000_000)
    server = serve(site, {"www/large.bin": large})
    with server.connect() as client:
        assert client.get("/large.bin", "Range: bytes=1000000-2499999").content == large[1_000_000:2_500_000]
        assert client.get("/large.bin", "Range: bytes=-5").content == large[-5:]


def test_resumed_download(serve):
    """What curl -C - does: the rest from where the last connection broke off, guarded by If-Range."""
    large = os.urandom(2_000_000)
    server = serve(site, {"www/large.bin": large})
    with server.connect() as client:
        client.send(request("GET /large.bin HTTP/1.1"))
        head = client.read_head()
        part = client.take(700_000)
    rest = server.get("/large.bin", "Range: bytes=700000-", f"If-Range: {head['ETag']}")
    assert rest.status == 206 and part + rest.content == large

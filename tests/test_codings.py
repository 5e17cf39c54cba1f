"""Content codings of files: compressed ahead (gzip_static and its like), and compressed by the server, once for each
version of a file, by the machine's own programs (gzip and its like).

What the programs do is watched through programs of the tests' own, found first in PATH: they note each call as an empty
file in the folder `calls`, and then do what the test wants. Expectations are RFC 9110's (8.4, 8.8.3, 12.5.3, 14.1.2,
15.4.5) and nginx's documentation; where they differ from nginx's defaults, the test says so.
"""

import gzip
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

from webserv_process import binary, request, run, wait_for

text = b"".join(b"line %d of a text that can be made smaller\n" % i for i in range(400))
large_text = b"".join(b"%d %x\n" % (i, i * 2654435761 % 2**32) for i in range(40_000))  # the gzip of it is over 64k
noise = bytes(i * 7919 % 251 for i in range(64)) * 2 + os.urandom(4096)

extensions = {"gzip": ".gz", "br": ".br", "zstd": ".zst"}
directives = {"gzip": "gzip", "br": "brotli", "zstd": "zstd"}


def sidecar_site(*lines):
    return "server { listen 127.0.0.1:0; root www; %s }" % " ".join(lines)


def encoded(coding):
    """Stands for content in this coding: nobody looks into a file that was compressed ahead."""
    return f"{coding} of a.txt, made ahead".encode()


def files_with_sidecars(*codings):
    files = {"www/a.txt": text}
    for coding in codings:
        files["www/a.txt" + extensions[coding]] = encoded(coding)
    return files


def set_age(path, seconds):
    """Gives the file a modification time that long before now."""
    then = time.time_ns() - int(seconds * 1e9)
    os.utime(path, ns=(then, then))


def accept(value):
    return f"Accept-Encoding: {value}"


def head(server, path, *fields):
    return server.ask(request(f"HEAD {path} HTTP/1.1", *fields))


# Compressed ahead


@pytest.mark.parametrize("coding", extensions)
def test_rfc9110_8_4_a_sidecar_answers_who_takes_its_coding(serve, coding):
    """The file beside it, with the type of the one that was asked for, and an entity-tag of its own."""
    server = serve(sidecar_site(f"{directives[coding]}_static on;"), files_with_sidecars(coding))
    plain = server.get("/a.txt")
    assert (plain.content, plain["Content-Encoding"], plain["Vary"]) == (text, None, "Accept-Encoding")
    answer = server.get("/a.txt", accept(coding))
    assert (answer.status, answer.content, answer["Content-Encoding"]) == (200, encoded(coding), coding)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Vary"] == "Accept-Encoding"
    assert answer["ETag"].startswith('"') and answer["ETag"] != plain["ETag"]
    again = head(server, "/a.txt", accept(coding))
    dated = [[field for field in one.fields if field[0] != "Date"] for one in (answer, again)]
    assert again.status == 200 and dated[0] == dated[1]


def test_without_sidecars_nothing_depends_on_accept_encoding(serve):
    """gzip_static alone, without a file beside it, or switched off: no Vary, no coding."""
    server = serve(sidecar_site("gzip_static on; location /off/ { gzip_static off; }"),
                   {"www/a.txt": text, "www/off/a.txt": text, "www/off/a.txt.gz": b"x"})
    for path in "/a.txt", "/off/a.txt":
        answer = server.get(path, accept("gzip"))
        assert (answer.content, answer["Vary"], answer["Content-Encoding"]) == (text, None, None)


@pytest.mark.parametrize("value, coding", [
    ("gzip, br, zstd", "br"),  # the smallest of what is taken equally well
    ("gzip, zstd;q=0.5, br;q=0.9", "gzip"),
    ("gzip;q=0, br;q=0, zstd", "zstd"),
    ("*", "br"),
    ("*, br;q=0", "zstd"),
    ("x-gzip", "gzip"),
    ("identity, gzip;q=0.5", None),
    ("gzip;q=0", None),
    ("deflate", None),
    ("identity;q=0", None),
    ("", None),
])
def test_rfc9110_12_5_3_weights_decide(serve, value, coding):
    """Accept-Encoding with weights; of equal ones the smallest content. Nothing acceptable: the file itself."""
    files = files_with_sidecars("gzip", "zstd")
    files["www/a.txt.br"] = encoded("br")[:10]
    files["www/a.txt.zst"] = encoded("zstd")[:20]
    server = serve(sidecar_site("gzip_static on; brotli_static on; zstd_static on;"), files)
    answer = server.get("/a.txt", accept(value))
    assert answer["Content-Encoding"] == coding
    assert answer.content == (files["www/a.txt" + extensions[coding]] if coding else text)
    assert answer["Vary"] == "Accept-Encoding"


def test_a_sidecar_older_than_its_file_is_not_used(serve):
    """By nanoseconds; equal is not older. Touching the one or the other shows in the next request."""
    server = serve(sidecar_site("gzip_static on;"), files_with_sidecars("gzip"))
    file, sidecar = server.folder / "www/a.txt", server.folder / "www/a.txt.gz"
    now = time.time_ns() - 5_000_000_000
    for age, used in [(1, False), (0, True), (-1, True), (1, False), (10**9, False), (0, True)]:
        os.utime(file, ns=(now, now))
        os.utime(sidecar, ns=(now - age, now - age))
        for _ in range(2):
            answer = server.get("/a.txt", accept("gzip"))
            assert answer["Content-Encoding"] == ("gzip" if used else None), age
            assert answer["Vary"] == ("Accept-Encoding" if used else None), age
    file.write_bytes(b"new")
    assert server.get("/a.txt", accept("gzip")).content == b"new"


def test_sidecars_come_and_go(serve):
    """That there is none is known too, until there is one."""
    server = serve(sidecar_site("gzip_static on;"), {"www/a.txt": text})
    sidecar = server.folder / "www/a.txt.gz"
    with server.connect() as client:
        for content in b"one", b"two!":
            for _ in range(3):
                assert client.get("/a.txt", accept("gzip"))["Content-Encoding"] is None
            sidecar.write_bytes(content)
            for _ in range(3):
                answer = client.get("/a.txt", accept("gzip"))
                assert (answer["Content-Encoding"], answer.content) == ("gzip", content)
            sidecar.unlink()


def test_what_is_no_regular_file_or_leads_outside_is_no_sidecar(serve):
    """A folder, a link that leaves the root; a link within it is one."""
    server = serve(sidecar_site("gzip_static on;"), {
        "www/folder.txt": text, "www/folder.txt.gz/": "", "www/outside.txt": text, "www/inside.txt": text,
        "outside": b"secret", "www/real": b"encoded"})
    (server.folder / "www/outside.txt.gz").symlink_to("../outside")
    (server.folder / "www/inside.txt.gz").symlink_to("real")
    assert server.get("/folder.txt", accept("gzip")).content == text
    assert server.get("/outside.txt", accept("gzip")).content == text
    assert server.get("/inside.txt", accept("gzip")).content == b"encoded"


def test_a_sidecar_by_its_own_name_is_a_file_like_any_other(serve):
    """Asked for by name and in place of its file by turns: each with its own type, coding and entity-tag."""
    server = serve(sidecar_site("gzip_static on;"), files_with_sidecars("gzip"))
    with server.connect() as client:
        for _ in range(3):
            own = client.get("/a.txt.gz", accept("gzip"))
            instead = client.get("/a.txt", accept("gzip"))
            assert own.content == instead.content == encoded("gzip")
            assert (own["Content-Encoding"], instead["Content-Encoding"]) == (None, "gzip")
            assert own["Content-Type"] == "application/gzip"
            assert instead["Content-Type"] == "text/plain; charset=utf-8"
            assert own["ETag"] != instead["ETag"] and own["Vary"] is None


def test_an_index_file_has_sidecars_too(serve):
    """The folder's path leads to index.html.gz."""
    server = serve(sidecar_site("gzip_static on;"), {"www/d/index.html": text, "www/d/index.html.gz": b"encoded"})
    answer = server.get("/d/", accept("gzip"))
    assert (answer.content, answer["Content-Encoding"]) == (b"encoded", "gzip")
    assert answer["Content-Type"] == "text/html; charset=utf-8"


def test_rfc9110_15_4_5_each_coding_is_revalidated_by_its_own_tag(serve):
    """304 with the tag of the coding that would have been sent, and Vary, once; another coding's tag doesn't match."""
    server = serve(sidecar_site("gzip_static on; brotli_static on;"), files_with_sidecars("gzip", "br"))
    tags = {coding: server.get("/a.txt", accept(coding))["ETag"] for coding in ("identity", "gzip", "br")}
    assert len(set(tags.values())) == 3
    for coding in tags:
        for tag_of, tag in tags.items():
            answer = server.get("/a.txt", accept(coding), f"If-None-Match: {tag}")
            assert answer.status == (304 if tag_of == coding else 200)
            assert answer["ETag"] == tags[coding]
            assert answer["Vary"] == "Accept-Encoding"
            if answer.status == 304:
                assert answer["Content-Encoding"] is None and answer["Content-Type"] is None
    assert server.get("/a.txt", accept("gzip"), f"If-Match: {tags['br']}").status == 412
    assert server.get("/a.txt", accept("gzip"), f"If-Match: {tags['gzip']}").status == 200


def test_rfc9110_14_ranges_are_of_the_encoded_bytes(serve):
    """Of the coding that is sent, with its length, and If-Range by its tag."""
    server = serve(sidecar_site("gzip_static on;"), files_with_sidecars("gzip"))
    whole = encoded("gzip")
    answer = server.get("/a.txt", accept("gzip"), "Range: bytes=2-5")
    assert (answer.status, answer.content, answer["Content-Encoding"]) == (206, whole[2:6], "gzip")
    assert answer["Content-Range"] == f"bytes 2-5/{len(whole)}"
    assert answer["Vary"] == "Accept-Encoding"
    plain = server.get("/a.txt", "Range: bytes=2-5")
    assert (plain.content, plain["Content-Range"]) == (text[2:6], f"bytes 2-5/{len(text)}")
    assert server.get("/a.txt", accept("gzip"), "Range: bytes=2-5", f"If-Range: {plain['ETag']}").status == 200
    assert server.get("/a.txt", accept("gzip"), "Range: bytes=2-5", f"If-Range: {answer['ETag']}").status == 206
    beyond = server.get("/a.txt", accept("gzip"), f"Range: bytes={len(whole)}-")
    assert (beyond.status, beyond["Content-Range"]) == (416, f"bytes */{len(whole)}")


def test_always_asks_nobody(serve):
    """gzip_static always: whatever the client takes, as nginx documents it; nothing depends on Accept-Encoding then."""
    server = serve(sidecar_site("gzip_static always;"), {**files_with_sidecars("gzip"), "www/b.txt": text})
    for fields in [], [accept("br")], [accept("gzip;q=0")], [accept("gzip")]:
        answer = server.get("/a.txt", *fields)
        assert (answer.content, answer["Content-Encoding"], answer["Vary"]) == (encoded("gzip"), "gzip", None)
        assert server.get("/b.txt", *fields)["Content-Encoding"] is None
    old = server.ask(request("GET /a.txt HTTP/1.0"))
    assert old["Content-Encoding"] == "gzip"


def test_large_sidecars_are_sent_from_the_file(serve):
    """What doesn't lie in memory: the same fields, the same bytes."""
    whole = os.urandom(300_000)
    server = serve(sidecar_site("gzip_static on;"), {"www/a.txt": text * 100, "www/a.txt.gz": whole})
    answer = server.get("/a.txt", accept("gzip"))
    assert (answer.content, answer["Content-Encoding"]) == (whole, "gzip")
    part = server.get("/a.txt", accept("gzip"), "Range: bytes=-1000")
    assert (part.status, part.content) == (206, whole[-1000:])


def test_an_error_page_may_be_encoded(serve):
    """The page's status stays, its coding is negotiated like any file's."""
    server = serve(sidecar_site("gzip_static on; error_page 404 /404.html;"),
                   {"www/404.html": text, "www/404.html.gz": b"encoded"})
    answer = server.get("/missing", accept("gzip"))
    assert (answer.status, answer.content, answer["Content-Encoding"]) == (404, b"encoded", "gzip")
    assert answer["Vary"] == "Accept-Encoding"


def test_vary_can_be_switched_off(serve):
    """gzip_vary off, which is nginx's default and not ours."""
    server = serve(sidecar_site("gzip_static on; gzip_vary off;"), files_with_sidecars("gzip"))
    for fields in [], [accept("gzip")]:
        assert server.get("/a.txt", *fields)["Vary"] is None


via = "Via: 1.1 proxy"


@pytest.mark.parametrize("lines, fields, coding", [
    ("", [via], None),  # gzip_proxied off
    ("gzip_proxied any;", [via], "gzip"),
    ("gzip_proxied auth;", [via], None),
    ("gzip_proxied auth;", [via, "Authorization: Basic YTpi"], "gzip"),
    ("gzip_proxied expired no-cache no-store private no_last_modified no_etag;", [via], None),
    ("gzip_proxied no_etag; etag off;", [via], "gzip"),
    ("gzip_proxied no_last_modified; etag off;", [via], None),
    ("gzip_proxied no_last_modified; add_header Last-Modified '';", [via], "gzip"),
    ("gzip_proxied expired; expires epoch;", [via], "gzip"),
    ("gzip_proxied expired; expires -1;", [via], "gzip"),
    ("gzip_proxied expired no-store; expires 1h;", [via], None),
    ("gzip_proxied expired; add_header Expires 'Thu, 01 Jan 1970 00:00:01 GMT';", [via], "gzip"),
    ("gzip_proxied no-cache; expires -1;", [via], "gzip"),
    ("gzip_proxied no-store; add_header Cache-Control 'max-age=0, No-Store';", [via], "gzip"),
    ("gzip_proxied no-store; add_header Cache-Control 'x=no-store';", [via], None),
    ("gzip_proxied private; add_header Cache-Control private=\"x-a\";", [via], "gzip"),
    ("gzip_proxied private; add_header Cache-Control $arg_a;", [via], None),
    ("gzip_disable msie6;", ["User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows 98)"], None),
    ("gzip_disable msie6;", ["User-Agent: Mozilla/4.0 (compatible; MSIE 5.5; Windows 98)"], None),
    ("gzip_disable msie6;", ["User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)"], "gzip"),
    ("gzip_disable msie6;", ["User-Agent: Mozilla/4.0 (compatible; MSIE 7.0)"], "gzip"),
    ("gzip_disable msie6;", ["User-Agent: MSIE "], "gzip"),
    ("", ["User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows 98)"], "gzip"),
    (r'gzip_disable "^Odd/[0-9]+\.0" other;', ["User-Agent: odd/12.0 (x)"], None),
    (r'gzip_disable "^Odd/[0-9]+\.0" other;', ["User-Agent: An Other one"], None),
    (r'gzip_disable "^Odd/[0-9]+\.0" other;', ["User-Agent: an odd/12.0"], "gzip"),
    (r'gzip_disable "^Odd/[0-9]+\.0" other;', [], "gzip"),
])
def test_who_gets_gzip(serve, lines, fields, coding):
    """gzip_proxied and gzip_disable, for files compressed ahead as in nginx."""
    server = serve(sidecar_site("gzip_static on;", lines), files_with_sidecars("gzip"))
    assert server.get("/a.txt", accept("gzip"), *fields)["Content-Encoding"] == coding


def test_gzip_http_version(serve):
    """1.1 unless it says 1.0; brotli has no such rule, as in nginx's module."""
    server = serve(sidecar_site("gzip_static on; brotli_static on; location /old/ { gzip_http_version 1.0; }"),
                   {**files_with_sidecars("gzip", "br"), "www/old/a.txt": text, "www/old/a.txt.gz": b"encoded"})
    assert server.ask(request("GET /a.txt HTTP/1.0", accept("gzip")))["Content-Encoding"] is None
    assert server.ask(request("GET /old/a.txt HTTP/1.0", accept("gzip")))["Content-Encoding"] == "gzip"
    assert server.ask(request("GET /a.txt HTTP/1.0", accept("br")))["Content-Encoding"] == "br"


def test_without_a_file_cache_sidecars_are_served_all_the_same(serve):
    """open_file_cache off: each request looks anew."""
    server = serve(sidecar_site("gzip_static on; open_file_cache off;"), files_with_sidecars("gzip"))
    for _ in range(2):
        assert server.get("/a.txt", accept("gzip")).content == encoded("gzip")


# Compressed by the server


class Programs:
    """Programs of the test's own in a folder that comes first in PATH."""

    def __init__(self, folder):
        self.folder = folder / "bin"
        self.calls_folder = folder / "calls"
        self.folder.mkdir()
        self.calls_folder.mkdir()

    def add(self, name, script):
        """A shell script; `$calls` is where it may leave notes, and the call is noted first."""
        path = self.folder / name
        path.write_text(f"#!/bin/sh\ncalls={self.calls_folder}\n"
                        f"mktemp $calls/{name}.XXXXXXXX >&2\n{script}\n")
        path.chmod(0o755)

    def calls(self, name="gzip"):
        return len(list(self.calls_folder.glob(f"{name}.*")))

    def command(self, rest="/usr/bin:/bin"):
        return ("env", f"PATH={self.folder}:{rest}" if rest else f"PATH={self.folder}")


@pytest.fixture
def programs(tmp_path):
    return Programs(tmp_path)


def dynamic_site(*lines, main=""):
    return main + "server { listen 127.0.0.1:0; root www; gzip on; gzip_types text/plain; %s }" % " ".join(lines)


def encoded_answer(server, path, coding="gzip", *fields):
    """Asks until the answer comes in this coding."""
    def found():
        answer = server.get(path, accept(coding), *fields)
        assert answer.status == 200
        return answer if answer["Content-Encoding"] == coding else None
    return wait_for(found, f"{path} is served with {coding}", 8)


def assert_stays_identity(server, path, content, coding="gzip"):
    for _ in range(5):
        answer = server.get(path, accept(coding))
        assert (answer.status, answer["Content-Encoding"], answer.content) == (200, None, content)


def settled(server, *names):
    """Of large files a change within the same tick might not show: they are compressed when their last change is two
    seconds old, and it is the kernel's time that counts."""
    def is_old():
        newest = max(os.stat(server.folder / "www" / name).st_ctime for name in names)
        return time.time() > newest + 3
    wait_for(is_old, "the files are old enough", 6)


def test_the_first_answer_is_the_file_and_later_ones_are_encoded(serve, programs):
    """Nobody waits for a compressor; then the same bytes, smaller, for everybody who takes them; made once."""
    programs.add("gzip", 'exec /usr/bin/gzip "$@"')
    server = serve(dynamic_site(), {"www/a.txt": text}, command=programs.command())
    first = server.get("/a.txt", accept("gzip"))
    assert (first.content, first["Content-Encoding"], first["Vary"]) == (text, None, "Accept-Encoding")
    answer = encoded_answer(server, "/a.txt")
    assert gzip.decompress(answer.content) == text and len(answer.content) < len(text)
    assert answer["Vary"] == "Accept-Encoding" and answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["ETag"] not in (None, first["ETag"]) and answer["Last-Modified"] == first["Last-Modified"]
    with server.connect() as client:
        for _ in range(50):
            assert client.get("/a.txt", accept("gzip")).content == answer.content
    plain = server.get("/a.txt")
    assert (plain.content, plain["ETag"], plain["Vary"]) == (text, first["ETag"], "Accept-Encoding")
    assert programs.calls() == 1


def test_validators_and_ranges_of_what_the_server_compressed(serve, programs):
    """As of any representation: HEAD, 304, ranges of the encoded bytes, If-Range."""
    server = serve(dynamic_site(), {"www/a.txt": text})
    answer = encoded_answer(server, "/a.txt")
    again = head(server, "/a.txt", accept("gzip"))
    assert [f for f in again.fields if f[0] != "Date"] == [f for f in answer.fields if f[0] != "Date"]
    revalidated = server.get("/a.txt", accept("gzip"), f"If-None-Match: {answer['ETag']}")
    assert (revalidated.status, revalidated["Vary"], revalidated["ETag"]) == (304, "Accept-Encoding", answer["ETag"])
    part = server.get("/a.txt", accept("gzip"), "Range: bytes=1-99")
    assert (part.status, part.content, part["Content-Encoding"]) == (206, answer.content[1:100], "gzip")
    # Who sends If-Range has the fields of the representation already (RFC 9110 15.3.7).
    part = server.get("/a.txt", accept("gzip"), "Range: bytes=1-99", f"If-Range: {answer['ETag']}")
    assert (part.status, part.content, part["Content-Encoding"]) == (206, answer.content[1:100], None)
    other = server.get("/a.txt", accept("gzip"), "Range: bytes=1-99", f"If-Range: {server.get('/a.txt')['ETag']}")
    assert (other.status, other.content) == (200, answer.content)


def test_equal_bytes_have_equal_tags_on_every_instance(serve, tmp_path):
    """The entity-tag is made of the encoded bytes: another server with the same program and file gives the same."""
    server = serve(dynamic_site(), {"www/a.txt": text, "www/b.txt": text})
    tags = {encoded_answer(server, path)["ETag"] for path in ("/a.txt", "/b.txt")}
    assert len(tags) == 1


def test_a_large_result_is_sent_from_a_file_in_memory(serve, programs):
    """Over 64k: kept outside of our own memory, sent by sendfile, once compressed for all."""
    programs.add("gzip", 'exec /usr/bin/gzip "$@"')
    server = serve(dynamic_site(), {"www/a.txt": large_text}, command=programs.command())
    settled(server, "a.txt")
    answer = encoded_answer(server, "/a.txt")
    assert gzip.decompress(answer.content) == large_text and len(answer.content) > 64 * 1024
    with server.connect() as client:
        for _ in range(5):
            assert client.get("/a.txt", accept("gzip")).content == answer.content
        part = client.get("/a.txt", accept("gzip"), "Range: bytes=70000-70009")
        assert (part.status, part.content) == (206, answer.content[70000:70010])
    assert programs.calls() == 1
    assert server.get("/a.txt").content == large_text


def test_zstd(serve, tool):
    """zstd on, by the machine's zstd."""
    zstd = tool("zstd")
    server = serve(sidecar_site("zstd on; zstd_types text/plain; zstd_comp_level 22;"), {"www/a.txt": text})
    answer = encoded_answer(server, "/a.txt", "zstd")
    plain = subprocess.run([zstd, "-dc"], input=answer.content, capture_output=True, check=True).stdout
    assert plain == text
    assert server.get("/a.txt", accept("gzip"))["Content-Encoding"] is None


def test_brotli(serve, tool):
    """brotli on, by the machine's brotli."""
    brotli = tool("brotli")
    server = serve(sidecar_site("brotli on; brotli_types text/plain;"), {"www/a.txt": text})
    answer = encoded_answer(server, "/a.txt", "br")
    plain = subprocess.run([brotli, "-dc"], input=answer.content, capture_output=True, check=True).stdout
    assert plain == text


def test_programs_are_called_with_the_configured_level(serve, programs):
    """Level and window stand in the arguments; nothing of the request does; the environment is all but empty."""
    script = 'touch "$calls/args $*"; env > $calls/environment; head -c 10'
    for name in "gzip", "brotli", "zstd":
        programs.add(name, script)
    server = serve(dynamic_site("gzip_comp_level 9; brotli on; brotli_types text/plain; brotli_comp_level 11;"
                                "brotli_window 1m; zstd on; zstd_types text/plain; zstd_comp_level 19;"),
                   {"www/a.txt": text}, command=("env", "SECRET=1", *programs.command()[1:]))
    for coding in extensions:
        encoded_answer(server, "/a.txt", coding)
    notes = {path.name for path in programs.calls_folder.iterdir() if path.name.startswith("args")}
    assert notes == {"args -n -c -9", "args -c -q 11 -w 20", f"args -q -c --no-check -T1 --stream-size={len(text)} -19"}
    environment = (programs.calls_folder / "environment").read_text()
    assert "LC_ALL=C" in environment and "SECRET" not in environment


def test_of_several_codings_the_preferred_one_is_made(serve, programs):
    """Only what this client would rather have is compressed: by its weights, else zstd, br, gzip."""
    for name in "gzip", "zstd":
        programs.add(name, "head -c 10")
    server = serve(dynamic_site("zstd on; zstd_types text/plain;"), {"www/a.txt": text}, command=programs.command())
    wait_for(lambda: server.get("/a.txt", accept("gzip, zstd"))["Content-Encoding"] == "zstd", "zstd is there")
    assert (programs.calls("gzip"), programs.calls("zstd")) == (0, 1)
    assert server.get("/a.txt", accept("gzip;q=0.5, zstd;q=0.4"))["Content-Encoding"] == "zstd"
    wait_for(lambda: server.get("/a.txt", accept("gzip;q=0.5, zstd;q=0.4"))["Content-Encoding"] == "gzip", "gzip too")
    assert (programs.calls("gzip"), programs.calls("zstd")) == (1, 1)


def test_a_sidecar_goes_before_the_compressor(serve, programs):
    """gzip_static and gzip together: what was made ahead is used, and nothing is compressed."""
    programs.add("gzip", "head -c 10")
    server = serve(dynamic_site("gzip_static on;"), files_with_sidecars("gzip"), command=programs.command())
    for _ in range(3):
        assert server.get("/a.txt", accept("gzip")).content == encoded("gzip")
    assert programs.calls() == 0


@pytest.mark.parametrize("content", [text, large_text], ids=["small", "large"])
def test_a_changed_file_is_compressed_anew(serve, programs, content):
    """The next answer is never of the version before, in whatever coding."""
    programs.add("gzip", 'exec /usr/bin/gzip "$@"')
    server = serve(dynamic_site(), {"www/a.txt": content}, command=programs.command())
    settled(server, "a.txt") if content == large_text else None
    first = encoded_answer(server, "/a.txt")
    changed = content.replace(b"1", b"2")
    (server.folder / "www/a.txt").write_bytes(changed)
    now = server.get("/a.txt", accept("gzip"))
    assert now["Content-Encoding"] is None and now.content == changed
    settled(server, "a.txt") if content == large_text else None
    second = encoded_answer(server, "/a.txt")
    assert gzip.decompress(second.content) == changed and second["ETag"] != first["ETag"]
    assert programs.calls() == 2


@pytest.mark.parametrize("content", [text, large_text], ids=["small", "large"])
def test_a_file_that_changes_meanwhile(serve, programs, content):
    """The result of a version that is gone is thrown away."""
    programs.add("gzip", '/usr/bin/gzip "$@" && while [ -e $calls/hold ]; do sleep 0.01; done')
    hold = programs.calls_folder / "hold"
    hold.touch()
    server = serve(dynamic_site(), {"www/a.txt": content}, command=programs.command())
    settled(server, "a.txt") if content == large_text else None
    server.get("/a.txt", accept("gzip"))
    wait_for(lambda: programs.calls() == 1, "the program runs")
    changed = content.replace(b"1", b"2")
    (server.folder / "www/a.txt").write_bytes(changed)
    assert server.get("/a.txt", accept("gzip")).content == changed
    hold.unlink()
    settled(server, "a.txt") if content == large_text else None
    assert gzip.decompress(encoded_answer(server, "/a.txt").content) == changed
    assert programs.calls() == 2


def test_a_missing_program_is_told_of_and_missed_by_nobody(serve, programs, tmp_path):
    """One line at the start, one with -t; the files are served as they are, and nothing varies."""
    server = serve(dynamic_site(), {"www/a.txt": text}, command=programs.command(rest=""))
    server.wait_for_error("[warn]", "gzip is on, but there is no program gzip in PATH")
    assert_stays_identity(server, "/a.txt", text)
    assert server.get("/a.txt")["Vary"] is None
    assert server.errors.count("no program") == 1
    environment = {**os.environ, "PATH": str(programs.folder)}
    tested = subprocess.run([binary(), "-t", server.config], env=environment, capture_output=True, text=True)
    assert tested.returncode == 0 and "there is no program gzip in PATH" in tested.stderr


def test_relative_folders_in_path_are_passed_over(serve, programs):
    """What PATH means must not depend on where the server was started."""
    programs.add("gzip", "head -c 10")
    server = serve(dynamic_site(), {"www/a.txt": text}, command=("env", "PATH=bin::."))
    server.wait_for_error("[warn]", "no program gzip")


@pytest.mark.parametrize("script, complaint", [
    ("exit 3", "ended with status 3"),
    ("head -c 10; exit 3", "ended with status 3"),
    ("kill -9 $$", "was killed by SIGKILL"),
    ("kill $$; head -c 10", "was killed by SIGTERM"),
    ("exit 0", "wrote nothing"),
])
def test_a_program_that_fails_is_asked_once(serve, programs, script, complaint):
    """The file is served as it is, for good; the error log says why."""
    programs.add("gzip", script)
    server = serve(dynamic_site(), {"www/a.txt": text}, command=programs.command())
    server.get("/a.txt", accept("gzip"))
    server.wait_for_error("[error]", "a.txt", "is served without gzip", complaint)
    assert_stays_identity(server, "/a.txt", text)
    assert programs.calls() == 1
    assert server.get("/a.txt", accept("gzip"))["Vary"] is None


def test_a_program_that_cannot_be_executed(serve, programs):
    """Executable by its mode, but no program: as one that fails."""
    (programs.folder / "gzip").write_bytes(b"\0\0\0\0")
    (programs.folder / "gzip").chmod(0o755)
    server = serve(dynamic_site(), {"www/a.txt": text}, command=programs.command())
    server.get("/a.txt", accept("gzip"))
    server.wait_for_error("is served without gzip", "ended with status 127")
    assert_stays_identity(server, "/a.txt", text)


def test_a_program_that_hangs_is_killed(serve, programs):
    """With all that it has started, after compression_limits' timeout; never again for this version."""
    programs.add("gzip", "sleep 1000 & echo $! > $calls/child; wait")
    server = serve(dynamic_site(main="compression_limits timeout=300ms;"), {"www/a.txt": text},
                   command=programs.command())
    server.get("/a.txt", accept("gzip"))
    server.wait_for_error("is served without gzip", "took too long")
    sleeper = int((programs.calls_folder / "child").read_text())
    wait_for(lambda: not is_running(sleeper), "its own child is gone")
    assert_stays_identity(server, "/a.txt", text)
    assert programs.calls() == 1
    assert children_of(server.pid) == []


def is_running(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def children_of(pid):
    return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@pytest.mark.parametrize("program", ["exec /usr/bin/gzip \"$@\"", "cat", "cat; head -c 100000 /dev/zero"],
                         ids=["gzip", "as-long", "longer"])
def test_a_result_that_is_not_smaller_is_not_used(serve, programs, program):
    """And remembered: nothing is compressed twice. Nobody is told, it is no mistake."""
    programs.add("gzip", program)
    server = serve(dynamic_site(), {"www/a.txt": noise}, command=programs.command())
    server.get("/a.txt", accept("gzip"))
    wait_for(lambda: server.get("/a.txt", accept("gzip"))["Vary"] is None, "it is known that it isn't worth it")
    assert_stays_identity(server, "/a.txt", noise)
    assert programs.calls() == 1
    assert "is served without" not in server.errors


def test_what_is_compressed(serve, programs):
    """gzip_types with text/html besides, `*`, gzip_min_length; by location."""
    programs.add("gzip", "head -c 1")
    server = serve("""
        server {
            listen 127.0.0.1:0; root www; gzip on; gzip_min_length 100;
            location /css/ { gzip_types text/css; }
            location /all/ { gzip_types *; gzip_min_length 0; }
            location /off/ { gzip off; }
        }
    """, {name: b"x" * size for name, size in {
        "www/a.html": 100, "www/short.html": 99, "www/a.txt": 100, "www/css/a.css": 100, "www/css/a.html": 100,
        "www/css/a.txt": 100, "www/all/a.unknown": 100, "www/all/short.txt": 2, "www/all/one.txt": 1,
        "www/off/a.html": 100}.items()}, command=programs.command())
    compressed = ["/a.html", "/css/a.css", "/css/a.html", "/all/a.unknown", "/all/short.txt"]
    left_alone = ["/short.html", "/a.txt", "/css/a.txt", "/all/one.txt", "/off/a.html"]
    for path in left_alone:
        assert server.get(path, accept("gzip"))["Vary"] is None
    for path in compressed:
        encoded_answer(server, path)
    for path in left_alone:
        assert server.get(path, accept("gzip"))["Content-Encoding"] is None
    assert programs.calls() == len(compressed)


def test_who_may_not_have_gzip_starts_nothing(serve, programs):
    """gzip_http_version, gzip_proxied, gzip_disable, and who doesn't take it, hold for the compressor too."""
    programs.add("gzip", "head -c 10")
    server = serve(dynamic_site("gzip_disable msie6;"), {"www/a.txt": text}, command=programs.command())
    for fields in ([via, accept("gzip")], ["User-Agent: MSIE 6.0", accept("gzip")], [accept("gzip;q=0")],
                   [accept("br")], []):
        answer = server.get("/a.txt", *fields)
        assert (answer["Content-Encoding"], answer["Vary"]) == (None, "Accept-Encoding")
    assert server.ask(request("GET /a.txt HTTP/1.0", accept("gzip")))["Content-Encoding"] is None
    assert programs.calls() == 0
    encoded_answer(server, "/a.txt")
    assert server.get("/a.txt", via, accept("gzip"))["Content-Encoding"] is None


def test_an_index_file_is_compressed(serve):
    """Asked for as a folder or by its name: one result."""
    server = serve(dynamic_site(), {"www/index.html": text})
    answer = encoded_answer(server, "/")
    assert server.get("/index.html", accept("gzip")).content == answer.content


def test_children_are_few_and_niced_and_hold_nothing_of_ours(serve, programs):
    """As many as compression_limits says, at the lowest priority, with three descriptors; the others wait."""
    programs.add("gzip", "ls -l /proc/$$/fd > $calls/fds.$$; nice > $calls/nice.$$\n"
                         "while [ -e $calls/hold ]; do sleep 0.01; done; head -c 10")
    hold = programs.calls_folder / "hold"
    hold.touch()
    names = [f"{i}.txt" for i in range(8)]
    server = serve(dynamic_site(main="compression_limits children=2 queue=3;"),
                   {f"www/{name}": text for name in names}, command=programs.command())
    with server.connect() as client:
        for name in names:
            assert client.get(f"/{name}", accept("gzip"))["Content-Encoding"] is None
        wait_for(lambda: programs.calls() == 2, "two run")
        notes = programs.calls_folder
        wait_for(lambda: len([n for n in notes.glob("nice.*") if n.read_text()]) == 2, "they have looked around")
        assert len(children_of(server.pid)) == 2
        for note in notes.glob("nice.*"):
            assert note.read_text().strip() == "19"
        for note in notes.glob("fds.*"):
            held = [line.split(" -> ")[1] for line in note.read_text().splitlines() if " -> " in line]
            # Besides these three: the script that the shell reads, and where it sends the list.
            ours = ("/memfd:webserv original", "/memfd:webserv variant", "/dev/null", str(server.folder / "bin"))
            assert all(what.startswith((*ours, str(notes))) for what in held), held
        for name in names:
            client.get(f"/{name}", accept("gzip"))
        assert programs.calls() == 2
        hold.unlink()
    wait_for(lambda: programs.calls() == 5 and children_of(server.pid) == [], "the three that waited are done too")
    for name in names:
        encoded_answer(server, f"/{name}")
    assert programs.calls() == len(names)
    assert children_of(server.pid) == []


def test_a_child_has_the_usual_signals(serve, programs):
    """None blocked and none ignored, whatever the server does with its own: ^C and a broken pipe end it."""
    program = programs.folder / "gzip"
    # No shell, which would set the mask itself.
    note = programs.calls_folder / "status"
    program.write_text("#!/usr/bin/python3 -IS\nimport sys\n"
                       f"open({str(note)!r}, 'w').write(open('/proc/self/status').read())\n"
                       "sys.stdout.write('short')\n")
    program.chmod(0o755)
    server = serve(dynamic_site(), {"www/a.txt": text}, command=programs.command())
    encoded_answer(server, "/a.txt")
    masks = dict(re.findall(r"^(Sig\w+):\s*([0-9a-f]+)$", note.read_text(), re.M))
    assert int(masks["SigBlk"], 16) == 0
    python_ignores = {signal.SIGPIPE, signal.SIGXFSZ}
    of_libc = 1 << 31 | 1 << 32  # the signals 32 and 33, which no program can change
    assert int(masks["SigIgn"], 16) & ~of_libc == sum(1 << (number - 1) for number in python_ignores)


def test_many_files_leave_no_children_and_no_descriptors(serve, programs):
    """Two hundred files, each compressed once; afterwards nothing is left open."""
    programs.add("gzip", "head -c 10")
    names = [f"{i}.txt" for i in range(200)]
    server = serve(dynamic_site(), {f"www/{name}": text for name in names}, command=programs.command())
    before = len(server.descriptors())

    def all_encoded():
        with server.connect() as client:
            return all([client.get(f"/{name}", accept("gzip"))["Content-Encoding"] for name in names])

    wait_for(all_encoded, "all are compressed", 30)
    assert programs.calls() == len(names)
    assert children_of(server.pid) == []
    wait_for(lambda: len(server.descriptors()) <= before + 3, "nothing is left open")  # inotify, the root's folder


@pytest.mark.release_only
def test_results_stay_within_the_memory_of_the_cache(serve, programs):
    """open_file_cache's bytes hold for them too: who isn't asked for any more makes room. Nothing above an eighth."""
    programs.add("gzip", "head -c 30000")
    names = [f"{i}.txt" for i in range(40)]
    content = os.urandom(40_000)
    server = serve("open_file_cache bytes=400k;" + dynamic_site(), {
        **{f"www/{name}": content for name in names}, "www/large.txt": os.urandom(60_000)}, command=programs.command())
    def resident():
        fields = pathlib.Path(f"/proc/{server.pid}/statm").read_text().split()
        return int(fields[1]) * 4096
    encoded_answer(server, "/0.txt")
    before = resident()
    for name in names:
        encoded_answer(server, f"/{name}")
    assert resident() - before < 1_500_000, "forty times 30000 bytes were kept, and their files"
    (programs.folder / "gzip").write_text("#!/bin/sh\nexec head -c 55000\n")
    server.get("/large.txt", accept("gzip"))
    wait_for(lambda: server.get("/large.txt", accept("gzip"))["Vary"] is None, "it is too large to be kept")


def test_large_results_are_within_that_memory_too(serve, programs):
    """Though they lie in files of their own."""
    programs.add("gzip", "head -c 200000")
    names = [f"{i}.txt" for i in range(20)]
    server = serve("open_file_cache bytes=2m;" + dynamic_site(), {f"www/{name}": large_text for name in names},
                   command=programs.command())
    settled(server, *names)
    for name in names:
        assert len(encoded_answer(server, f"/{name}").content) == 200_000
    held = [what for what in server.descriptors().values() if what.startswith("/memfd:webserv variant")]
    assert 1 <= len(held) <= 10


def test_two_codings_of_a_large_file_at_once(serve, programs):
    """Each program reads all of it, though it is the same open file."""
    for name in "gzip", "zstd":
        programs.add(name, "while [ -e $calls/hold ]; do sleep 0.01; done; exec /usr/bin/gzip -c")
    (programs.calls_folder / "hold").touch()
    server = serve(dynamic_site("zstd on; zstd_types text/plain;"), {"www/a.txt": large_text},
                   command=programs.command())
    settled(server, "a.txt")
    for coding in "gzip", "zstd":
        server.get("/a.txt", accept(coding))
    wait_for(lambda: programs.calls("gzip") == programs.calls("zstd") == 1, "both run")
    (programs.calls_folder / "hold").unlink()
    for coding in "gzip", "zstd":
        assert gzip.decompress(encoded_answer(server, "/a.txt", coding).content) == large_text


def test_files_above_the_limit_are_not_compressed(serve, programs):
    """compression_limits' largest."""
    programs.add("gzip", "head -c 10")
    server = serve(dynamic_site(main="compression_limits largest=1k;"),
                   {"www/a.txt": b"x" * 1025, "www/b.txt": b"x" * 1024}, command=programs.command())
    assert server.get("/a.txt", accept("gzip"))["Vary"] is None
    encoded_answer(server, "/b.txt")
    assert programs.calls() == 1


def test_without_a_file_cache_nothing_is_compressed(serve, programs):
    """open_file_cache off: there is no place for the result."""
    programs.add("gzip", "head -c 10")
    server = serve(dynamic_site("open_file_cache off;"), {"www/a.txt": text}, command=programs.command())
    assert_stays_identity(server, "/a.txt", text)
    assert programs.calls() == 0


def test_a_file_that_nobody_asked_for_in_a_while_is_not_compressed_again(serve, programs):
    """Its entry goes (inactive), what was made of its version stays."""
    programs.add("gzip", "head -c 10")
    server = serve("open_file_cache inactive=1s;" + dynamic_site(), {"www/a.txt": text}, command=programs.command())
    encoded_answer(server, "/a.txt")
    inotify = next(fd for fd, what in server.descriptors().items() if what.endswith("inotify"))
    watches = pathlib.Path(f"/proc/{server.pid}/fdinfo/{inotify}")
    assert "inotify wd" in watches.read_text()
    wait_for(lambda: "inotify wd" not in watches.read_text(), "the entry is gone", 5)
    assert server.get("/a.txt", accept("gzip"))["Content-Encoding"] == "gzip"
    assert programs.calls() == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_child_outlives_the_server(serve, programs, number):
    """However it ends, in the middle of compressing."""
    programs.add("gzip", "echo $$ > $calls/pid; exec sleep 1000")
    server = serve(dynamic_site(), {"www/a.txt": text}, command=programs.command())
    server.get("/a.txt", accept("gzip"))
    note = programs.calls_folder / "pid"
    child = int(wait_for(lambda: note.exists() and note.read_text(), "the program runs"))
    if number == signal.SIGKILL:
        server.stopped = True
    os.kill(server.pid, number)
    assert server.process.wait(5) == (0 if number == signal.SIGTERM else -number)
    wait_for(lambda: not is_running(child), "the child is gone")


def test_each_worker_compresses_for_itself(serve, programs):
    """Several processes: whoever answers, the bytes and tags are the same."""
    programs.add("gzip", 'exec /usr/bin/gzip "$@"')
    server = serve("worker_processes 2;\n" + dynamic_site(), {"www/a.txt": text}, command=programs.command())
    answer = encoded_answer(server, "/a.txt")
    for _ in range(20):
        one = server.get("/a.txt", accept("gzip"))
        assert one["Content-Encoding"] is None or one["ETag"] == answer["ETag"]
    assert 1 <= programs.calls() <= 2


@pytest.mark.release_only
def test_what_is_ready_costs_no_further_system_call(serve, tmp_path, tool):
    """With both kinds of coding on: a recv, a send and epoll_wait, as without; also where there is no sidecar."""
    log = tmp_path / "calls.txt"
    server = serve(dynamic_site("gzip_static on; brotli_static on; zstd_static on;", main="log_not_found off;"),
                   {"www/a.txt": text, "www/b.txt": text, "www/b.txt.gz": b"encoded"},
                   command=[tool("strace"), "-E", "ASAN_OPTIONS=detect_leaks=0", "-D", "-f", "-o", log])
    encoded_answer(server, "/a.txt")
    with server.connect() as client:
        def ask():
            assert client.get("/a.txt", accept("gzip, br"))["Content-Encoding"] == "gzip"
            assert client.get("/b.txt", accept("gzip, br")).content == b"encoded"
            assert client.get("/b.txt").content == text

        ask()
        before = len(log.read_text().splitlines())
        for _ in range(20):
            ask()

        def calls():
            lines = log.read_text().splitlines()[before:]
            return [re.sub(r"^\d+ +", "", line).split("(")[0] for line in lines]

        wait_for(lambda: calls().count("sendto") >= 60, "strace has written them all")
        assert set(calls()) <= {"epoll_wait", "recvfrom", "sendto"} | allowed_once_a_second, sorted(set(calls()))


# The access log is written, and the root looked at.
allowed_once_a_second = {"write", "newfstatat", "stat", "statx"}


@pytest.mark.parametrize("wrong, told", [
    ("gzip_static maybe;", "neither on, off nor always"),
    ("gzip_types text;", "is no media type"),
    ("gzip_comp_level 10;", "gzip_comp_level"),
    ("brotli_comp_level 12;", "brotli_comp_level"),
    ("zstd_comp_level 0;", "zstd_comp_level"),
    ("brotli_window 3k;", "power of two"),
    ("gzip_http_version 2;", "neither 1.0 nor 1.1"),
    ("gzip_proxied off any;", "stands alone"),
    ("gzip_proxied sometimes;", "is unknown"),
    ("gzip_vary maybe;", "gzip_vary"),
    ('gzip_disable "(";', "gzip_disable: "),
    ("gzip_min_length -1;", "gzip_min_length"),
    ("zstd_dict_file /x;", "dictionaries"),
])
def test_wrong_values_are_refused(tmp_path, wrong, told):
    """Each with what would be right."""
    (tmp_path / "c.conf").write_text("server { listen 127.0.0.1:0; %s }" % wrong)
    done = run("-t", "c.conf", cwd=tmp_path)
    assert done.returncode == 1 and told in done.stderr and "c.conf:1:" in done.stderr


def test_buffers_are_accepted_without_effect(tmp_path):
    """gzip_buffers and its like: listed by -t."""
    (tmp_path / "c.conf").write_text(
        "server { listen 127.0.0.1:0; gzip_buffers 16 8k; brotli_buffers 16 8k; zstd_buffers 16 8k; }")
    done = run("-t", "c.conf", cwd=tmp_path)
    assert done.returncode == 0
    for name in "gzip_buffers", "brotli_buffers", "zstd_buffers":
        assert f"note: {name}" in done.stderr.replace('"', ""), done.stderr

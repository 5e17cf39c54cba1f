"""Several ranges as multipart/byteranges (RFC 9110 14.6, 15.3.7), what bounds them, and max_ranges."""

import os
import re
import socket

import pytest

import strace_log
from webserv_process import Server, request, wait_for

site = "server { listen 127.0.0.1:0; root www; }"
small = bytes(range(256)) * 40  # 10,240 bytes


class Part:
    """One body part: its fields, the range that it says, and its content."""

    def __init__(self, head, content):
        self.fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.content = content
        first, last, size = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", self.fields["Content-Range"]).groups()
        self.range = (int(first), int(last))
        self.size = int(size)

    def __repr__(self):
        return f"<{self.range} of {self.size}, {len(self.content)} bytes>"


def boundary_of(answer):
    match = re.fullmatch(r"multipart/byteranges; boundary=([0-9a-zA-Z]{16,70})", answer["Content-Type"])
    assert match, answer["Content-Type"]
    return match[1].encode()


def parts_of(answer):
    """Reads a multipart as RFC 2046 5.1.1 has it, strictly: CRLF alone, no preamble, no epilogue."""
    delimiter = b"--" + boundary_of(answer)
    pieces = (b"\r\n" + answer.content).split(b"\r\n" + delimiter)
    assert pieces[0] == b"", "nothing comes before the first delimiter"
    assert pieces[-1] == b"--\r\n", f"the end: {pieces[-1]!r}"
    parts = []
    for piece in pieces[1:-1]:
        assert piece.startswith(b"\r\n")
        head, content = piece[2:].split(b"\r\n\r\n", 1)
        parts.append(Part(head, content))
    return parts


def assert_parts(answer, content, ranges):
    """206 with these parts, and with what all 206 have in common."""
    assert answer.status == 206
    assert answer["Content-Range"] is None, "each part has its own (15.3.7.2)"
    assert answer["ETag"] and answer["Date"]
    parts = parts_of(answer)
    assert [part.range for part in parts] == ranges
    for part in parts:
        first, last = part.range
        assert part.size == len(content) and part.content == content[first:last + 1]
    return parts


@pytest.fixture
def server(serve):
    return serve(site, {"www/a.txt": small, "www/empty.txt": b""})


@pytest.mark.parametrize("field, ranges", [
    ("bytes=0-9,1000-1009", [(0, 9), (1000, 1009)]),
    ("bytes= 0-999, 4500-5499, -1000", [(0, 999), (4500, 5499), (9240, 10239)]),
    ("bytes=0-0,-1", [(0, 0), (10239, 10239)]),
    ("bytes=9000-,0-0", [(9000, 10239), (0, 0)]),
    ("bytes=5000-5001,100-101,7000-7001", [(5000, 5001), (100, 101), (7000, 7001)]),
    ("BYTES=0-0,,500-500,", [(0, 0), (500, 500)]),
    ("bytes=0-0,20000-,500-500,-0", [(0, 0), (500, 500)]),  # what can't be satisfied is left out
])
def test_rfc9110_15_3_7_2_several_parts(server, field, ranges):
    """Each part with its Content-Range and the file's Content-Type, in the order in which they were asked for."""
    answer = server.get("/a.txt", f"Range: {field}")
    for part in assert_parts(answer, small, ranges):
        assert part.fields["Content-Type"] == "text/plain; charset=utf-8"
    assert int(answer["Content-Length"]) == len(answer.content)
    assert answer["Last-Modified"] and answer["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("field, first, last", [
    ("bytes=0-100,50-200", 0, 200),       # they overlap
    ("bytes=50-200,0-100", 0, 200),
    ("bytes=0-100,101-200", 0, 200),      # they touch
    ("bytes=0-100,180-200", 0, 200),      # less than a part's head lies between them
    ("bytes=500-500,0-999,700-800", 0, 999),
    ("bytes=0-9,20000-30000", 0, 9),      # one alone can be satisfied
    ("bytes=20000-,-10", 10230, 10239),
])
def test_rfc9110_15_3_7_2_one_part_is_no_multipart(server, field, first, last):
    """Ranges that overlap or nearly touch become one; one that is left is sent as one."""
    answer = server.get("/a.txt", f"Range: {field}")
    assert answer.status == 206 and answer["Content-Range"] == f"bytes {first}-{last}/10240"
    assert answer.content == small[first:last + 1] and answer["Content-Type"].startswith("text/plain")


def test_rfc9110_15_3_7_2_coalescing_keeps_the_order_of_the_rest(server):
    """What others became part of stands where the first of them stood."""
    answer = server.get("/a.txt", "Range: bytes=9000-9001,500-600,3000-3001,590-700")
    assert_parts(answer, small, [(9000, 9001), (500, 700), (3000, 3001)])


@pytest.mark.parametrize("field", [
    "bytes=0-,5-6",
    "bytes=0-5000,5001-10239",
    "bytes=0-5000,5081-10160",          # together with their heads they are longer than the file
    "bytes=0-5000,5090-10139",          # and so they are with heads as long as these
    "bytes=0-0,5-3",                    # one of them malformed: all of them are
    "bytes=0-0,x",
    "bytes=0-0,lines=5-6",
])
def test_whole_file_in_place_of_parts(server, field):
    """Where parts would cost more than the file, or the set is malformed, the file is sent."""
    answer = server.get("/a.txt", f"Range: {field}")
    assert answer.status == 200 and answer.content == small and answer["Content-Range"] is None


def test_rfc9110_15_5_17_none_of_several_can_be_satisfied(server):
    """416 with the length, for the whole set."""
    answer = server.get("/a.txt", "Range: bytes=10240-,20000-20001,-0")
    assert answer.status == 416 and answer["Content-Range"] == "bytes */10240"
    assert server.get("/empty.txt", "Range: bytes=0-0,1-1").status == 416


def test_boundary_is_another_one_each_time_and_not_in_the_content(serve):
    """A file that holds the boundary of an earlier answer doesn't break the next one."""
    server = serve(site, {"www/a.txt": small})
    seen = {boundary_of(server.get("/a.txt", "Range: bytes=0-0,500-500")) for _ in range(20)}
    assert len(seen) == 20
    content = b"".join(b"\r\n--" + boundary + b"--\r\n" for boundary in seen) + small
    (server.folder / "www/a.txt").write_bytes(content)
    assert_parts(server.get("/a.txt", "Range: bytes=0-699,1000-1000"), content, [(0, 699), (1000, 1000)])


large = os.urandom(3_000_000)


@pytest.mark.parametrize("field, ranges", [
    ("bytes=0-999999,1500000-2499999", [(0, 999999), (1500000, 2499999)]),         # both by sendfile
    ("bytes=-5,0-4,1000000-1000004", [(2999995, 2999999), (0, 4), (1000000, 1000004)]),  # none
    ("bytes=2000000-2999999,0-99,1000000-1499999,500-600",                          # now and then
     [(2000000, 2999999), (0, 99), (1000000, 1499999), (500, 600)]),
    ("bytes=0-32767,100000-132767,200000-232767", [(0, 32767), (100000, 132767), (200000, 232767)]),
])
@pytest.mark.parametrize("aio", ["threads", "off"])
def test_parts_of_a_large_file(serve, field, ranges, aio):
    """Parts of what isn't in memory, large and small; the connection goes on behind them."""
    server = serve(f"server {{ listen 127.0.0.1:0; root www; aio {aio}; }}",
                   {"www/large.bin": large, "www/a.txt": "a"})
    with server.connect() as client:
        client.send(request("GET /large.bin HTTP/1.1", f"Range: {field}") + request("GET /a.txt HTTP/1.1"))
        for part in assert_parts(client.response(), large, ranges):
            assert part.fields["Content-Type"] == "application/octet-stream"
        assert client.response().text == "a"
    length = server.wait_for_accesses(2)[0].split()[9]
    assert int(length) > sum(last - first + 1 for first, last in ranges), "heads are counted too"


def test_parts_for_a_slow_reader(serve):
    """Whatever the socket takes at once: a narrow window cuts heads and parts anywhere."""
    server = serve(site, {"www/large.bin": large})
    ranges = [(start, start + 40_000) for start in range(0, 2_000_000, 100_000)]
    field = ",".join(f"{first}-{last}" for first, last in ranges)
    with server.connect(receive_buffer=2048) as client:
        client.send(request("GET /large.bin HTTP/1.1", f"Range: bytes={field}"))
        assert_parts(client.response(), large, ranges)
        assert client.get("/large.bin", "Range: bytes=0-0").content == large[:1]


def test_parts_over_a_unix_socket(serve, tmp_path):
    """Another kind of socket, with other sizes of what it takes."""
    server = serve("server { listen unix:%s/s; root www; }" % tmp_path, {"www/large.bin": large})
    answer = server.get("/large.bin", "Range: bytes=0-499999,1000000-1999999")
    assert_parts(answer, large, [(0, 499999), (1000000, 1999999)])


def test_client_that_goes_away_between_parts_leaves_nothing(serve):
    """What was being sent is closed again (the fixture looks at the descriptors)."""
    server = serve(site, {"www/large.bin": large})
    for taken in (1, 300, 200_000, 700_000):
        with server.connect(receive_buffer=4096) as client:
            client.send(request("GET /large.bin HTTP/1.1", "Range: bytes=0-499999,1000000-1999999"))
            client.take(taken)
            client.reset()


def test_file_that_shrinks_between_parts_cuts_the_connection(serve):
    """The second part is promised and can't be given any more: the client sees an end that comes too early."""
    size = 30_000_000
    server = serve(site, {"www/large.bin": bytes(size)})
    with server.connect(receive_buffer=4096) as client:
        client.send(request("GET /large.bin HTTP/1.1", f"Range: bytes=0-{size // 2},{size // 2 + 1000}-"))
        client.read_head()
        client.take(1000)
        os.truncate(server.folder / "www/large.bin", size // 2 + 5000)
        assert len(client.rest()) < size
    server.wait_for_error("the file became shorter")


def test_the_loops_rule_holds_for_parts(tmp_path, tool):
    """One recv or send a turn, heads and parts alike."""
    strace = tool("strace")
    (tmp_path / "www").mkdir()
    (tmp_path / "www/large.bin").write_bytes(large)
    trace = tmp_path / "trace.txt"
    command = [strace, "-E", "ASAN_OPTIONS=detect_leaks=0", "-D", "-f", "-s", "0", "-v",
               "-e", "trace=network,desc", "-o", str(trace)]
    server = Server(tmp_path, "access_log off;\nerror_log error.log info;\n" + site, command=command)
    try:
        with server.connect(receive_buffer=4096) as slow, server.connect() as fast:
            field = "Range: bytes=0-999999,1000100-1000200,1500000-2499999"
            for client in (slow, fast):
                client.send(request("GET /large.bin HTTP/1.1", field) * 2)
            for client in (fast, slow):
                for _ in range(2):
                    assert_parts(client.response(), large, [(0, 999999), (1000100, 1000200), (1500000, 2499999)])
    finally:
        server.stop()
    wait_for(lambda: "+++ exited" in trace.read_text(errors="replace"), "strace has written everything")
    with open(trace, encoding="utf-8", errors="replace") as lines:
        assert strace_log.check(lines).violations == []
    text = trace.read_text(errors="replace")
    sent = sum(int(count) for count in re.findall(r" sendfile\(.* = (\d+)$", text, re.M))
    assert sent == 4 * 2_000_000, "large parts go from the file, small ones with their heads"


def test_small_parts_leave_with_one_send(tmp_path, tool):
    """Head, parts and end of a small file are one send."""
    strace = tool("strace")
    (tmp_path / "www").mkdir()
    (tmp_path / "www/a.txt").write_bytes(small)
    trace = tmp_path / "trace.txt"
    command = [strace, "-E", "ASAN_OPTIONS=detect_leaks=0", "-D", "-f", "-s", "0",
               "-e", "trace=network,desc", "-o", str(trace)]
    server = Server(tmp_path, "access_log off;\nerror_log error.log info;\n" + site, command=command)
    try:
        with server.connect() as client:
            for _ in range(10):
                assert client.get("/a.txt", "Range: bytes=0-9,1000-1009,-5").status == 206
    finally:
        server.stop()
    wait_for(lambda: "+++ exited" in trace.read_text(errors="replace"), "strace has written everything")
    sends = [line for line in trace.read_text(errors="replace").splitlines() if " sendto(" in line]
    assert len(sends) == 10


def many(count, step=1000):
    return "Range: bytes=" + ",".join(f"{i * step}-{i * step}" for i in range(count))


def test_many_tiny_ranges_get_the_whole_file(serve):
    """64 parts by default, never more than 1000: beyond that a request costs what the file costs."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            large_client_header_buffers 4 32k;
            location /all/ { max_ranges 100000; alias www/; }
        }
    """, {"www/large.bin": large})
    assert len(parts_of(server.get("/large.bin", many(64)))) == 64
    assert server.get("/large.bin", many(65)).status == 200
    assert server.get("/large.bin", "Range: bytes=" + ",".join(["0-0"] * 5000)).status == 200
    assert len(parts_of(server.get("/all/large.bin", many(1000)))) == 1000
    assert server.get("/all/large.bin", many(1001)).status == 200


def test_hostile_ranges_cost_no_more_than_the_file(serve):
    """Overlapping, tiny, out of order, a thousand times each: not many times the cost of sending the file."""
    server = serve("server { listen 127.0.0.1:0; root www; large_client_header_buffers 4 32k; }",
                   {"www/a.bin": large[:60_000]})

    def cost_of(field):
        with server.connect() as client:
            before = server.cpu_seconds()
            for _ in range(300):
                assert len(client.get("/a.bin", field).content) <= 60_000
            return server.cpu_seconds() - before

    plain = cost_of("Accept: */*")
    for field in ("Range: bytes=" + ",".join(["0-"] * 3000), "Range: bytes=" + ",".join(["5-5,0-0"] * 1500),
                  "Range: bytes=" + ",".join(f"{i}-" for i in range(2500, 0, -1))):
        assert cost_of(field) < 3 * plain + 0.5


def test_max_ranges(serve):
    """As in nginx: more than this many get the whole file, 0 turns ranges off and Accept-Ranges with them."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            location /none/ { max_ranges 0; }
            location /one/ { max_ranges 1; }
            max_ranges 2;
        }
    """, {f"www/{name}/a.txt": small for name in ("none", "one", "two")})

    def get(name, field):
        return server.get(f"/{name}/a.txt", f"Range: bytes={field}")

    assert server.get("/none/a.txt")["Accept-Ranges"] is None
    for field in ("0-0", "99999-", "0-0,500-500"):
        answer = get("none", field)
        assert answer.status == 200 and answer.content == small and answer["Content-Range"] is None
    assert server.get("/one/a.txt")["Accept-Ranges"] == "bytes"
    assert get("one", "0-9").status == 206 and get("one", "0-0,500-500").status == 200
    assert_parts(get("two", "0-0,500-500"), small, [(0, 0), (500, 500)])
    assert get("two", "0-0,500-500,900-900").status == 200
    for value in ('"other"', server.get("/none/a.txt")["ETag"]):
        answer = server.get("/none/a.txt", "Range: bytes=0-0", f"If-Range: {value}")
        assert answer.status == 200 and answer["Content-Type"], "If-Range is ignored where Range is (13.1.5)"


def test_rfc9110_15_3_7_fields_of_a_206(server):
    """All that a 200 says of the file, unless If-Range tells that the client knows it: then Date and ETag."""
    whole = server.get("/a.txt")
    one = server.get("/a.txt", "Range: bytes=0-9")
    for name in ("Content-Type", "Last-Modified", "ETag"):
        assert one[name] == whole[name]
    knows = f"If-Range: {whole['ETag']}"
    one = server.get("/a.txt", "Range: bytes=0-9", knows)
    assert one.status == 206 and one["ETag"] == whole["ETag"] and one["Date"] and one["Content-Range"]
    assert one["Content-Type"] is None and one["Last-Modified"] is None
    several = server.get("/a.txt", "Range: bytes=0-9,500-509", knows)
    assert_parts(several, small, [(0, 9), (500, 509)])
    assert several["Last-Modified"] is None
    assert server.get("/a.txt", "Range: bytes=0-9,500-509", 'If-Range: "other"').content == small


def test_rfc9110_14_2_range_comes_after_the_preconditions(server):
    """Range is looked at only where the answer without it would be 200."""
    tag = server.get("/a.txt")["ETag"]
    for field in ("bytes=0-9", "bytes=0-9,500-509", "bytes=99999-"):
        assert server.get("/a.txt", f"Range: {field}", f"If-None-Match: {tag}").status == 304
        assert server.get("/a.txt", f"Range: {field}", 'If-Match: "other"').status == 412
        assert server.get("/none", f"Range: {field}").status == 404


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "TRACE"])
def test_rfc9110_14_2_range_is_for_get_alone(server, method):
    """With any other method it is as if Range weren't there."""
    def ask(*fields):
        answer = server.ask(request(f"{method} /a.txt HTTP/1.1", "Content-Length: 0", *fields))
        return answer.status, [(name, value) for name, value in answer.fields if name != "Date"], answer.content

    for field in ("bytes=0-9", "bytes=0-9,500-509", "bytes=99999-"):
        assert ask(f"Range: {field}") == ask()


def test_rfc9110_14_4_content_range_in_a_request_means_nothing(server):
    """It is ignored with methods that have no use for it."""
    answer = server.get("/a.txt", "Content-Range: bytes 0-9/10240")
    assert answer.status == 200 and answer.content == small


def test_parts_for_an_http_1_0_client(server):
    """Nothing about ranges needs HTTP/1.1."""
    answer = server.ask(request("GET /a.txt HTTP/1.0", "Range: bytes=0-9,500-509"))
    assert_parts(answer, small, [(0, 9), (500, 509)])
    assert answer.closes


def test_last_part_and_end_are_sent_at_once(serve):
    """The closing delimiter doesn't wait in the kernel for more to come."""
    server = serve(site, {"www/large.bin": large})
    with server.connect() as client:
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        client.send(request("GET /large.bin HTTP/1.1", "Range: bytes=0-99999,500000-599999"))
        client.socket.settimeout(0.15)  # MSG_MORE would hold the end back for 0.2 seconds
        assert_parts(client.response(), large, [(0, 99999), (500000, 599999)])

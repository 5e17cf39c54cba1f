"""limit_rate, limit_rate_after and `set $limit_rate`: how fast an answer's content goes out. Durations are bounded on
both sides: below by arithmetic, above generously."""

import re
import signal
import time

import pytest

import strace_log
from webserv_process import Server, patience, request, wait_for

KIB = 1024
BIG = bytes(range(256)) * 800  # 200 KiB: sent by sendfile
SMALL = b"0123456789abcde\n" * 3840  # 60 KiB: kept in memory
CONTENTS = {"/big.bin": BIG, "/small.txt": SMALL}

CONFIG = """
    server {{
        listen 127.0.0.1:0;
        root www;
        {}
    }}
"""


@pytest.fixture
def limited(serve):
    """limited(text) starts a server with these directives, and big.bin, small.txt and tiny.txt."""
    def start(text, **options):
        files = {"www/big.bin": BIG, "www/small.txt": SMALL, "www/tiny.txt": "abc"}
        return serve(CONFIG.format(text), files, **options)
    return start


def timed(function, *arguments):
    """(what it gives, in how many seconds)"""
    began = time.monotonic()
    result = function(*arguments)
    return result, time.monotonic() - began


@pytest.mark.parametrize("path", CONTENTS)
def test_a_file_takes_its_size_divided_by_the_rate(limited, path):
    """From disk by sendfile, or from memory: half of its size a second makes two seconds."""
    content = CONTENTS[path]
    server = limited(f"limit_rate {len(content) // 2};")
    answer, seconds = timed(server.get, path)
    assert answer.content == content
    assert 1.7 < seconds < 2.6 * patience


def test_generated_content_is_limited_too(limited):
    """The text of return, a listing, a page of error_page."""
    text = "x" * 1000
    server = limited(f'location = /text {{ limit_rate 1000; return 200 "{text * 2}"; }}')
    answer, seconds = timed(server.get, "/text")
    assert answer.text == text * 2 and 1.7 < seconds < 2.6 * patience


def test_what_one_second_allows_goes_out_at_once(limited):
    server = limited("limit_rate 200k;")
    for path, content in CONTENTS.items():
        answer, seconds = timed(server.get, path)
        assert answer.content == content and seconds < 0.6 * patience


def test_limit_rate_after_goes_ahead_at_full_speed(limited):
    """100 KiB at once, the other 100 KiB in two seconds."""
    server = limited("limit_rate 50k; limit_rate_after 100k; location = /none { limit_rate 0; alias www/big.bin; }"
                     " location = /small { limit_rate 1k; limit_rate_after 60k; alias www/small.txt; }")
    with server.connect() as client:
        client.send(request("GET /big.bin HTTP/1.1"))
        ahead_of_it, ahead = timed(lambda: (client.read_head(), client.take(100 * KIB))[1])
        rest, after = timed(client.take, 100 * KIB)
    assert ahead_of_it + rest == BIG
    assert ahead < 0.5 * patience and 1.6 < after < 2.6 * patience
    assert timed(server.get, "/none")[1] < 0.6 * patience
    assert timed(server.get, "/small")[1] < 0.6 * patience


def test_content_comes_evenly(limited):
    """Not a second's worth at a time: no gap between two pieces is near a second."""
    server = limited("limit_rate 100k;")
    with server.connect() as client:
        client.send(request("GET /big.bin HTTP/1.1"))
        arrivals = []
        held = 0
        while held < len(BIG):
            held += len(client.socket.recv(64 * KIB))
            arrivals.append(time.monotonic())
    gaps = [later - earlier for earlier, later in zip(arrivals, arrivals[1:])]
    assert max(gaps) < 0.6 * patience and len(arrivals) >= 10


def test_the_limit_is_of_each_answer(limited):
    """Two connections get twice as much, and who has no limit waits for nobody."""
    server = limited("location /slow/ { limit_rate 100k; alias www/; }")
    slow = [server.connect() for _ in range(2)]
    began = time.monotonic()
    for client in slow:
        client.send(request("GET /slow/big.bin HTTP/1.1"))
    with server.connect() as fast:
        _, seconds = timed(lambda: [fast.get("/big.bin") for _ in range(20)])
    assert seconds < 1.5 * patience
    for client in slow:
        assert client.response().content == BIG
    assert 1.7 < time.monotonic() - began < 2.8 * patience


def test_a_busy_connection_does_not_save_up(limited):
    """The next request on the connection has a limit of its own, and pipelined ones are answered in their order."""
    server = limited("location /slow/ { limit_rate 100k; alias www/; }")
    with server.connect() as client:
        began = time.monotonic()
        client.send(request("GET /slow/big.bin HTTP/1.1") + request("GET /tiny.txt HTTP/1.1")
                    + request("GET /slow/big.bin HTTP/1.1") + request("GET /slow/tiny.txt HTTP/1.1"))
        assert [client.response().content for _ in range(4)] == [BIG, b"abc", BIG, b"abc"]
        assert 3.5 < time.monotonic() - began < 5.2 * patience


def test_head_and_parts(limited):
    """HEAD has nothing to be slow with; a range is as slow as it is long."""
    server = limited("limit_rate 50k;")
    answer, seconds = timed(server.ask, request("HEAD /big.bin HTTP/1.1"))
    assert answer["Content-Length"] == str(len(BIG)) and seconds < 0.5 * patience
    answer, seconds = timed(server.get, "/big.bin", "Range: bytes=1000-40999")
    assert answer.status == 206 and answer.content == BIG[1000:41000] and seconds < 0.5 * patience
    answer, seconds = timed(server.get, "/big.bin", f"Range: bytes=1000-{999 + 100 * KIB}")
    assert answer.content == BIG[1000:1000 + 100 * KIB] and 1.7 < seconds < 2.6 * patience
    answer, seconds = timed(server.get, "/small.txt", "Range: bytes=10-")
    assert answer.content == SMALL[10:] and 0.9 < seconds < 1.8 * patience


@pytest.mark.parametrize("path, size", [("/big.bin", 40 * KIB), ("/small.txt", 10 * KIB)])
def test_several_ranges(limited, path, size):
    """All of the parts, with the lines between them, in as long as they take together."""
    server = limited(f"limit_rate {size};")
    content = CONTENTS[path]
    middle = len(content) // 2
    answer, seconds = timed(server.get, path, f"Range: bytes=0-{size - 1},{middle}-{middle + size - 1}")
    assert answer.status == 206
    assert content[:size] in answer.content and content[middle:middle + size] in answer.content
    assert 1.7 < seconds < 2.8 * patience


def test_send_timeout_does_not_count_while_the_rate_is_waited_for(limited):
    """A byte a second, although the client may be silent for 200 ms only."""
    server = limited("location /slow/ { limit_rate 1; send_timeout 200ms; alias www/; }")
    answer, seconds = timed(server.get, "/slow/tiny.txt")
    assert answer.text == "abc" and 1.7 < seconds < 3.5 * patience


def test_send_timeout_counts_for_who_takes_nothing(serve):
    server = serve(CONFIG.format("limit_rate 100m; send_timeout 300ms;"), {"www/huge.bin": bytes(120_000_000)})
    with server.connect(receive_buffer=4096) as client:
        client.send(request("GET /huge.bin HTTP/1.1"))
        server.wait_for_error("send-timeout")


def test_a_client_that_goes_away_is_noticed_while_it_waits(limited):
    """Long before the next byte would be due."""
    server = limited("limit_rate 1; limit_rate_after 1k;")
    client = server.connect()
    client.send(request("GET /big.bin HTTP/1.1"))
    assert client.read_head().status == 200
    client.take(KIB)
    client.reset()
    assert re.search(r'"GET /big.bin HTTP/1.1" 200 10\d\d ', server.wait_for_accesses(1)[0])
    server.wait_for_descriptors()


def test_a_drain_lets_a_slow_answer_finish(limited):
    """TERM while the rate is waited for: the answer is complete, and the server ends after it."""
    server = limited("limit_rate 100k;")
    with server.connect() as client:
        client.send(request("GET /big.bin HTTP/1.1"))
        client.read_head()
        server.signal(signal.SIGTERM)
        assert client.take(len(BIG)) == BIG
        client.assert_closed()
    server.stop()


def test_a_second_signal_cuts_it(limited):
    server = limited("limit_rate 1; limit_rate_after 1k;")
    server.expected_stderr.append(".*")
    with server.connect() as client:
        client.send(request("GET /big.bin HTTP/1.1"))
        client.read_head()
        server.signal(signal.SIGTERM)
        server.wait_for_error("draining")
        server.signal(signal.SIGTERM)
        assert server.wait() == 0
    server.stop()


def test_set_and_variables(serve):
    """`set $limit_rate` goes before limit_rate, whose variables are the request's; the log tells what counted."""
    server = serve("""
        log_format rate "$uri $limit_rate";
        access_log access.log rate;
        server {
            listen 127.0.0.1:0;
            root www;
            location /set/ { limit_rate 1; set $limit_rate 1m; alias www/; }
            location /slow/ { set $limit_rate 30k; alias www/; }
            location /arg/ { limit_rate $arg_rate; alias www/; }
            location /if/ { if ($arg_slow) { limit_rate 30k; } }
            location /show { set $limit_rate 100k; return 200 $limit_rate; }
            location /unset { limit_rate 100k; return 200 $limit_rate; }
        }
    """, {"www/small.txt": SMALL, "www/if/small.txt": SMALL})

    def duration(path):
        answer, seconds = timed(server.get, path)
        assert answer.content == SMALL
        return seconds

    for path in "/set/small.txt", "/arg/small.txt", "/arg/small.txt?rate=0", "/arg/small.txt?rate=x", "/if/small.txt":
        assert duration(path) < 0.6 * patience, path
    for path in "/slow/small.txt", "/arg/small.txt?rate=30k", "/if/small.txt?slow=1":
        assert 1.7 < duration(path) < 2.6 * patience, path
    assert server.get("/show").text == "102400"
    assert server.get("/unset").text == "0"  # as in nginx: limit_rate is looked at when the answer is there
    assert server.wait_for_accesses(10) == [
        "/set/small.txt 1048576", "/arg/small.txt 0", "/arg/small.txt 0", "/arg/small.txt 0", "/if/small.txt 0",
        "/slow/small.txt 30720", "/arg/small.txt 30720", "/if/small.txt 30720", "/show 102400", "/unset 102400"]
    server.wait_for_error('limit_rate: "x" is no size')


def test_no_turn_is_spent_in_waiting(tmp_path, tool):
    """The rule of the loop holds, and a slow answer costs a few turns for each piece, eight pieces a second."""
    (tmp_path / "www").mkdir()
    (tmp_path / "www/big.bin").write_bytes(BIG)
    (tmp_path / "www/small.txt").write_bytes(SMALL)
    trace = tmp_path / "trace.txt"
    command = [tool("strace"), "-E", "ASAN_OPTIONS=detect_leaks=0", "-D", "-f", "-s", "0", "-v",
               "-e", "trace=network,desc", "-o", str(trace)]
    config = CONFIG.format("limit_rate 100k; location = /small.txt { limit_rate 30k; }")
    server = Server(tmp_path, "error_log error.log info;\naccess_log access.log;\n" + config, command=command)
    assert server.get("/big.bin").content == BIG
    assert server.get("/small.txt").content == SMALL
    server.stop()
    wait_for(lambda: "+++ exited" in trace.read_text(errors="replace"), "strace has written everything")
    with open(trace, encoding="utf-8", errors="replace") as lines:
        result = strace_log.check(lines)
    assert result.violations == []
    assert result.waits < 160  # 32 pieces

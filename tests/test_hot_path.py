"""What a request costs once its file is known: one recv, one send, and its share of two epoll_waits. And nobody waits
for an answer that is ready: the end of a burst leaves at once, and a small one passes between large downloads.

`test_io_rule.py` shows the order of the calls; here it is their number, and when the bytes arrive.
"""

import contextlib
import multiprocessing
import random
import re
import select
import statistics
import time

import pytest

from support.load import Crowd, browser_fields
from webserv_process import Client, Server, has_sanitizers, patience, request, wait_for

config = """
    access_log off;
    error_log error.log info;
    log_not_found off;
    server {
        listen 127.0.0.1:0;
        root www;
        keepalive_requests 10000000;
    }
"""
clients = 64


def make_site(folder):
    """Small files of different sizes: all of them may stay in memory."""
    (folder / "www").mkdir()
    for number in range(8):
        (folder / f"www/{number}.html").write_bytes(random.Random(number).randbytes(400 + 500 * number))


class CountedServer(Server):
    """Under strace -c, which runs as a grandchild (-D), so that the process is the server itself."""

    def __init__(self, folder, strace):
        self.summary = folder / "calls.txt"
        self.summary.unlink(missing_ok=True)
        # LeakSanitizer cannot work under ptrace.
        super().__init__(folder, config, command=[strace, "-E", "ASAN_OPTIONS=detect_leaks=0", "-D", "-f", "-c",
                                                  "-o", str(self.summary)])

    def counts(self):
        """System call -> how many, from start to end."""
        self.stop()
        wait_for(lambda: re.search(r"^100\.00 .* total$", self.summary.read_text(), re.M), "strace has written it all")
        rows = (line.split() for line in self.summary.read_text().splitlines())
        return {row[-1]: int(row[3]) for row in rows if len(row) >= 5 and row[3].isdigit() and row[-1] != "total"}


def calls(tmp_path, strace, bursts, rounds):
    """The system calls that so many rounds of the whole crowd cost: the difference to the same without them, in which
    start, connections, the first look at each file and the end are the same. Also the seconds it took."""
    def run(rounds):
        server = CountedServer(tmp_path, strace)
        try:
            crowd = Crowd(server, clients)
            crowd.ask(bursts, 1)
            started = time.monotonic()
            crowd.ask(bursts, rounds)
            took = time.monotonic() - started
            return server.counts(), took
        finally:
            server.stop()

    make_site(tmp_path)
    without, _ = run(0)
    with_them, took = run(rounds)
    names = without.keys() | with_them.keys()
    return {name: with_them.get(name, 0) - without.get(name, 0) for name in names}, took


def shown(found, requests):
    counts = ", ".join(f"{name} {count}" for name, count in sorted(found.items(), key=lambda row: -row[1]) if count)
    return f"{requests} requests: {counts}; {sum(found.values()) / requests:.3f} a request"


def assert_hot(found, took, requests, waves):
    """`waves`: how many recvs, and as many sends, these requests take. Of the rest, a few a second: the server looks at
    a file that it serves once a second, and writes its logs."""
    print(shown(found, requests))
    waits = sum(found.pop(name, 0) for name in ("epoll_wait", "epoll_pwait", "epoll_pwait2"))
    received, sent = found.pop("recvfrom", 0), found.pop("sendto", 0)
    # A sanitizer's own allocator maps and unmaps; test_allocations.py tells of the real one.
    allocator = {"mmap", "munmap", "madvise"} if has_sanitizers() else set()
    others = {name: count for name, count in found.items() if count > 0 and name not in allocator}
    what = f"recv {received}, send {sent}, wait {waits}, and {others} for {requests} requests in {took:.1f} s"
    assert waves <= received <= waves * 1.01 + 10, what
    assert waves <= sent <= waves * 1.01 + 10, what
    assert received + sent + waits + sum(others.values()) <= 2.2 * waves, what
    assert sum(others.values()) <= 40 + 30 * took, what


def test_a_hundred_thousand_requests_cost_two_calls_and_a_bit_each(tmp_path, tool):
    """GETs of small files on 64 kept-alive connections."""
    requests = 10_000 if patience > 1 else 100_000
    bursts = [request(f"GET /{number}.html HTTP/1.1") for number in range(8)]
    rounds = requests // clients
    found, took = calls(tmp_path, tool("strace"), bursts, rounds)
    assert_hot(found, took, rounds * clients, rounds * clients)


@pytest.mark.parametrize("kind", ["browser", "not_modified", "missing"])
def test_other_kinds_of_requests_cost_no_more(tmp_path, tool, kind):
    """A browser's long head, a 304, a 404: what was found out about the file the first time is known."""
    fields = browser_fields if kind == "browser" else ["If-None-Match: *"] if kind == "not_modified" else []
    target = "/nothing.html" if kind == "missing" else "/3.html"
    rounds = 10_000 // clients
    found, took = calls(tmp_path, tool("strace"), [request(f"GET {target} HTTP/1.1", *fields)], rounds)
    assert_hot(found, took, rounds * clients, rounds * clients)


def test_sixteen_pipelined_requests_cost_as_much_as_one(tmp_path, tool):
    """What arrives in one recv leaves in one send."""
    rounds = 1000 // clients
    burst = b"".join(request(f"GET /{number % 8}.html HTTP/1.1") for number in range(16))
    found, took = calls(tmp_path, tool("strace"), [burst], rounds)
    assert_hot(found, took, 16 * rounds * clients, rounds * clients)


# When it arrives

large = 100_000  # by sendfile, whatever may be kept in memory


@pytest.mark.parametrize("pattern", [
    "s", "L", "s" * 16, "s" * 15 + "L", "s" * 8 + "L" + "s" * 7, "L" + "s" * 15, "sL" * 8, "L" * 4])
def test_the_end_of_a_burst_leaves_at_once(serve, pattern):
    """16 pipelined answers, small ones and large ones (s, L) in any order: the last byte isn't kept back until the
    client's delayed ACK comes, 40 ms later, or the kernel gives up corking, after 200 ms."""
    server = serve(config, {"www/s.txt": "s" * 700, "www/L.bin": bytes(large)})
    burst = b"".join(request("GET /s.txt HTTP/1.1" if kind == "s" else "GET /L.bin HTTP/1.1") for kind in pattern)
    took = []
    with server.connect() as client:
        for _ in range(40):
            started = time.monotonic()
            client.send(burst)
            for kind in pattern:
                assert len(client.response().content) == (700 if kind == "s" else large)
            took.append(time.monotonic() - started)
    late = [f"{1000 * seconds:.1f}" for seconds in took if seconds > 0.02 * patience]  # a busy machine is, at times
    print(f"{pattern}: median {1000 * statistics.median(took):.2f} ms, longest {1000 * max(took):.2f} ms")
    assert len(late) <= 4, f"{len(late)} of {len(took)} bursts took {', '.join(late)} ms"


def download(address, target, how_many, enough):
    """Reads from all of them in turn, as fast as one process can, until told that it is enough."""
    line = request(f"GET {target} HTTP/1.1")
    with contextlib.ExitStack() as stack:
        poll = select.epoll()
        readers = {}
        for _ in range(how_many):
            client = stack.enter_context(Client(address))
            client.send(line)
            readers[client.socket.fileno()] = client
            poll.register(client.socket, select.EPOLLIN)
        while not enough.is_set():
            for descriptor, _ in poll.poll(0.1):
                readers[descriptor].socket.recv(65536)


def test_a_small_answer_passes_between_fifty_downloads(serve):
    """Nobody waits for others' large files: 256 KiB of each a turn, then it is anyone's."""
    server = serve(config, {"www/small.txt": "small", "www/large.bin": ""})
    with open(server.folder / "www/large.bin", "r+b") as file:
        file.truncate(50 * 1024 * 1024)
    context = multiprocessing.get_context("fork")
    enough = context.Event()
    readers = context.Process(target=download, args=(server.address(), "/large.bin", 50, enough), daemon=True)
    readers.start()
    try:
        # Fifty connections are there, each with its file.
        wait_for(lambda: sum("socket" in what for what in server.descriptors().values()) > 50, "the downloads run")
        took = []
        with server.connect() as client:
            for _ in range(100):
                started = time.monotonic()
                assert client.get("/small.txt").text == "small"
                took.append(time.monotonic() - started)
    finally:
        enough.set()
        readers.join()
    print(f"median {1000 * statistics.median(took):.2f} ms, longest {1000 * max(took):.2f} ms")
    assert statistics.median(took) < 0.1 * patience

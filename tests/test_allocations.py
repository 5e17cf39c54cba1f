"""Once warm, the server takes no memory: requests are answered from what it has.

A library that is preloaded counts the calls of malloc and its relatives (support/count_allocations.c). Sanitizers bring
an allocator of their own, so these tests are for the release binary.
"""

import struct
import subprocess

import pytest

from support.load import Crowd, browser_fields
from webserv_process import request, top, wait_for

pytestmark = pytest.mark.release_only

kinds = {
    "small": [request(f"GET /{number}.html HTTP/1.1") for number in range(8)],
    "browser": [request("GET /3.html HTTP/1.1", *browser_fields)],
    "not_modified": [request("GET /3.html HTTP/1.1", "If-None-Match: *")],
    "missing": [request("GET /nothing.html HTTP/1.1")],
    "index": [request("GET / HTTP/1.1")],
    "head": [request("HEAD /3.html HTTP/1.1", "If-None-Match: *")],
    "pipelined": [b"".join(request(f"GET /{number % 8}.html HTTP/1.1") for number in range(16))],
    "sent_from_the_file": [request("GET /large.bin HTTP/1.1")],
}


class Allocations:
    """The file that the counting library counts in."""

    ring = 64

    def __init__(self, folder, compiler):
        self.path = folder / "allocations"
        self.path.write_bytes(bytes(4096))
        library = folder / "count_allocations.so"
        source = top / "tests/support/count_allocations.c"
        subprocess.run([compiler, "-x", "c", "-O2", "-Wall", "-Wextra", "-Werror", "-fno-builtin", "-shared", "-fPIC",
                        "-o", library, source], check=True)
        self.command = ["env", f"LD_PRELOAD={library}", f"ALLOCATIONS={self.path}"]

    @property
    def words(self):
        return struct.unpack("512Q", self.path.read_bytes())

    @property
    def calls(self):
        return self.words[0]

    def sizes(self, since):
        """What the calls since then asked for; of the last ones only, when they were many."""
        words = self.words
        return [words[2 + number % self.ring] for number in range(max(since, words[0] - self.ring), words[0])]


@pytest.mark.parametrize("access_log", ["access.log", "off"])
@pytest.mark.parametrize("kind", kinds)
def test_no_allocation_after_warm_up(serve, tmp_path, tool, kind, access_log):
    """10,000 requests on 16 connections, after as many that made all buffers as large as they get."""
    allocations = Allocations(tmp_path, tool("g++"))
    files = {f"www/{number}.html": "x" * (400 + 500 * number) for number in range(8)}
    files |= {"www/index.html": "home", "www/large.bin": bytes(150_000)}
    server = serve(f"""
        access_log {access_log};
        server {{
            listen 127.0.0.1:0;
            root www;
            keepalive_requests 10000000;
        }}
    """, files, command=allocations.command)
    assert allocations.calls > 0, "the counting library is not in use"
    crowd = Crowd(server, 16)
    bursts = kinds[kind]
    rounds = 10_000 // (len(crowd.sockets) * bursts[0].count(b"\r\n\r\n"))
    crowd.ask(bursts, rounds // 2)
    crowd.ask(bursts, 2, at_once=True)
    before = allocations.calls
    crowd.ask(bursts, rounds)
    found = allocations.calls - before
    requests = rounds * len(crowd.sockets) * bursts[0].count(b"\r\n\r\n")
    print(f"{kind}, access_log {access_log}: {found} allocations for {requests} requests")
    assert found == 0, f"{found} allocations for {requests} requests, the last of {allocations.sizes(before)} bytes"


@pytest.mark.parametrize("kind", ["sidecar", "compressed", "identity", "revalidated"])
def test_choosing_a_coding_allocates_nothing(serve, tmp_path, tool, kind):
    """What is asked for in another coding, lies in the cache like everything else."""
    allocations = Allocations(tmp_path, tool("g++"))
    server = serve("""
        access_log off;
        server {
            listen 127.0.0.1:0;
            root www;
            keepalive_requests 10000000;
            gzip on;
            gzip_types text/plain;
            gzip_static on;
            brotli_static on;
        }
    """, {"www/a.txt": "x" * 1000, "www/b.txt": "x" * 1000, "www/b.txt.gz": "y"}, command=allocations.command)
    fields = {"sidecar": ["Accept-Encoding: gzip, deflate;q=0.5, br"], "compressed": browser_fields, "identity": [],
              "revalidated": ["Accept-Encoding: gzip", "If-None-Match: *"]}[kind]
    path = "/b.txt" if kind == "sidecar" else "/a.txt"
    wait_for(lambda: server.get("/a.txt", "Accept-Encoding: gzip")["Content-Encoding"], "it is compressed")
    assert server.get(path, *fields)["Content-Encoding"] == ("gzip" if kind in ("sidecar", "compressed") else None)
    crowd = Crowd(server, 16)
    bursts = [request(f"GET {path} HTTP/1.1", *fields)]
    crowd.ask(bursts, 100)
    crowd.ask(bursts, 2, at_once=True)
    before = allocations.calls
    crowd.ask(bursts, 200)
    assert allocations.calls == before, f"the last of {allocations.sizes(before)} bytes"

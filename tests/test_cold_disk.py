"""Files that aren't in the page cache: who asks for one waits for the disk, and nobody else does.

The disk is a FUSE file system of our own (support/slow_disk.py), which holds its reads for as long as a test wants.
Where it can't be mounted (no root, no /dev/fuse), strace makes the server's own calls as slow: it then says of every
page that it isn't there, and delays each read of the helper threads.
"""

import contextlib
import ctypes
import mmap
import os
import socket
import subprocess
import sys
import threading
import time

import pytest

from support import slow_disk
from webserv_process import patience, request, wait_for

config = """
    error_log error.log info;
    access_log access.log;
    keepalive_requests 1000000;
    aio {aio};
    server {{
        listen 127.0.0.1:0;
        root www;
        send_timeout 1s;
        location /small {{ return 200 "small"; }}
        location /slow/ {{ alias slow/; }}
    }}
"""


class FuseDisk:
    """Holds its reads, delays them, or fails them."""

    command = ()
    size = 1_500_000

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [sys.executable, slow_disk.__file__, str(folder), "big.bin", str(self.size)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.mounted = self.process.stdout.readline() == "mounted\n"
        self.reads = 0
        self.obeyed = 0
        if self.mounted:
            threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            self.reads += line.startswith("read")
            self.obeyed += line == "done\n"

    def tell(self, command):
        before = self.obeyed
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        wait_for(lambda: self.obeyed > before, f"the disk obeys: {command}")

    def hold(self):
        self.tell("hold")

    def release(self):
        self.tell("release")

    def delay(self, seconds):
        self.tell(f"delay {seconds}")

    def wait_for_read(self, _):
        wait_for(lambda: self.reads, "the disk is asked")

    def end(self):
        self.process.communicate(timeout=10 * patience)


class DelayedCalls:
    """The same by strace. Each read takes a second, from the first on: `hold` and `release` have nothing to do."""

    size = 100_000  # two reads of a helper thread

    def __init__(self, folder, strace, fails):
        (folder / "big.bin").write_bytes(slow_disk.content(self.size))
        sendfile = "sendfile:error=EIO" if fails else "sendfile:delay_enter=1000000:when=1"
        self.command = [strace, "-E", "ASAN_OPTIONS=detect_leaks=0", "-D", "-f", "--seccomp-bpf", "-qq",
                        "-o", os.devnull, "-e", "trace=preadv2,pread64,sendfile", "-e", "inject=preadv2:error=EAGAIN",
                        "-e", "inject=pread64:delay_enter=1000000"]
        self.sendfile = ["-e", f"inject={sendfile}"]
        if fails:
            self.command += self.sendfile

    def hold(self):
        pass

    def release(self):
        pass

    def delay(self, seconds):
        pass

    def wait_for_read(self, server):
        wait_for(lambda: threads(server) > 1, "a helper thread has something to do")

    def end(self):
        pass


@pytest.fixture
def new_disk(tmp_path, tool):
    """new_disk() is a slow disk at tmp_path/slow; `fails`: all its reads fail; `aio`: as in the configuration. To be
    asked for before `serve`, so that it ends after the server."""
    stack = contextlib.ExitStack()

    def make(fails=False, aio="threads"):
        folder = tmp_path / "slow"
        folder.mkdir()
        disk = FuseDisk(folder)
        stack.callback(disk.end)
        if disk.mounted and fails:
            disk.tell("fail")
        if disk.mounted:
            return disk
        disk = DelayedCalls(folder, tool("strace"), fails)
        if aio == "off":
            disk.command += disk.sendfile
        return disk

    with stack:
        yield make


def threads(server):
    return len(os.listdir(f"/proc/{server.pid}/task"))


def ask_for_big(server):
    client = server.connect(timeout=30)
    client.send(request("GET /slow/big.bin HTTP/1.1"))
    return client


def check_big(client, disk):
    answer = client.response()
    assert answer.status == 200
    assert answer.content == slow_disk.content(disk.size)


def in_memory(path):
    """How many pages of a file are in the page cache, by mincore(2)."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    size = path.stat().st_size
    pages = (ctypes.c_ubyte * ((size + mmap.PAGESIZE - 1) // mmap.PAGESIZE))()
    with open(path, "rb") as file:
        where = libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, file.fileno(), 0)
        assert where != ctypes.c_void_p(-1).value
        libc.mincore(ctypes.c_void_p(where), ctypes.c_size_t(size), pages)
        libc.munmap(ctypes.c_void_p(where), ctypes.c_size_t(size))
    return sum(page & 1 for page in pages)


def make_cold(path):
    """Drops a file from the page cache; False where its file system can't (tmpfs)."""
    def dropped():
        with open(path, "rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return in_memory(path) == 0

    with contextlib.suppress(AssertionError):
        return wait_for(dropped, "nothing of it is in memory", 1)  # what is being written or sent stays for now
    return False


def test_cold_file_arrives_whole(serve, tmp_path):
    """From a real disk: each byte in its place, while others are served; by a helper thread, of which there is none
    before."""
    content = slow_disk.content(20_000_000)
    server = serve(config.format(aio="threads"), {"www/cold.bin": content, "www/hot.bin": content, "slow/": ""})
    path = tmp_path / "www/cold.bin"
    assert server.get("/hot.bin").content == content
    assert threads(server) == 1, "what is in memory needs no helper"
    cold = make_cold(path)
    with server.connect() as client:
        client.send(request("GET /cold.bin HTTP/1.1"))
        assert server.get("/small").text == "small"
        assert client.response().content == content
        make_cold(path)
        answer = client.get("/cold.bin", "Range: bytes=5000001-15000000")
        assert answer.status == 206 and answer.content == content[5_000_001:15_000_001]
    if cold:
        assert threads(server) > 1


def test_parts_of_a_cold_file_hold_up_nobody(new_disk, serve):
    """Small parts, which would be read and copied if they were in memory: others are served while they are fetched."""
    disk = new_disk()
    server = serve(config.format(aio="threads"), command=disk.command)
    ranges = [(0, 999), (disk.size - 40_000, disk.size - 30_001), (disk.size // 2, disk.size // 2 + 99)]
    disk.hold()
    with server.connect(timeout=30) as client, server.connect(timeout=5) as other:
        field = ",".join(f"{first}-{last}" for first, last in ranges)
        client.send(request("GET /slow/big.bin HTTP/1.1", f"Range: bytes={field}"))
        disk.wait_for_read(server)
        for _ in range(20):
            assert other.get("/small").text == "small"
        disk.release()
        answer = client.response()
    content = slow_disk.content(disk.size)
    assert answer.status == 206
    at = 0
    for first, last in ranges:
        at = answer.content.index(b"Content-Range: bytes %d-%d/" % (first, last), at)
        at = answer.content.index(b"\r\n\r\n", at) + 4
        assert answer.content[at:at + last - first + 1] == content[first:last + 1]


def test_what_is_in_memory_costs_two_looks_a_mebibyte(serve, tool, tmp_path):
    """A file in memory is looked at once a MiB, at both ends, and no thread is started for it."""
    trace = tmp_path / "trace.txt"
    command = [tool("strace"), "-E", "ASAN_OPTIONS=detect_leaks=0", "-D", "-f", "-qq", "-o", str(trace),
               "-e", "trace=preadv2,clone,clone3"]
    content = slow_disk.content(4 * 1024 * 1024)
    server = serve(config.format(aio="threads"), {"www/hot.bin": content, "slow/": ""}, command=command)
    with server.connect() as client:
        for _ in range(10):
            assert client.get("/hot.bin").content == content
    server.stop()
    calls = trace.read_text(errors="replace").splitlines()
    assert sum("preadv2(" in call for call in calls) <= 10 * (4 + 1) * 2  # one more: not each send takes all it could
    assert not any("clone" in call for call in calls)


def test_others_are_served_while_one_waits_for_the_disk(new_disk, serve):
    """A read that hasn't come back yet holds up nobody but who asked for it."""
    disk = new_disk()
    server = serve(config.format(aio="threads"), command=disk.command)
    disk.hold()
    with ask_for_big(server) as big, server.connect() as small:
        disk.wait_for_read(server)
        for _ in range(300):
            assert small.get("/small").text == "small"
        with server.connect() as another:
            assert another.get("/small").text == "small"
        big.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            big.fill()
        assert len(big.received) < disk.size, "the disk answered, nothing was shown"
        big.socket.settimeout(30 * patience)
        disk.release()
        check_big(big, disk)


def test_aio_off_waits_for_the_disk(new_disk, serve):
    """Without helpers everybody waits, as the directive says; and so the test above can fail."""
    disk = new_disk(aio="off")
    server = serve(config.format(aio="off"), command=disk.command)
    disk.hold()
    with ask_for_big(server) as big, server.connect() as small:
        small.socket.settimeout(0.3)

        def held_up():
            try:
                small.get("/small")
            except (TimeoutError, socket.timeout):
                return True
            return False

        wait_for(held_up, "somebody else is held up")
        assert threads(server) == 1
        disk.release()
        small.socket.settimeout(30 * patience)
        assert small.response().text == "small"
        check_big(big, disk)


def p99(client, goes_on):
    """The 99th percentile of small requests, in seconds, for as long as something else goes on. Who comes every 2 ms
    meets a long wait more often than who waits for each answer: a long one counts for all who would have come."""
    interval = 0.002
    taken = []
    while goes_on(len(taken)):
        started = time.monotonic()
        assert client.get("/small").text == "small"
        rest = time.monotonic() - started
        taken.append(rest)
        while rest > interval:
            rest -= interval
            taken.append(rest)
        time.sleep(max(0, started + interval - time.monotonic()))
    return sorted(taken)[len(taken) * 99 // 100]


def test_p99_stays_while_a_cold_file_is_read(new_disk, serve):
    """Each 128 KiB take the disk 100 ms; small requests beside it take what they take without."""
    disk = new_disk()
    server = serve(config.format(aio="threads"), command=disk.command)
    disk.delay(0.1)
    with server.connect() as small:
        alone = p99(small, lambda count: count < 500)
        with ask_for_big(server) as big:
            reader = threading.Thread(target=check_big, args=(big, disk))
            reader.start()
            beside = p99(small, lambda _: reader.is_alive())
            reader.join()
    assert beside <= max(2 * alone, 0.05 * patience), f"{beside * 1000:.2f} ms, alone {alone * 1000:.2f} ms"


def test_the_disk_is_not_the_clients_fault(new_disk, serve):
    """send_timeout (here 1 s) doesn't run while the disk is waited for, and nothing else does."""
    disk = new_disk()
    server = serve(config.format(aio="threads"), command=disk.command)
    disk.hold()
    with ask_for_big(server) as big:
        disk.wait_for_read(server)
        spent = server.cpu_seconds()
        time.sleep(2)  # the time that is tested
        assert server.cpu_seconds() - spent < 0.5, "waiting costs no processor time"
        disk.release()
        check_big(big, disk)


def test_clients_that_go_away_meanwhile_leave_nothing(new_disk, serve):
    """More clients than helper threads reset their connections while their pages are fetched; each of them is gone
    before the disk has answered, and everything is closed when it has."""
    disk = new_disk()
    server = serve(config.format(aio="threads"), command=disk.command)
    disk.hold()
    clients = [ask_for_big(server) for _ in range(12)]
    disk.wait_for_read(server)
    for client in clients:
        client.read_head()
        client.reset()
    with server.connect() as small:
        assert small.get("/small").text == "small"

    def connections():
        return sum(what.startswith("socket:") for what in server.beyond_baseline())

    wait_for(lambda: connections() == 0, "the connections are gone")
    disk.release()
    check_big(ask_for_big(server), disk)
    server.stop()


@pytest.mark.parametrize("held", [True, False])
def test_stop_with_reads_under_way(new_disk, serve, held):
    """TERM lets who waits for the disk have the whole file; a second one doesn't, and waits for no disk."""
    disk = new_disk()
    # LeakSanitizer would stop every thread at the end, also the one that the disk doesn't let go.
    command = ["env", "ASAN_OPTIONS=detect_leaks=0", *disk.command] if held else disk.command
    server = serve(config.format(aio="threads"), command=command)
    disk.hold()
    with ask_for_big(server) as big, ask_for_big(server) as other:
        disk.wait_for_read(server)
        server.signal(15)
        server.wait_for_error("draining")
        if held:
            server.signal(15)
            assert server.wait() == 0
            disk.release()
            with contextlib.suppress(ConnectionResetError):
                assert len(big.rest()) < disk.size
        else:
            disk.release()
            check_big(big, disk)
            check_big(other, disk)
            assert server.wait() == 0
    server.ended()


def test_a_disk_that_fails_ends_the_response_early(new_disk, serve):
    """The client sees a response that is shorter than announced, the error log says why, and the server goes on."""
    disk = new_disk(fails=True)
    server = serve(config.format(aio="threads"), command=disk.command)
    with ask_for_big(server) as big:
        with pytest.raises(EOFError):
            big.response()
    server.wait_for_error("failed, while it was sent", "big.bin")
    assert server.get("/small").text == "small"


def test_a_file_and_its_sidecar_are_both_fetched(serve, tool, tmp_path):
    """The loop itself reads neither of two cold files before a helper thread has."""
    trace = tmp_path / "trace.txt"
    command = [tool("strace"), "-E", "ASAN_OPTIONS=detect_leaks=0", "-D", "-f", "-y", "-qq", "-o", str(trace),
               "-e", "trace=pread64"]
    names = ("a.txt", "a.txt.gz")
    server = serve("gzip_static on;\n" + config.format(aio="threads"),
                   {"www/a.txt": b"a" * 5000, "www/a.txt.gz": b"z" * 3000, "slow/": ""}, command=command)
    cold = all([make_cold(tmp_path / "www" / name) for name in names])
    answer = server.get("/a.txt", "Accept-Encoding: gzip")
    assert answer["Content-Encoding"] == "gzip" and answer.content == b"z" * 3000
    pid = str(server.pid)
    server.stop()
    calls = [line.split(None, 1) for line in trace.read_text(errors="replace").splitlines()]
    for name in names:
        readers = [thread for thread, call in calls if f"/{name}>" in call]
        assert readers and (readers[0] != pid or not cold), f"{name} is read first by {readers} of {pid}"

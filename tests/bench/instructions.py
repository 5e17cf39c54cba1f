"""Counts the instructions that a server executes in user space for one request, with callgrind: repeatable to a
fraction of a percent, on a busy machine too.

The server runs twice, with n and with 2n requests; the difference is what n requests cost, without start and end. Each
request waits for the answer to the one before, so that turns of the loop don't depend on who is faster.
"""

import contextlib
import os
import pathlib
import re
import shlex
import shutil
import socket
import subprocess
import time

here = pathlib.Path(__file__).resolve().parent
preload_source = here / "openat2_preload.cpp"


def find_compiler():
    """C++ of any kind: it only has to make the little library that answers openat2."""
    names = [*shlex.split(os.environ.get("CXX", ""))[:1], "g++", "clang++", "c++"]
    return next((path for name in names if (path := shutil.which(name))), None)


class Counter:
    """Runs servers under valgrind, in a folder of its own."""

    def __init__(self, valgrind, compiler, folder):
        self.valgrind = valgrind
        self.folder = folder
        self.preload = folder / "openat2_preload.so"
        subprocess.run([compiler, "-std=c++20", "-O2", "-shared", "-fPIC", "-o", str(self.preload),
                        str(preload_source)], check=True, stdin=subprocess.DEVNULL)

    def per_request(self, command, port, request, *, requests=800, connections=8, depth=1, patience=1.0):
        """`command` listens on `port`; `request` is sent `depth` at a time. -> instructions for one request."""
        rounds = requests // (connections * depth)
        counts = [self.run(command, port, request * depth, depth, connections, rounds * times, patience)
                  for times in (1, 2)]
        return (counts[1] - counts[0]) / (rounds * connections * depth)

    def run(self, command, port, data, answers, connections, rounds, patience):
        out = self.folder / "callgrind.out"
        errors = self.folder / "callgrind.stderr"
        # Seen from the server alone: Python's own variables and preloads stay out of it.
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LD_PRELOAD": str(self.preload)}
        with open(errors, "wb") as stderr:
            process = subprocess.Popen(
                [self.valgrind, "--tool=callgrind", f"--callgrind-out-file={out}", *map(str, command)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr, env=environment)
        try:
            self.wait_until_ready(process, port, errors, patience)
            drive(port, data, answers, connections, rounds, patience)
            process.terminate()
            process.wait(30 * patience)
        finally:
            process.kill()
            process.wait()
        match = re.search(r"^totals: (\d+)$", out.read_text(), re.M)
        if match is None:
            raise RuntimeError(f"callgrind counted nothing: {errors.read_text()}")
        return int(match[1])

    @staticmethod
    def wait_until_ready(process, port, errors, patience):
        deadline = time.monotonic() + 20 * patience
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            time.sleep(0.02)
        raise RuntimeError(f"the server doesn't start under valgrind: {errors.read_text()}")


def drive(port, data, answers, connections, rounds, patience):
    """On each connection in turn: sends the data and waits for its answers, which all have the same length."""
    with contextlib.ExitStack() as stack:
        open_ones = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 10 * patience))
                     for _ in range(connections)]
        length = None
        for _ in range(rounds):
            for connection in open_ones:
                connection.sendall(data)
                length = length or answer_length(connection)
                take(connection, length * answers)


def answer_length(connection):
    """Of the first answer that arrives, which is left where it is."""
    while True:
        received = connection.recv(65_536, socket.MSG_PEEK)
        head, end, _ = received.partition(b"\r\n\r\n")
        if end:
            status = re.match(rb"HTTP/1\.1 200 ", head)
            length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.I)
            if not status or not length:
                raise RuntimeError(f"not what is to be measured: {head!r}")
            return len(head) + 4 + int(length[1])
        if not received:
            raise RuntimeError("the connection ended")


def take(connection, count):
    while count > 0:
        piece = connection.recv(min(count, 65_536))
        if not piece:
            raise RuntimeError("the connection ended within an answer")
        count -= len(piece)

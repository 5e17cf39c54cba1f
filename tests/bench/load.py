"""Asking: one request by hand to see that the answer is right, wrk for the load, and connections that only wait."""

import contextlib
import dataclasses
import json
import re
import socket
import struct
import subprocess

from servers import pinned_to

# wrk runs this once at the end, so it costs nothing while it measures.
report = """
function done(summary, latency, requests)
    local e = summary.errors
    io.write(string.format('\\nREPORT {"requests": %d, "seconds": %f, "bytes": %d, "p99_ms": %f, "connect": %d, ' ..
        '"read": %d, "write": %d, "status": %d, "timeout": %d}\\n', summary.requests, summary.duration / 1e6,
        summary.bytes, latency:percentile(99) / 1000, e.connect, e.read, e.write, e.status, e.timeout))
end
"""


@dataclasses.dataclass
class Answer:
    status: int
    fields: dict
    content: bytes
    size: int      # of all of it, on the wire


def request(path, fields=None):
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"] + [f"{name}: {value}" for name, value in (fields or {}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def read_answer(connection):
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65_536)
        if not piece:
            raise OSError("the connection ended within a head")
        received += piece
    head, content = received.split(b"\r\n\r\n", 1)
    lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
    status = int(lines[0].split(" ")[1])
    length = 0 if status == 304 else int(fields["content-length"])
    pieces, held = [content], len(content)
    while held < length:
        pieces.append(connection.recv(262_144))
        if not pieces[-1]:
            raise OSError("the connection ended within the content")
        held += len(pieces[-1])
    return Answer(status, fields, b"".join(pieces), len(head) + 4 + held)


def ask(port, path, fields=None):
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(request(path, fields))
        return read_answer(connection)


def ask_again(connection):
    connection.sendall(request("/small.html"))
    return read_answer(connection)


class Load:
    """One workload as one server gets it: wrk, from its own processor."""

    def __init__(self, wrk, workload, server, root, work, cpus):
        self.wrk = wrk
        self.workload = workload
        self.server = server
        self.cpus = cpus
        self.path = workload.target(server.name)
        self.fields = dict(workload.fields)
        if workload.revalidates:
            self.fields["If-None-Match"] = ask(server.port, workload.path).fields.get("etag", '"none"')
        self.script = work / f"{workload.name}.lua"
        self.script.write_text(report + workload.lua)
        self.wrong = ""
        self.size = self.check(workload.content(root))

    def check(self, content):
        """Asks once; what is wrong with the answer keeps the server out of this comparison."""
        try:
            answer = ask(self.server.port, self.path, self.fields)
        except (OSError, KeyError, ValueError) as error:
            self.wrong = f"no answer: {error}"
            return 0
        if answer.status != self.workload.status:
            self.wrong = f"answers {answer.status}, not {self.workload.status}"
        elif content is not None and answer.content != content:
            self.wrong = "sends other content"
        return answer.size

    def run(self, seconds, connections=None):
        """-> requests, seconds, rate, server CPU seconds, p99, errors."""
        connections = connections or self.workload.connections
        command = [self.wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", self.script]
        for name, value in self.fields.items():
            command += ["-H", f"{name}: {value}"]
        before = self.server.cpu_seconds()
        with pinned_to(self.cpus):
            result = subprocess.run([*command, f"http://127.0.0.1:{self.server.port}{self.path}"], text=True,
                                    capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds + 60, check=False)
        cpu = self.server.cpu_seconds() - before
        self.server.forget_log()
        match = re.search(r"^REPORT (.*)$", result.stdout, re.M)
        if match is None:
            raise RuntimeError(f"wrk failed: {result.stdout}{result.stderr}")
        figures = json.loads(match[1])
        return {"requests": figures["requests"], "seconds": figures["seconds"], "p99_ms": figures["p99_ms"],
                "rate": figures["requests"] / figures["seconds"], "cpu": cpu,
                "errors": self.errors(figures, connections)}

    def errors(self, figures, connections):
        """kind -> how many; empty when all went well."""
        found = {kind: figures[kind] for kind in ("connect", "read", "write", "timeout")}
        # wrk counts what isn't 2xx or 3xx. Where a 404 is the answer that is wanted, each must be one.
        wanted = figures["requests"] if self.workload.status >= 400 else 0
        found["status"] = abs(figures["status"] - wanted)
        found["unanswered"] = max(0, connections - figures["requests"])
        # Whether all answers were like the one that was looked at: only those under way at the end may be missing.
        difference = abs(figures["bytes"] - figures["requests"] * self.size)
        if difference > 2 * connections * self.workload.depth * self.size + 0.01 * figures["bytes"]:
            found["length"] = max(1, difference // max(self.size, 1))
        return {kind: count for kind, count in found.items() if count}


@contextlib.contextmanager
def idle_connections(port, count):
    """So many connections, or as many as the server takes, that have made one request each and wait. They end by a
    reset, which leaves nothing behind."""
    held = []
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            for _ in range(count):
                connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), 5))
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                ask_again(connection)
                held.append(connection)
        yield held

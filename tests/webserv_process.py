"""Runs ./webserv for one test and talks to it over real sockets.

`Server` starts the binary in a folder of its own, waits until it listens, and at the end checks that it stopped as it
should: no descriptor left open, exit status 0, nothing unexpected on stderr. `Client` is one connection, byte by byte
where a test wants it; `Response` is what came back, parsed strictly, so that a framing mistake fails the test at once.
"""

import ctypes
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

import requests

top = pathlib.Path(__file__).resolve().parent.parent

# Sanitizer builds and busy machines: everything that waits waits this much longer.
patience = 5.0 if os.environ.get("WEBSERV_SLOW") else 1.0


def binary():
    path = pathlib.Path(os.environ.get("WEBSERV", top / "webserv")).resolve()
    assert os.access(path, os.X_OK), f"{path} is not there: run make first, or set WEBSERV"
    return str(path)


def has_sanitizers():
    try:
        return b"__asan_init" in pathlib.Path(binary()).read_bytes()
    except AssertionError:
        return False  # it isn't built; each test that needs it says so


def wait_for(condition, what, seconds=5.0):
    """Polls until the condition holds and returns its value; fails the test when that takes too long."""
    deadline = time.monotonic() + seconds * patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds * patience:g} s in vain for: {what}")
        time.sleep(0.005)


def free_port(address="127.0.0.1"):
    """A port that nobody uses right now."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


def request(line, *fields, content=b"", host="localhost"):
    """The bytes of one request; says Host unless `host` is None or a field line does."""
    lines = [line]
    if host is not None and not any(field.lower().startswith("host:") for field in fields):
        lines.append(f"Host: {host}")
    lines += fields
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content


def chunked(*chunks):
    """The chunked coding of these chunks (RFC 9112 7.1)."""
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


class Response:
    """One final response; `interim` holds the 1xx status codes that came before it."""

    def __init__(self, status, reason, fields, content, interim=()):
        self.status = status
        self.reason = reason
        self.fields = fields
        self.content = content
        self.interim = list(interim)

    def __repr__(self):
        return f"<{self.status} {self.fields} {self.content[:200]!r}>"

    def __getitem__(self, name):
        """The value of the one field line with this name, None when there is none."""
        values = [value for key, value in self.fields if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} was sent {len(values)} times"
        return values[0] if values else None

    @property
    def text(self):
        return self.content.decode()

    @property
    def closes(self):
        return (self["Connection"] or "").lower() == "close"


class Client:
    """One connection to the server."""

    def __init__(self, address, timeout=10.0, receive_buffer=None, source=None):
        if isinstance(address, str):
            family = socket.AF_UNIX
        else:
            family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout * patience)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect(address)
        if family != socket.AF_UNIX:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.ended = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def reset(self):
        """Ends the connection with an RST, as a client that crashed does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data.encode("latin-1") if isinstance(data, str) else data)

    def finish_sending(self):
        self.socket.shutdown(socket.SHUT_WR)

    def fill(self):
        """Reads once; False at the end of the stream."""
        data = self.socket.recv(256 * 1024)
        self.received += data
        self.ended = not data
        return not self.ended

    def take(self, count):
        pieces = [self.received]
        held = len(self.received)
        while held < count:
            piece = self.socket.recv(256 * 1024)
            if not piece:
                raise EOFError(f"the connection ended {count - held} bytes early")
            pieces.append(piece)
            held += len(piece)
        data = b"".join(pieces)
        self.received = data[count:]
        return data[:count]

    def take_line(self):
        while b"\n" not in self.received:
            if not self.fill():
                raise EOFError(f"the connection ended within a line: {self.received!r}")
        line, self.received = self.received.split(b"\n", 1)
        assert line.endswith(b"\r"), f"a line must end with CRLF: {line!r}"
        return line[:-1].decode("latin-1")

    def read_head(self):
        line = self.take_line()
        match = re.fullmatch(r"HTTP/1\.1 ([1-5][0-9][0-9]) ([\t -~]*)", line)
        assert match, f"no status-line: {line!r}"
        fields = []
        while line := self.take_line():
            field = re.fullmatch(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*", line)
            assert field, f"no field line: {line!r}"
            fields.append((field[1], field[2]))
        return Response(int(match[1]), match[2], fields, b"")

    def response(self, method="GET"):
        """Reads one final response as RFC 9112 6.3 delimits it; interim ones are noted in it."""
        interim = []
        while (response := self.read_head()).status < 200:
            assert response["Content-Length"] is None and response["Transfer-Encoding"] is None
            interim.append(response.status)
        response.interim = interim
        response.content = self.read_content(response, method)
        return response

    def read_content(self, response, method):
        length, coding = response["Content-Length"], response["Transfer-Encoding"]
        assert length is None or coding is None, "both framings in a response (RFC 9112 6.2)"
        if response.status == 204:
            assert length is None, "Content-Length in a 204 (RFC 9110 8.6)"
        if method == "HEAD" or response.status in (204, 304):
            return b""
        if length is not None:
            assert re.fullmatch("[0-9]+", length)
            return self.take(int(length))
        if coding is not None:
            assert coding == "chunked"
            return self.read_chunks()
        assert response.closes, "a response without framing must be announced as the last"
        return self.rest()

    def read_chunks(self):
        content = b""
        while size := int(self.take_line(), 16):
            content += self.take(size)
            assert self.take_line() == ""
        assert self.take_line() == ""
        return content

    def ask(self, data, method=None):
        """Sends these bytes and reads one response; the method is taken from the request line."""
        data = data.encode("latin-1") if isinstance(data, str) else data
        self.send(data)
        return self.response(method or data.split(b" ", 1)[0].decode("latin-1"))

    def get(self, path="/", *fields):
        return self.ask(request(f"GET {path} HTTP/1.1", *fields))

    def rest(self):
        """Everything up to the end of the stream."""
        pieces = [self.received]
        self.received = b""
        while not self.ended:
            piece = self.socket.recv(256 * 1024)
            self.ended = not piece
            pieces.append(piece)
        return b"".join(pieces)

    def assert_closed(self, seconds=5.0):
        """The server closes the connection, soon and without another byte."""
        self.socket.settimeout(seconds * patience)
        try:
            assert self.received + self.socket.recv(1024) == b"", "more bytes where the end was expected"
        except ConnectionResetError:
            pass

    def closed_by_server(self):
        """Whether the end of the stream has arrived, without waiting for it."""
        timeout = self.socket.gettimeout()
        self.socket.setblocking(False)
        try:
            return self.socket.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True
        finally:
            self.socket.settimeout(timeout)


def drop_capabilities():
    """For a child between fork and exec: root without its privileges, so that file modes and low ports bind it too."""
    if os.geteuid() != 0:
        return
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    last = int(pathlib.Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        if prctl(24, capability, 0, 0, 0) != 0:  # PR_CAPBSET_DROP
            raise OSError(ctypes.get_errno(), "prctl(PR_CAPBSET_DROP)")


def run(*arguments, cwd=None, timeout=10, unprivileged=False):
    """Runs the binary to its end, for start-up failures and command line options."""
    return subprocess.run([binary(), *map(str, arguments)], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=timeout * patience, preexec_fn=drop_capabilities if unprivileged else None)


class Server:
    """./webserv with one configuration, in one folder."""

    def __init__(self, folder, config, command=(), unprivileged=False, descriptors=None, sockets=None):
        self.folder = folder
        self.config = folder / "webserv.conf"
        self.config.write_text(config)
        self.error_log = folder / "error.log"
        self.access_log = folder / "access.log"
        self.stderr_path = folder / "stderr.txt"
        self.stdout_path = folder / "stdout.txt"
        self.clients = []
        self.sessions = []
        self.expected_stderr = [r"webserv: listening on .*"]
        self.stopped = False

        def in_child():
            import resource
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
            if unprivileged:
                drop_capabilities()

        needs_hook = unprivileged or descriptors is not None
        with open(self.stderr_path, "wb") as stderr, open(self.stdout_path, "wb") as stdout:
            self.process = subprocess.Popen([*command, binary(), "-c", str(self.config)], cwd=folder,
                                            stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr,
                                            preexec_fn=in_child if needs_hook else None)
        self.pid = self.process.pid
        try:
            listens = re.findall(r"^\s*(?:server\s*\{\s*)?listen\s+([^\s;]+)", config, re.M)
            sockets = sockets or len(set(listens))
            self.endpoints = wait_for(lambda: self.listening(sockets), "the server listens", 10)
            # A master starts its workers when it has said where it listens.
            counts = re.findall(r"^worker_processes +(auto|[2-9]);", config, re.M)
            processors = len(os.sched_getaffinity(self.pid))
            workers = [processors * (processors > 1) if count == "auto" else int(count) for count in counts]
            held = self.descriptors
            wait_for(lambda: list(held().values()).count("anon_inode:[pidfd]") >= sum(workers), "the workers are there")
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        self.baseline = self.descriptors()

    def listening(self, count):
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode}: {self.stderr}")
        found = re.findall(r"^webserv: listening on (.+)$", self.stderr, re.M)
        return found if len(found) >= count else None

    # What it wrote

    @property
    def stderr(self):
        return self.stderr_path.read_text(errors="replace")

    @property
    def errors(self):
        """The error log so far."""
        return self.error_log.read_text(errors="replace") if self.error_log.exists() else ""

    @property
    def accesses(self):
        """The complete lines of the access log so far; it may lag behind by a second."""
        text = self.access_log.read_text(errors="replace") if self.access_log.exists() else ""
        return [line[:-1] for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def wait_for_error(self, *parts):
        """Until one line of the error log holds all of these, whatever their case; returns the line."""
        def found():
            for line in self.errors.splitlines():
                if all(part.lower() in line.lower() for part in parts):
                    return line
            return None

        try:
            return wait_for(found, f"a line with {parts} in the error log", 3)
        except AssertionError as error:
            raise AssertionError(f"{error}; it says:\n{self.errors}") from None

    def wait_for_accesses(self, count):
        try:
            wait_for(lambda: len(self.accesses) >= count, f"{count} lines in the access log", 4)
        except AssertionError as error:
            raise AssertionError(f"{error}; it says:\n" + "\n".join(self.accesses)) from None
        return self.accesses

    # Where it is

    def address(self, index=0):
        """What to connect to for the listening socket with this number: (host, port) or the path of a unix socket."""
        text = self.endpoints[index]
        if text.startswith("unix:"):
            return text.removeprefix("unix:")
        host, port = text.rsplit(":", 1)
        return host.strip("[]").replace("0.0.0.0", "127.0.0.1"), int(port)

    @property
    def port(self):
        return self.address()[1]

    def url(self, path="/"):
        return f"http://{self.endpoints[0]}{path}"

    # Talking to it

    def connect(self, index=0, **options):
        client = Client(self.address(index), **options)
        self.clients.append(client)
        return client

    def ask(self, data, index=0, method=None):
        """One request on a connection of its own."""
        with self.connect(index) as client:
            return client.ask(data, method)

    def get(self, path="/", *fields, host="localhost", index=0):
        return self.ask(request(f"GET {path} HTTP/1.1", *fields, host=host), index)

    def raw(self, data):
        """Sends these bytes, ends the sending side, and returns everything that comes back."""
        with self.connect() as client:
            client.send(data)
            client.finish_sending()
            return client.rest()

    def session(self):
        """A requests session, for what a polite client does."""
        session = requests.Session()
        session.trust_env = False
        self.sessions.append(session)
        return session

    # What it costs

    def descriptors(self):
        """Descriptor -> what it is open on."""
        folder = f"/proc/{self.pid}/fd"
        found = {}
        for name in os.listdir(folder):
            try:
                found[int(name)] = os.readlink(f"{folder}/{name}")
            except FileNotFoundError:
                pass
        return found

    def beyond_baseline(self):
        """What is open now and was not at the start; the folders that it serves from may stay open, and so may one
        descriptor for each file in them, which the file cache keeps, and what was made of them."""
        roots = re.findall(r"^[^#\n]*?\b(?:root|alias)\s+([^\s;]+)", self.config.read_text(), re.M)
        roots = {os.path.realpath(self.folder / root) for root in roots}
        found, cached = [], set()
        for fd, what in self.descriptors().items():
            if self.baseline.get(fd) == what or what in roots or what.startswith("/memfd:webserv variant"):
                continue
            file = what.removesuffix(" (deleted)")
            if file not in cached and any(file.startswith(root + "/") for root in roots):
                cached.add(file)
            else:
                found.append(what)
        return found

    def wait_for_descriptors(self):
        """Until every connection and every file is closed again."""
        try:
            wait_for(lambda: not self.beyond_baseline(), "every descriptor is closed again", 5)
        except AssertionError as error:
            raise AssertionError(f"{error}; still open: {self.beyond_baseline()}") from None

    def cpu_seconds(self):
        """Processor time used so far, its own and the kernel's for it."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    # Its end

    def signal(self, number):
        os.kill(self.pid, number)

    def wait(self, seconds=5.0):
        """Waits for the exit status."""
        return self.process.wait(seconds * patience)

    def stop(self):
        """Stops it the way a service manager does, and checks that it goes in order."""
        if self.stopped:
            return
        self.stopped = True
        try:
            for session in self.sessions:
                session.close()
            for client in self.clients:
                client.close()
            if self.process.poll() is None:
                self.wait_for_descriptors()
                self.process.send_signal(signal.SIGTERM)
            assert self.wait() == 0, f"exit status {self.process.returncode}; stderr: {self.stderr}"
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
        self.check_output()

    def ended(self):
        """The test ended it itself; only what it wrote is left to be checked."""
        self.stopped = True
        assert self.process.poll() is not None
        self.check_output()

    def check_output(self):
        unexpected = [line for line in self.stderr.splitlines()
                      if not any(re.fullmatch(pattern, line) for pattern in self.expected_stderr)]
        assert not unexpected, "unexpected on stderr:\n" + "\n".join(unexpected)
        assert self.stdout_path.read_text(errors="replace") == "", "nothing belongs on stdout"
        assert not re.search(r"^\S+ \S+ \[emerg\]|impossible", self.errors, re.M), self.errors


def parse_http_date(text):
    return time.mktime(time.strptime(text, "%a, %d %b %Y %H:%M:%S GMT")) - time.timezone

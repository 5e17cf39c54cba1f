"""The same requests to nginx and to webserv: one configuration file, one folder, one port, one after the other.

A configuration in this folder is what both read, unchanged; its lines `#> GET /path | Field: value` are the requests,
beside what they ask for. `python3 tests/like_nginx/peers.py [NAME...]` prints where their answers differ, and with
`--nginx` what nginx answers to all of them: to see, when a case is written, that it shows what it is meant to show.
"""

import calendar
import dataclasses
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from webserv_process import Client, Server, patience, wait_for  # noqa: E402


def find_nginx():
    """Debian keeps it in a folder that only root has in its PATH."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@dataclasses.dataclass(frozen=True)
class Request:
    """`METHOD target [HTTP/1.0] | Field: value | -Host | = content`, as it stands in a configuration's comment."""

    text: str

    @property
    def method(self):
        return self.text.split(" ", 1)[0]

    def encoded(self, port, etag_of):
        """The bytes on the wire. `@port@` and `@etag:/path@` stand for what is only known when the server runs."""
        text = self.text.replace("@port@", str(port))
        text = re.sub(r"@etag:([^@]*)@", lambda match: etag_of(match[1]), text)
        line, *parts = text.split(" | ")
        if not re.search(r" HTTP/\d\.\d$", line):
            line += " HTTP/1.1"
        fields = [part for part in parts if part[0] not in "-="]
        content = next((part[1:].strip() for part in parts if part[0] == "="), None)
        if "-Host" not in parts and not any(field.lower().startswith("host:") for field in fields):
            fields.insert(0, "Host: localhost")
        if content is not None:
            fields.append(f"Content-Length: {len(content.encode())}")
        return ("\r\n".join([line, *fields]) + "\r\n\r\n" + (content or "")).encode()


def requests_in(text):
    return [Request(line.strip()) for line in re.findall(r"^\s*#> (.+)$", text, re.M)]


class Answer:
    """What came back: a response, or nothing at all (`return 444`)."""

    def __init__(self, response=None, problem=None):
        self.problem = problem
        self.status = response.status if response else None
        self.fields = [(name.lower(), value) for name, value in response.fields] if response else []
        self.content = response.content if response else b""

    def __repr__(self):
        if self.status is None:
            return f"no response: {self.problem}"
        fields = ", ".join(f"{name}: {value}" for name, value in self.fields if name not in OWN_FIELDS)
        return f"{self.status} [{fields}] {self.content[:300]!r}"

    def values(self, name):
        return [value for key, value in self.fields if key == name]

    def is_built_in_page(self, method):
        """Of nginx: its text is its own, so only its type is compared."""
        if b"<hr><center>nginx" in self.content:
            return True
        if method != "HEAD" or not self.status or self.status < 300:
            return False
        return self.values("content-type") == ["text/html"] and not self.values("etag")  # a file has one


def ask(address, data, method):
    with Client(address, timeout=5) as client:
        try:
            return Answer(client.ask(data, method))
        except (EOFError, ConnectionResetError) as error:
            return Answer(problem="closed" if not client.received else f"cut short: {error}")


def ask_all(address, requests):
    def etag_of(target):
        found = ask(address, f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(), "GET").values("etag")
        return found[0] if found else "none"

    return [ask(address, request.encoded(address[1], etag_of), request.method) for request in requests]


# --- What is compared ------------------------------------------------------------------------------------------------

# Who answers, when, and whether it waits for the next request, are each server's own.
OWN_FIELDS = {"server", "date", "connection", "keep-alive"}


def comparable(answer, is_page, chunked):
    """The fields of an answer in a form that is the same for the same answer."""
    left_out = set(OWN_FIELDS)
    if is_page or chunked:
        left_out |= {"content-length", "transfer-encoding"}
    found = []
    for name, value in answer.fields:
        if name in left_out:
            continue
        if name == "etag":  # how it is made is each server's own; that it works is shown by requests with `@etag:...@`
            value = "weak" if value.startswith("W/") else "strong"
        if name == "expires":
            value = since_date(answer, value)
        if name == "content-type" and value.startswith("multipart/byteranges"):
            value = "multipart/byteranges"
        elif name == "content-type" and is_page:
            value = value.split(";")[0]
        found.append((name, value))
    return sorted(found)


def since_date(answer, value):
    """An Expires that depends on when it was asked for, as its distance from Date: in steps, for a second may pass."""
    date, expires = (calendar.timegm(time.strptime(text, "%a, %d %b %Y %H:%M:%S GMT"))
                     for text in (answer.values("date")[0], value))
    return value if abs(expires - date) > 2 * 366 * 86400 else f"Date + {round((expires - date) / 10) * 10} s"


def without_boundary(answer):
    """The content; of several ranges without the boundary, which each server chooses."""
    for value in answer.values("content-type"):
        boundary = re.fullmatch(r'multipart/byteranges; *boundary="?([^";]+)"?', value)
        if boundary:
            # An empty line may come before the first one (RFC 2046 5.1.1): nginx sends it.
            return answer.content.replace(boundary[1].encode(), b"BOUNDARY").removeprefix(b"\r\n")
    return answer.content


def aspects(request, nginx, webserv):
    """(aspect, what nginx says, what webserv says) for each aspect of an answer; a field is an aspect of its own."""
    page = nginx.is_built_in_page(request.method)
    multipart = any(value.startswith("multipart/byteranges") for value in nginx.values("content-type"))
    chunked = multipart or bool(nginx.values("transfer-encoding") or webserv.values("transfer-encoding"))
    yield "status", nginx.status, webserv.status
    yield "problem", nginx.problem, webserv.problem
    ours, theirs = comparable(webserv, page, chunked), comparable(nginx, page, chunked)
    for name in sorted({name for name, _ in ours + theirs}):
        yield name, [v for n, v in theirs if n == name], [v for n, v in ours if n == name]
    if not page:
        yield "content", without_boundary(nginx), without_boundary(webserv)


def differences(request, nginx, webserv):
    return [(aspect, theirs, ours) for aspect, theirs, ours in aspects(request, nginx, webserv) if theirs != ours]


def only_here(*values):
    """nginx doesn't send the field, webserv sends it with one of these values."""
    return lambda theirs, ours: not theirs and len(ours) == 1 and ours[0] in values


def says_its_charset(theirs, ours):
    return [f'{value}, charset="UTF-8"' for value in theirs] == ours


# On purpose, wherever they appear: (aspect, how it differs, in which answers, why)
EVERYWHERE = [
    ("accept-ranges", only_here("bytes"), lambda answer: answer.status == 206, "ranges work, so a part may say it too"),
    ("accept-ranges", only_here("bytes"), lambda answer: answer.values("content-encoding"), "they work on codings too"),
    ("accept-ranges", only_here("bytes"), lambda answer: answer.status >= 400, "a page of error_page is a file, too"),
    ("last-modified", only_here("Mon, 01 Jan 2024 00:00:00 GMT"), lambda answer: answer.status >= 400, "it has a date"),
    ("allow", only_here("GET, HEAD", "GET, HEAD, OPTIONS"), lambda answer: answer.status == 405,
     "a 405 must have it (RFC 9110 15.5.6)"),
    ("www-authenticate", says_its_charset, lambda answer: answer.status == 401, "names are UTF-8 (RFC 7617 2.1)"),
]


def everywhere(answer, aspect, theirs, ours):
    """Whether webserv's answer may differ so from nginx's."""
    return any(aspect == name and differs(theirs, ours) and where(answer) for name, differs, where, _ in EVERYWHERE)


# --- The two servers -------------------------------------------------------------------------------------------------

def for_nginx(text):
    """nginx keeps temporary files at places of its own unless told otherwise, and knows no bare server blocks."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = " ".join(f"{kind}_temp_path nginx-temp;" for kind in kinds)
    if re.search(r"^http\s*\{", text, re.M):
        return re.sub(r"^http\s*\{", f"http {{ {places}", text, count=1, flags=re.M)
    return f"events {{ }} http {{ {places}\n{text}\n}}\n"


class Nginx:
    """nginx in the foreground, as one process, with everything it writes in `folder`."""

    def __init__(self, folder, config, port):
        self.folder = folder
        self.port = port
        path = folder / "nginx.conf"
        path.write_text(for_nginx(config))
        options = "daemon off; master_process off;"
        if not re.search(r"^pid\s", config, re.M):
            options += " pid nginx.pid;"
        if os.geteuid() == 0 and not re.search(r"^user\s", config, re.M):
            options += " user root;"  # the folder may be closed to everybody else
        with open(folder / "nginx.stderr", "wb") as stderr:
            self.process = subprocess.Popen([find_nginx(), "-p", f"{folder}/", "-c", str(path), "-e", "error.log", "-g",
                                             options], stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr)
        try:
            wait_for(self.answers, "nginx listens", 10)
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def answers(self):
        if self.process.poll() is not None:
            said = (self.folder / "nginx.stderr").read_text()
            raise AssertionError(f"nginx ended with {self.process.returncode}: {said}")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(5 * patience)
        finally:
            self.process.kill()
            self.process.wait()


class Held:
    """A port that the kernel chose and gives to nobody else; who listens there needs SO_REUSEADDR, as both do."""

    def __enter__(self):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", 0))
        return self.socket.getsockname()[1]

    def __exit__(self, *_):
        self.socket.close()


def take_logs(folder):
    """What is in the access logs; they are gone then."""
    found = {}
    for path in sorted((folder / "logs").glob("*")):
        found[path.name] = path.read_text(errors="replace").splitlines()
        path.unlink()
    return found


@dataclasses.dataclass
class Run:
    """All answers of one server to the requests of one configuration. `refused` says why there are none."""

    answers: list
    logs: dict
    refused: str = ""


def run_nginx(folder, config, port, requests):
    server = Nginx(folder, config, port)
    try:
        answers = ask_all(("127.0.0.1", port), requests)
    finally:
        server.stop()
    return Run(answers, take_logs(folder))


class Webserv(Server):
    """An access log whose name is made of variables stays open for a while."""

    def beyond_baseline(self):
        logs = str(self.folder / "logs") + "/"
        return [what for what in super().beyond_baseline() if not what.startswith(logs)]


def run_webserv(folder, config, port, requests):
    try:
        server = Webserv(folder, config, sockets=1)
    except AssertionError as error:
        return Run([], {}, str(error))
    server.expected_stderr.append(r".*: (warning|note): .*|\s.*|webserv: .*")
    try:
        answers = ask_all(("127.0.0.1", port), requests)
    finally:
        server.stop()
    return Run(answers, take_logs(folder))


def prepare(folder, files):
    """The folder both run in: `files(folder)` makes what is served, the logs have a place."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "logs").mkdir(exist_ok=True)
    files(folder)


def both(folder, config, requests, files, only_nginx=False):
    """(run of nginx, run of webserv); `@port@` in the configuration is where both listen."""
    prepare(folder, files)
    with Held() as port:
        config = config.replace("@port@", str(port))
        nginx = run_nginx(folder, config, port, requests)
        return nginx, None if only_nginx else run_webserv(folder, config, port, requests)


def main():
    import tempfile

    from like_nginx.tree import make_tree

    only_nginx = "--nginx" in sys.argv
    names = [name for name in sys.argv[1:] if not name.startswith("--")] or sorted(p.stem for p in HERE.glob("*.conf"))
    for name in names:
        config = (HERE / f"{name}.conf").read_text()
        requests = requests_in(config)
        with tempfile.TemporaryDirectory() as folder:
            nginx, webserv = both(pathlib.Path(folder), config, requests, make_tree, only_nginx)
        print(f"=== {name}: {len(requests)} requests", webserv.refused if webserv else "")
        if only_nginx:
            print_answers(requests, nginx)
        elif not webserv.refused:
            print_differences(requests, nginx, webserv)


def print_answers(requests, run):
    for request, answer in zip(requests, run.answers):
        print(f"{request.text}\n        {answer}")
    for log, lines in run.logs.items():
        print(f"--- {log}", *lines, sep="\n")


def print_differences(requests, nginx, webserv):
    for request, theirs, ours in zip(requests, nginx.answers, webserv.answers):
        for aspect, what_they_say, what_we_say in differences(request, theirs, ours):
            print(f"{request.text}\n    {aspect}: nginx {what_they_say!r:.300}, webserv {what_we_say!r:.300}")
    for log in sorted(set(nginx.logs) | set(webserv.logs)):
        if nginx.logs.get(log) != webserv.logs.get(log):
            print(f"{log}\n    nginx {nginx.logs.get(log)!r}\n    webserv {webserv.logs.get(log)!r}")


if __name__ == "__main__":
    main()

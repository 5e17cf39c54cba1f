"""`webserv FOLDER` and `webserv FILE`: serving at once, without a configuration; and --print-config, whose text does
the same.
"""

import contextlib
import os
import re
import signal
import socket
import subprocess
import urllib.parse

import pytest

from conftest import write_files
from webserv_process import Client, Server, binary, free_port, request, run, wait_for

FILES = {
    "site/index.html": "<p>home",
    "site/a.txt": "text",
    "site/sub/b.txt": "b",
    "site/deep/index.html": "<p>deep",
    "site/na me & #1.txt": "odd",
    "site/.secret": "hidden",
    "page.html": "<p>page",
}


class Quick:
    """The binary with these arguments, until ^C."""

    def __init__(self, folder, *arguments):
        self.stderr_path = folder / "quick.stderr"
        self.stdout_path = folder / "quick.stdout"
        with open(self.stderr_path, "wb") as stderr, open(self.stdout_path, "wb") as stdout:
            self.process = subprocess.Popen([binary(), *map(str, arguments)], cwd=folder, stdin=subprocess.DEVNULL,
                                            stdout=stdout, stderr=stderr)
        self.endpoint = wait_for(self.listening, "it listens", 10)

    def listening(self):
        assert self.process.poll() is None, self.stderr
        found = re.search(r"^webserv: listening on (.+)\n", self.stderr, re.M)
        return found and found[1]

    @property
    def stderr(self):
        return self.stderr_path.read_text()

    @property
    def address(self):
        if self.endpoint.startswith("unix:"):
            return self.endpoint.removeprefix("unix:")
        host, port = self.endpoint.rsplit(":", 1)
        return host.strip("[]").replace("0.0.0.0", "127.0.0.1"), int(port)

    @property
    def urls(self):
        return re.findall(r"^    (\S.*)$", self.stderr, re.M)

    def get(self, path, *fields):
        with contextlib.closing(Client(self.address)) as client:
            return client.ask(request(f"GET {path} HTTP/1.1", *fields))

    def interrupt(self):
        """^C: it ends at once when nobody is served, and says nothing more."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        assert self.process.wait(10) == 0, self.stderr


@pytest.fixture
def quick(tmp_path):
    write_files(tmp_path, FILES)
    with contextlib.ExitStack() as stack:
        def start(*arguments):
            server = Quick(tmp_path, *arguments)
            stack.callback(server.interrupt)
            return server
        yield start


def test_folder(quick, tmp_path):
    """Files, index, listings; every answer is asked for anew; hidden names stay hidden."""
    server = quick("site")
    home = server.get("/")
    assert (home.status, home.text, home["Cache-Control"]) == (200, "<p>home", "no-cache")
    assert server.get("/a.txt").text == "text" and server.get("/deep/").text == "<p>deep"
    listing = server.get("/sub/")
    assert listing.status == 200 and "b.txt" in listing.text and listing["Cache-Control"] == "no-cache"
    assert server.get("/sub").status == 301
    assert server.get("/na%20me%20&%20%231.txt").text == "odd"
    assert server.get("/.secret").status == 404 and server.get("/nowhere").status == 404
    assert f"serving the folder {tmp_path}/site" in server.stderr


def test_no_cache_asks_and_is_told_that_nothing_changed(quick):
    """Cache-Control: no-cache lets a browser keep the file, and makes it ask (RFC 9111 5.2.2.4)."""
    server = quick("site")
    etag = server.get("/a.txt")["ETag"]
    answer = server.get("/a.txt", f"If-None-Match: {etag}")
    assert answer.status == 304 and answer["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["site", "site/", ".", "./site/../site"])
def test_names_of_a_folder(quick, name):
    server = quick(name)
    assert server.get("/site/a.txt" if name == "." else "/a.txt").text == "text"


def test_this_machine_only_unless_told(quick):
    """By default nobody else can connect: the address is 127.0.0.1, and the URL says localhost."""
    server = quick("site")
    assert server.endpoint.startswith("127.0.0.1:")
    assert server.urls == [f"http://localhost:{server.address[1]}/"]


def test_all_addresses(quick):
    """The URLs of the machine in its networks are told, and work."""
    server = quick("site", "--listen", "*", "--port", "0")
    assert server.endpoint.startswith("0.0.0.0:")
    port = server.address[1]
    assert server.urls[0] == f"http://localhost:{port}/"
    lan = subprocess.run(["hostname", "-I"], capture_output=True, text=True).stdout.split()
    for address in (one for one in lan if "." in one and not one.startswith("169.254.")):
        assert f"http://{address}:{port}/" in server.urls
        with contextlib.closing(Client((address, port))) as client:
            assert client.get("/a.txt").text == "text"


@pytest.mark.parametrize("option", [
    "--port PORT", "--port=PORT", "--listen 127.0.0.1:PORT", "--listen=localhost:PORT", "--listen [::1]:PORT",
    "--listen ::1 --port PORT", "--listen 127.0.0.1 --port PORT",
])
def test_port_that_is_asked_for(quick, option):
    """Before or behind the folder."""
    if "::1" in option and not os.path.exists("/proc/net/if_inet6"):
        pytest.skip("no IPv6")
    port = free_port()
    arguments = option.replace("PORT", str(port)).split()
    server = quick(*arguments, "site")
    assert server.address[1] == port and server.get("/a.txt").text == "text"


def test_first_free_port(quick):
    """From 8080 on, whatever is taken is passed over: two servers get two ports."""
    first, second = quick("site"), quick("site")
    assert 8080 <= first.address[1] < second.address[1] <= 8179
    assert second.get("/a.txt").text == "text"


def test_port_given_and_taken(tmp_path):
    """Another port would not be what was asked for."""
    write_files(tmp_path, FILES)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = run("--port", port, "site", cwd=tmp_path)
    assert result.returncode == 1 and str(port) in result.stderr and "in use" in result.stderr.lower()


def test_unix_socket(quick, tmp_path):
    """A relative path is one of the folder that it was started in."""
    server = quick("site", "--listen", "unix:here.sock")
    assert server.endpoint == f"unix:{tmp_path}/here.sock"
    assert server.get("/a.txt").text == "text"
    assert server.urls == [f"curl --unix-socket {tmp_path}/here.sock http://localhost/"]


def test_file(quick, tmp_path):
    """One file, at / and at its name, and nothing beside it."""
    server = quick("page.html")
    for path in ("/", "/page.html"):
        answer = server.get(path)
        assert (answer.status, answer.text) == (200, "<p>page")
        assert answer["Content-Type"] == "text/html; charset=utf-8" and answer["Cache-Control"] == "no-cache"
    for path in ("/site/a.txt", "/site/", "/page.htm", "/page.html/x", "/quick.stderr"):
        assert server.get(path).status == 404
    assert f"serving the file {tmp_path}/page.html" in server.stderr


def test_file_by_a_link(quick, tmp_path):
    """At the name that was given as well as at its own."""
    (tmp_path / "link.html").symlink_to("site/index.html")
    server = quick("link.html")
    assert [server.get(path).text for path in ("/", "/index.html", "/link.html")] == ["<p>home"] * 3
    assert server.get("/a.txt").status == 404


@pytest.mark.parametrize("name", ["na me.html", "semi;colon {.html", "quo\"te.html", "back\\slash.html", "#hash.html",
                                  "tab\there.html", "über.html", "percent%41.html", "single'.html", "plain"])
def test_odd_names(quick, tmp_path, name):
    """Whatever a name holds that means something in a configuration, or in a URL."""
    (tmp_path / name).write_text("odd")
    (tmp_path / ("folder " + name)).mkdir()
    (tmp_path / ("folder " + name) / "x.txt").write_text("x")
    server = quick(name)
    assert server.get("/").text == "odd" and server.get("/" + urllib.parse.quote(name)).text == "odd"
    assert quick("folder " + name).get("/x.txt").text == "x"


def test_single_page_application(quick, tmp_path):
    """Unknown paths answer with /index.html and 200; files and folders of the site answer themselves."""
    server = quick("site", "--spa")
    assert server.get("/a.txt").text == "text" and server.get("/deep/").text == "<p>deep"
    for path in ("/", "/users/17", "/nowhere.js", "/deep/er/than/that?x=1"):
        answer = server.get(path)
        assert (answer.status, answer.text, answer["Cache-Control"]) == (200, "<p>home", "no-cache")


@pytest.mark.parametrize("arguments", [["site"], ["site", "--spa"], ["page.html"], ["site", "--listen", "unix:s.sock"]])
def test_printed_configuration_does_the_same(tmp_path, tmp_path_factory, arguments):
    """--print-config writes the text that the flags stand for; served with -c it gives the same answers."""
    write_files(tmp_path, FILES)
    conf = tmp_path_factory.mktemp("conf")
    printed = run("--print-config", *arguments, cwd=tmp_path)
    assert printed.returncode == 0 and printed.stderr == ""
    quick = Quick(tmp_path, *arguments)
    direct = answers(quick.address)
    quick.interrupt()
    assert run("-t", write(conf / "t.conf", printed.stdout)).stderr.count("warning") == 0
    # A port of its own, since another test may have taken 8080 meanwhile.
    text = re.sub(r"listen 127\.0\.0\.1:\d+;", "listen 127.0.0.1:0;", printed.stdout)
    server = Server(conf, "access_log access.log;\nerror_log error.log;\n" + text, sockets=1)
    try:
        assert answers(server.address()) == direct
    finally:
        server.stop()


def write(path, text):
    path.write_text(text)
    return path


def answers(address):
    """What clients see, but for the date."""
    seen = []
    for path in ("/", "/a.txt", "/sub/", "/sub", "/deep/", "/nowhere", "/page.html", "/.secret", "/users/17"):
        with contextlib.closing(Client(address)) as client:
            answer = client.get(path)
        fields = [(name, value) for name, value in answer.fields if name != "Date"]
        seen.append((path, answer.status, fields, answer.content))
    return seen


def test_tested_and_explained_without_a_configuration(tmp_path):
    """-t and -T take a folder as well."""
    write_files(tmp_path, FILES)
    assert run("-t", "site", cwd=tmp_path).returncode == 0
    result = run("-T", "site", cwd=tmp_path)
    assert result.returncode == 0 and f"root {tmp_path}/site;" in result.stdout


@pytest.mark.parametrize("arguments,said", [
    (["nowhere"], "no such file or directory: nowhere"),
    (["site", "--listen", "localhos"], "--listen: "),
    (["site", "--listen", "300.0.0.1"], "--listen: "),
    (["site", "--listen", "unix:"], "--listen: "),
    (["site", "--listen", "127.0.0.1:80", "--port", "81"], "both name a port"),
    (["site", "--listen", "unix:a.sock", "--port", "81"], "has no port"),
    (["page.html", "--spa"], "--spa is for a folder"),
    (["site/sub", "--spa"], "has none"),
    (["site/.secret"], "begin with a dot"),
    (["do$llar"], "variable"),
])
def test_what_cannot_be_served(tmp_path, arguments, said):
    """One sentence, status 1."""
    write_files(tmp_path, {**FILES, "do$llar/": ""})
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode == 1 and result.stdout == ""
    assert said in result.stderr and len(result.stderr.splitlines()) == 1


def test_file_that_looks_like_a_configuration(quick, tmp_path):
    """A known ending makes it a file; how to read it as a configuration is said."""
    (tmp_path / "notes.txt").write_text("server { listen 8080; }")
    server = quick("notes.txt")
    assert server.get("/").text == "server { listen 8080; }"
    assert "webserv -c notes.txt" in server.stderr


def test_interrupt_lets_a_request_finish(quick):
    """^C while an answer is under way: it comes whole, then the server ends with status 0."""
    server = quick("site")
    with contextlib.closing(Client(server.address)) as client:
        client.send("GET /a.txt HTTP/1.1\r\nHost: x\r\n")
        assert server.get("/a.txt").text == "text"  # what was sent before has been read by now
        server.process.send_signal(signal.SIGINT)
        client.send("\r\n")
        assert client.response().text == "text"
    assert server.process.wait(10) == 0


NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ }}
http {{
    default_type text/plain; access_log off;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    include {folder}/printed.conf;
}}
"""


@pytest.mark.parametrize("arguments,answers_expected", [
    (["site"], {"/": (200, "<p>home", "no-cache"), "/a.txt": (200, "text", "no-cache"),
                "/sub/": (200, None, "no-cache"), "/deep/": (200, "<p>deep", "no-cache"),
                "/nowhere": (404, None, None)}),
    (["site", "--spa"], {"/": (200, "<p>home", "no-cache"), "/a.txt": (200, "text", "no-cache"),
                         "/users/17": (200, "<p>home", "no-cache"), "/deep/": (200, "<p>deep", "no-cache")}),
    (["page.html"], {"/": (200, "<p>page", "no-cache"), "/page.html": (200, "<p>page", "no-cache"),
                     "/site/a.txt": (404, None, None)}),
])
def test_printed_configuration_is_one_of_nginx(tool, tmp_path, arguments, answers_expected):
    """nginx takes the same text, and answers the same."""
    nginx = tool("nginx")
    write_files(tmp_path, FILES)
    text = run("--print-config", *arguments, "--listen", "unix:nginx.sock", cwd=tmp_path).stdout
    write(tmp_path / "printed.conf", text)
    write(tmp_path / "nginx.conf", NGINX.format(folder=tmp_path))
    process = subprocess.Popen([nginx, "-p", tmp_path, "-c", tmp_path / "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        address = str(tmp_path / "nginx.sock")
        wait_for(lambda: os.path.exists(address) and connects(address), "nginx listens", 10)
        for path, (status, content, cache) in answers_expected.items():
            with contextlib.closing(Client(address)) as client:
                answer = client.get(path)
            assert (answer.status, answer["Cache-Control"]) == (status, cache), path
            assert content is None or answer.text == content, path
    finally:
        process.terminate()
        process.wait(10)


def connects(address):
    try:
        Client(address).close()
        return True
    except OSError:
        return False

"""The access log in nginx's combined format, and an error log that explains a failed request by itself."""

import base64
import os
import re
import signal
import time

import pytest

from webserv_process import request, run, wait_for

site = "server { listen 127.0.0.1:0; root www; }"
files = {"www/index.html": "home", "www/a.txt": "a"}

combined = re.compile(r'(?P<address>\S+) - (?P<user>.*?) \[(?P<time>[^]]+)\] "(?P<request>[^"]*)" '
                      r'(?P<status>\d{3}) (?P<bytes>\d+) "(?P<referer>[^"]*)" "(?P<agent>[^"]*)"')


def parsed(line):
    match = combined.fullmatch(line)
    assert match, f"not in combined format: {line!r}"
    return match.groupdict()


def test_combined_format(serve):
    """Address, time with zone, request line, status, bytes of content, Referer, User-Agent."""
    server = serve(site, files)
    before = int(time.time())
    server.get("/index.html?q=1", "Referer: http://example.org/", "User-Agent: Test/1.0 (x)")
    line = parsed(server.wait_for_accesses(1)[0])
    after = int(time.time())
    moment = line.pop("time")
    assert re.fullmatch(r"\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}", moment)
    stamps = [time.strftime("%d/%b/%Y:%H:%M:%S %z", time.localtime(t)) for t in range(before - 1, after + 2)]
    assert moment in stamps
    assert line == {"address": "127.0.0.1", "user": "-", "request": "GET /index.html?q=1 HTTP/1.1", "status": "200",
                    "bytes": "4", "referer": "http://example.org/", "agent": "Test/1.0 (x)"}


def test_missing_fields_are_dashes(serve):
    """No Referer, no User-Agent: `-`."""
    server = serve(site, files)
    server.get("/")
    line = parsed(server.wait_for_accesses(1)[0])
    assert (line["referer"], line["agent"], line["user"]) == ("-", "-", "-")


def test_user_of_basic_credentials(serve):
    """The combined format has the name that the client gave, checked or not."""
    server = serve(site, files)
    server.get("/", "Authorization: Basic " + base64.b64encode(b"alice:secret").decode())
    line = server.wait_for_accesses(1)[0]
    assert parsed(line)["user"] in ("alice", "-") and "secret" not in line


def test_what_a_peer_sent_is_escaped(serve):
    """Quotes, backslashes, control characters and bytes above 126 become \\xHH: no line can be forged."""
    server = serve(site, files)
    server.get('/"quoted"\\path', 'User-Agent: a"b\\c\td\xe9', "Referer: \x80\xff")
    line = parsed(server.wait_for_accesses(1)[0])
    assert line["request"] == r"GET /\x22quoted\x22\x5Cpath HTTP/1.1"
    assert line["agent"] == r"a\x22b\x5Cc\x09d\xE9"
    assert line["referer"] == r"\x80\xFF"


def test_bytes_are_those_of_the_content(serve):
    """Not the head's; none for HEAD, 304 and 204; of a range its length."""
    config = "server { listen 127.0.0.1:0; root www; location = /204 { return 204; } }"
    server = serve(config, {"www/a.bin": "x" * 1000})
    with server.connect() as client:
        client.get("/a.bin")
        client.ask(request("HEAD /a.bin HTTP/1.1"))
        client.get("/a.bin", "If-None-Match: *")
        client.get("/a.bin", "Range: bytes=0-9")
        client.get("/204")
        missing = len(client.get("/none").content)
    lines = [parsed(line) for line in server.wait_for_accesses(6)]
    assert [(line["status"], line["bytes"]) for line in lines] == [
        ("200", "1000"), ("200", "0"), ("304", "0"), ("206", "10"), ("204", "0"), ("404", str(missing))]


def test_large_download_is_logged_when_it_ends(serve):
    """With the bytes that were sent, also when the client went away."""
    server = serve(site, {"www/large.bin": bytes(20_000_000)})
    server.get("/large.bin")
    with server.connect(receive_buffer=4096) as client:
        client.send(request("GET /large.bin HTTP/1.1"))
        client.read_head()
        client.reset()
    lines = [parsed(line) for line in server.wait_for_accesses(2)]
    assert lines[0]["bytes"] == "20000000"
    assert lines[1]["status"] == "200" and int(lines[1]["bytes"]) < 20_000_000


def test_every_request_of_a_pipeline_has_its_line(serve):
    """In the order of the answers."""
    server = serve(site, files)
    with server.connect() as client:
        client.send(b"".join(request(f"GET /?{i} HTTP/1.1") for i in range(50)))
        for _ in range(50):
            client.response()
    logged = [parsed(line)["request"] for line in server.wait_for_accesses(50)]
    assert logged == [f"GET /?{i} HTTP/1.1" for i in range(50)]


def test_malformed_request_is_logged(serve):
    """With its status and as much of its line as is known."""
    server = serve(site, files)
    server.ask("BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n")
    server.ask("GET / HTTP/1.1\r\n\r\n")
    lines = [parsed(line) for line in server.wait_for_accesses(2)]
    assert [line["status"] for line in lines] == ["501", "400"]
    assert lines[0]["request"] == "BREW /pot HTTP/1.1"


def test_silence_is_not_logged(serve):
    """A connection that never sent a byte (a port scan, a browser's spare one) leaves no line in either log."""
    server = serve(site, files)
    quiet = server.errors
    for _ in range(20):
        server.connect().close()
    for _ in range(5):
        server.connect().reset()
    server.get("/", "User-Agent: marker")
    lines = server.wait_for_accesses(1)
    server.wait_for_descriptors()
    assert len(lines) == 1 and "marker" in lines[0]
    new = server.errors.removeprefix(quiet)
    assert not re.search(r"\[(warn|error|info)\]", new), new


def test_access_log_off_and_several(serve):
    """A location may log nowhere, or to several files; its own setting replaces the inherited one."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            access_log access.log;
            location /quiet { access_log off; return 200 "quiet"; }
            location /both { access_log access.log; access_log both.log combined; return 200 "both"; }
        }
    """, files)
    server.get("/quiet")
    server.get("/both")
    server.get("/")
    assert [parsed(line)["request"] for line in server.wait_for_accesses(2)] == ["GET /both HTTP/1.1", "GET / HTTP/1.1"]
    both = server.folder / "both.log"
    wait_for(lambda: both.exists() and both.read_text().count("\n") == 1, "a line in both.log")


def test_nothing_is_lost_at_the_end(serve):
    """What is buffered is written when the server stops."""
    server = serve(site, files)
    for i in range(200):
        server.get(f"/?{i}")
    server.stop()
    assert len(server.accesses) == 200


def test_a_404_is_explained(serve):
    """The path that was tried, what the system said, who asked for what: without a look at the configuration."""
    server = serve(site, files)
    server.get("/sub/none.txt")
    line = server.wait_for_error(str(server.folder / "www/sub/none.txt"), "no such file or directory")
    assert "127.0.0.1" in line and "GET /sub/none.txt HTTP/1.1" in line and "error" in line


def test_a_403_is_explained(serve):
    """A folder that has no index and may not be listed."""
    server = serve(site, files | {"www/folder/": None})
    server.get("/folder/")
    line = server.wait_for_error(str(server.folder / "www/folder"), "127.0.0.1")
    assert "index" in line or "listing" in line or "autoindex" in line


def test_what_a_peer_sent_is_escaped_in_the_error_log(serve):
    """No line can be forged there either."""
    server = serve(site, files)
    server.get("/none%0A2026/01/01%2000:00:00%20[emerg]%20forged%1b[2J")
    server.wait_for_error("none")
    assert not re.search(r"^2026/01/01 00:00:00 \[emerg\]", server.errors, re.M)
    assert "\x1b" not in server.errors


def test_level_bounds_what_is_written(serve):
    """At `error`, a peer's mistakes (info) are not written, a missing file (error) is."""
    server = serve("error_log error.log error;\n" + site, files)
    server.ask("BREW / HTTP/1.1\r\nHost: a\r\n\r\n")
    server.get("/none.txt")
    server.wait_for_error("none.txt")
    assert "method-unknown" not in server.errors


def test_error_log_to_stderr(serve):
    """error_log stderr, and a server's own error log."""
    server = serve("""
        error_log stderr error;
        server { listen 127.0.0.1:0; server_name a; root www; }
        server { listen 127.0.0.1:0; server_name b; root www; error_log b.log info; }
    """, files)
    server.expected_stderr.append(r".*one\.txt.*")
    server.get("/one.txt", host="a")
    server.get("/two.txt", host="b")
    wait_for(lambda: "one.txt" in server.stderr, "the line on stderr")
    wait_for(lambda: "two.txt" in (server.folder / "b.log").read_text(), "the line in b.log")
    assert "two.txt" not in server.stderr


@pytest.mark.parametrize("name", ["access", "error"])
def test_lines_are_appended(serve, name):
    """A restart keeps what is in the logs."""
    server = serve(site, files | {f"{name}.log": "from before\n"})
    server.get("/none")
    server.stop()
    text = (server.folder / f"{name}.log").read_text()
    assert text.startswith("from before\n") and "/none" in text


def test_usr1_opens_the_logs_anew(serve, tmp_path):
    """As logrotate does with nginx: rename, USR1, and the lines go to new files."""
    server = serve(site, files)
    server.get("/none-before")
    server.wait_for_error("none-before")
    for name in ("access.log", "error.log"):
        (tmp_path / name).rename(tmp_path / (name + ".1"))
    server.signal(signal.SIGUSR1)
    wait_for(lambda: (tmp_path / "access.log").exists() and (tmp_path / "error.log").exists(), "new files")
    server.baseline = server.descriptors()
    server.get("/none-after")
    server.wait_for_error("none-after")
    wait_for(lambda: "none-after" in "".join(server.accesses), "a line in the new access log")
    assert "none-before" in (tmp_path / "access.log.1").read_text()
    assert "none-before" not in "".join(server.accesses)


def test_lost_lines_are_counted(serve):
    """An access log on a full disk loses lines; the error log says how many, and the service goes on."""
    server = serve("access_log /dev/full;\n" + site, files)
    agent = "User-Agent: " + "x" * 4000
    with server.connect() as client:
        for _ in range(700):
            client.get("/", agent)
    server.wait_for_error("alert", "access log", "lines were lost")


def test_quotes_in_a_path_cannot_forge_fields(serve):
    """What looks like the fields of the error log stays within the quotes around the path."""
    server = serve(site, files)
    server.get("/none%22,%20client:%206.6.6.6")
    line = server.wait_for_error("none")
    assert 'none", client: 6.6.6.6' not in line


def test_slow_reader_of_a_pipe_gets_every_line(serve, tmp_path):
    """A reader that can't keep up for a moment is given the rest soon; nothing is lost that the buffer can hold."""
    pipe = tmp_path / "access.pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        server = serve(f"access_log {pipe};\nkeepalive_requests 2000;\n" + site, files)
        agent = "User-Agent: " + "x" * 300
        with server.connect() as client:
            for i in range(1500):  # some 600 KB: ten times what a pipe holds
                client.get(f"/?{i}", agent)
        received = b""

        def read_on():
            nonlocal received
            try:
                received += os.read(reader, 65536)
            except BlockingIOError:
                pass
            return received.count(b"\n") == 1500

        wait_for(read_on, "every line", 10)
        assert [int(number) for number in re.findall(rb'"GET /\?(\d+) HTTP', received)] == list(range(1500))
        assert "lost" not in server.errors
    finally:
        os.close(reader)


def test_pid_file_replaces_nothing_but_a_pid_file(tmp_path):
    """A path that is mistyped must not cost a file."""
    (tmp_path / "precious.txt").write_text("words")
    (tmp_path / "a.conf").write_text("pid precious.txt;\nserver { listen 127.0.0.1:0; return 204; }\n")
    result = run("-c", tmp_path / "a.conf")
    assert result.returncode == 1 and "precious.txt" in result.stderr and "a.conf:1:" in result.stderr
    assert (tmp_path / "precious.txt").read_text() == "words"

"""The loop's rule, seen from the kernel: every recv and send is covered by readiness that epoll_wait reported, and a
connection has at most one of them between two epoll_waits. And a kept-alive request costs one recv and one send."""

import pytest

import strace_log
from webserv_process import Server, chunked, request, wait_for

config = """
    access_log access.log;
    error_log error.log info;
    server {
        listen 127.0.0.1:0;
        root www;
        keepalive_requests 10000;
        client_max_body_size 10m;
        location /post { return 200 "posted"; }
        location /list/ { autoindex on; }
    }
"""


class TracedServer(Server):
    """Under strace, which runs as a grandchild (-D), so that the process is the server itself."""

    def __init__(self, folder, strace):
        self.trace = folder / "trace.txt"
        # LeakSanitizer cannot work under ptrace.
        command = [strace, "-E", "ASAN_OPTIONS=detect_leaks=0", "-D", "-f", "-s", "0", "-v",
                   "-e", "trace=network,desc", "-o", str(self.trace)]
        super().__init__(folder, config, command=command)

    def checked(self):
        self.stop()
        wait_for(lambda: "+++ exited" in self.trace.read_text(errors="replace"), "strace has written everything")
        with open(self.trace, encoding="utf-8", errors="replace") as lines:
            return strace_log.check(lines)


@pytest.fixture
def traced(tmp_path, tool):
    strace = tool("strace")
    (tmp_path / "www/list").mkdir(parents=True)
    (tmp_path / "www/index.html").write_text("home")
    (tmp_path / "www/large.bin").write_bytes(bytes(3_000_000))
    server = TracedServer(tmp_path, strace)
    yield server
    server.stop()


def test_kept_alive_requests_cost_one_recv_and_one_send_each(traced):
    """200 requests on each of five connections: the rule holds, and nothing is done twice."""
    clients = [traced.connect() for _ in range(5)]
    for _ in range(200):
        for client in clients:
            assert client.get("/").text == "home"
    result = traced.checked()
    assert result.violations == []
    # A first recv, one for each request, one that finds the end; a send for each response.
    assert 1000 <= result.receives <= 1000 + 3 * len(clients)
    assert result.sends == 1000


def test_pipelined_requests_share_their_recv_and_send(traced):
    """What arrives in one recv leaves in one send."""
    client = traced.connect()
    for _ in range(20):
        client.send(request("GET / HTTP/1.1") * 50)
        for _ in range(50):
            assert client.response().text == "home"
    result = traced.checked()
    assert result.violations == []
    assert result.sends <= 60


def test_the_rule_holds_whatever_clients_do(traced):
    """Large files, slow readers, content in pieces, errors, half-closes, resets, lingering."""
    for _ in range(3):
        with traced.connect(receive_buffer=4096) as slow, traced.connect() as fast:
            slow.send(request("GET /large.bin HTTP/1.1") + request("GET / HTTP/1.1"))
            assert len(fast.get("/large.bin").content) == 3_000_000
            assert len(slow.response().content) == 3_000_000
            assert slow.response().text == "home"
        with traced.connect() as client:
            client.send(request("POST /post HTTP/1.1", "Expect: 100-continue", "Content-Length: 300000"))
            assert client.read_head().status == 100
            for _ in range(30):
                client.send(bytes(10_000))
            assert client.response("POST").text == "posted"
            for byte in request("POST /post HTTP/1.1", "Transfer-Encoding: chunked", content=chunked(b"hello")):
                client.send(bytes([byte]))
            assert client.response("POST").text == "posted"
            assert client.get("/list/").status == 200
            client.send(request("GET /large.bin HTTP/1.1"))
            client.finish_sending()
            assert len(client.response().content) == 3_000_000
            client.assert_closed()
        with traced.connect() as client:
            client.send(request("POST /post HTTP/1.1", "Content-Length: 100000000", content=bytes(500_000)))
            assert client.response("POST").status == 413
        with traced.connect() as client:
            client.send(request("GET /large.bin HTTP/1.1"))
            client.read_head()
            client.reset()
        assert traced.ask("BREW / HTTP/1.1\r\n\r\n").status == 501
        traced.connect().reset()
    result = traced.checked()
    assert result.violations == []
    assert result.receives > 40 and result.sends > 30


def test_the_checker_finds_what_it_looks_for():
    """The checker itself, against logs that break the rule."""
    opened = ["accept4(4, {sa_family=AF_INET}, [16], SOCK_CLOEXEC|SOCK_NONBLOCK) = 8",
              "epoll_ctl(5, EPOLL_CTL_ADD, 8, {events=EPOLLIN|EPOLLOUT|EPOLLRDHUP|EPOLLET, data={u32=1, u64=7}}) = 0"]
    ready = "epoll_wait(5, [{events=EPOLLIN|EPOLLOUT, data={u32=1, u64=7}}], 64, -1) = 1"
    turn = "epoll_wait(5, [], 64, 0) = 0"
    short_recv = 'recvfrom(8, "..."..., 65536, 0, NULL, NULL) = 100'
    full_recv = 'recvfrom(8, "..."..., 100, 0, NULL, NULL) = 100'
    send = 'sendto(8, "..."..., 300, MSG_NOSIGNAL, NULL, 0) = 300'

    def violations(*lines):
        return len(strace_log.check([*opened, *lines]).violations)

    assert violations(ready, short_recv, turn, send) == 0
    assert violations(ready, full_recv, turn, full_recv, turn, send) == 0
    assert violations(short_recv) == 1, "never reported"
    assert violations(ready, short_recv, turn, short_recv) == 1, "used up by a short one"
    assert violations(ready, short_recv, send) == 1, "two in one turn"
    assert violations(ready, send.replace("= 300", "= -1 EAGAIN (Resource temporarily unavailable)"), turn, send) == 1
    assert violations(ready, 'sendfile(8, 9, NULL, 262144) = 100', turn, send) == 1
    assert violations(ready.replace("EPOLLOUT", "EPOLLRDHUP"), short_recv, turn, full_recv) == 0

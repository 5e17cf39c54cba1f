"""Signals: how the server stops, and what happens to those who are being served."""

import signal
import socket
import time

import pytest

from webserv_process import patience, request, wait_for

site = "server { listen 127.0.0.1:0; root www; keepalive_timeout 30s; location /post { return 200 posted; } }"
large = bytes(20_000_000)
files = {"www/index.html": "home", "www/large.bin": large}


def refused(server):
    """Whether nobody listens any more."""
    with socket.socket() as probe:
        return probe.connect_ex(server.address()) != 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_signal_ends_an_idle_server_at_once(serve, number):
    """Exit status 0, soon, and quietly; idle kept-alive connections don't hold it up."""
    server = serve(site, files)
    with server.connect() as idle, server.connect():
        idle.get("/")
        started = time.monotonic()
        server.signal(number)
        assert server.wait() == 0
        assert time.monotonic() - started < 2 * patience
        idle.assert_closed()
    server.ended()


def test_download_in_flight_is_finished(serve):
    """New connections are refused, the download goes on to its last byte, then the server ends."""
    server = serve(site, files)
    with server.connect(receive_buffer=65536) as client:
        client.send(request("GET /large.bin HTTP/1.1"))
        assert client.read_head().status == 200
        client.take(100_000)
        server.signal(signal.SIGTERM)
        wait_for(lambda: refused(server), "the listening socket is closed")
        assert server.process.poll() is None
        assert client.take(len(large) - 100_000) == large[100_000:]
        client.assert_closed()
    assert server.wait() == 0
    server.ended()


def test_request_in_flight_is_answered_and_told_that_it_is_the_last(serve):
    """A request whose content is still arriving gets its answer, with Connection: close."""
    server = serve(site, files)
    with server.connect() as client:
        client.send(request("POST /post HTTP/1.1", "Content-Length: 10", content=b"12345"))
        server.get("/")  # the server has seen the first half by now
        server.signal(signal.SIGTERM)
        wait_for(lambda: refused(server), "the listening socket is closed")
        client.send(b"67890")
        answer = client.response("POST")
        assert answer.text == "posted" and answer.closes
        client.assert_closed()
    assert server.wait() == 0
    server.ended()


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_second_signal_ends_at_once(serve, second):
    """Who can't wait for the downloads says so twice."""
    server = serve(site, files)
    with server.connect(receive_buffer=4096) as client:
        client.send(request("GET /large.bin HTTP/1.1"))
        client.read_head()
        server.signal(signal.SIGTERM)
        wait_for(lambda: refused(server), "the listening socket is closed")
        assert server.process.poll() is None
        started = time.monotonic()
        server.signal(second)
        assert server.wait() in (0, 1)
        assert time.monotonic() - started < 2 * patience
    server.ended()


def test_signals_that_mean_nothing_here_do_not_end_it(serve):
    """SIGPIPE comes with clients that go away, SIGWINCH with a terminal that changes its size."""
    server = serve(site, files)
    for number in (signal.SIGPIPE, signal.SIGWINCH):
        server.signal(number)
    assert server.get("/").text == "home"


def test_pid_file_lives_as_long_as_the_server(serve, tmp_path):
    """`pid` names a file with the process id; it is gone at the end."""
    server = serve("pid run.pid;\n" + site, files)
    assert (tmp_path / "run.pid").read_text().strip() == str(server.pid)
    server.stop()
    assert not (tmp_path / "run.pid").exists()


def test_port_is_free_for_the_next_one_at_once(serve):
    """A restart on the same port is not kept waiting by connections of the old process (SO_REUSEADDR)."""
    first = serve(site, files)
    port = first.port
    with first.connect() as client:
        client.get("/", "Connection: close")
        client.rest()
    first.stop()
    second = serve(site.replace("127.0.0.1:0", f"127.0.0.1:{port}"), files)
    assert second.get("/").text == "home"


def test_who_stands_in_the_backlog_is_served(serve):
    """Clients whose connection the kernel has taken, but not yet the server, get their answer before it stops."""
    server = serve(site, files)
    server.signal(signal.SIGSTOP)
    clients = [server.connect() for _ in range(10)]
    for client in clients:
        client.send(request("GET / HTTP/1.1"))
    server.signal(signal.SIGTERM)
    server.signal(signal.SIGCONT)
    for client in clients:
        answer = client.response()
        assert answer.text == "home" and answer.closes
    assert server.wait() == 0
    server.ended()


def test_who_is_connected_and_has_not_spoken_yet_is_served(serve):
    """TCP_DEFER_ACCEPT holds back whom the server hasn't heard of: a stop does not reset them."""
    server = serve("server { listen 127.0.0.1:0; root www; }", {"www/index.html": "home"})
    clients = [server.connect() for _ in range(20)]
    server.signal(signal.SIGTERM)
    server.wait_for_error("draining")
    for client in clients:
        client.send(request("GET / HTTP/1.1"))
    for client in clients:
        assert client.response().text == "home"
    assert server.wait() == 0


def test_a_stray_line_end_does_not_hold_up_the_stop(serve):
    """A client that sent an empty line after its request (RFC 9112 2.2) has not begun another one."""
    server = serve(site, files)
    with server.connect() as client:
        client.get("/")
        client.send(b"\r\n")
        server.get("/")  # the line end has been read by now
        started = time.monotonic()
        server.signal(signal.SIGTERM)
        assert server.wait() == 0
        assert time.monotonic() - started < 3 * patience
        assert client.rest() == b""
    server.ended()


def test_the_next_server_keeps_its_socket_and_pid_file(serve, tmp_path):
    """While the old one still finishes a request, a new one takes its unix socket and pid file, and keeps them."""
    config = f"""
        pid run.pid;
        server {{ listen unix:{tmp_path}/web.sock; root www; location /post {{ return 200 posted; }} }}
    """
    old = serve(config, files)
    with old.connect() as client:
        client.send(request("POST /post HTTP/1.1", "Content-Length: 4", content=b"12"))
        old.get("/")
        old.signal(signal.SIGTERM)
        wait_for(lambda: not (tmp_path / "web.sock").exists(), "the old one has given its socket up")
        new = serve(config, files)
        client.send(b"34")
        assert client.response("POST").text == "posted"
    assert old.wait() == 0
    assert (tmp_path / "run.pid").read_text().strip() == str(new.pid)
    assert new.get("/").text == "home"


def test_hup_without_a_terminal_changes_nothing(serve):
    """HUP reloads nginx; here it says that it can't, and the server goes on."""
    server = serve(site, files)
    server.signal(signal.SIGHUP)
    server.wait_for_error("warn", "HUP")
    assert server.get("/").text == "home"

"""Clients that mean harm, or are broken: they get an error or nothing, and the others get their answers."""

import pathlib
import random
import socket
import time

import pytest

from webserv_process import chunked, patience, request

site = """
    server {
        listen 127.0.0.1:0;
        root www;
        lingering_timeout 1s;
        location /post { return 200 "posted"; }
    }
"""
files = {"www/index.html": "home", "www/large.bin": bytes(2_000_000)}


def test_a_thousand_connections_cut_mid_request_leave_nothing(serve):
    """Cut at any byte, by FIN or RST, in head or content or in the middle of a response: no descriptor stays."""
    server = serve("worker_connections 2000;\n" + site, files)
    requests = [request("GET /large.bin HTTP/1.1", "User-Agent: x"),
                request("POST /post HTTP/1.1", "Content-Length: 50", content=bytes(50)),
                request("POST /post HTTP/1.1", "Transfer-Encoding: chunked", content=chunked(bytes(20), bytes(20))),
                request("GET / HTTP/1.1") * 5]
    choose = random.Random(3)
    for _ in range(20):
        clients = [server.connect() for _ in range(50)]
        for client in clients:
            data = choose.choice(requests)
            client.send(data[:choose.randint(0, len(data))])
        for client in clients:
            client.reset() if choose.random() < 0.5 else client.close()
    assert server.get("/").text == "home"
    server.wait_for_descriptors()


@pytest.mark.parametrize("seed", range(10))
def test_garbage_is_answered_400_or_cut(serve, seed):
    """Random bytes, and requests with random bytes changed: an answer or the end, and nobody else suffers."""
    server = serve(site, files)
    choose = random.Random(seed)
    good = (request("POST /post HTTP/1.1", "Transfer-Encoding: chunked", content=chunked(b"hello", b"world"))
            + request("GET /?a=b HTTP/1.1", "Range: bytes=0-1", 'If-None-Match: "a"'))
    for _ in range(40):
        if choose.random() < 0.3:
            data = choose.randbytes(choose.randint(1, 3000))
        else:
            data = bytearray(good)
            for _ in range(choose.randint(1, 5)):
                data[choose.randrange(len(data))] = choose.randrange(256)
        try:
            answer = server.raw(bytes(data))
        except ConnectionResetError:
            continue
        assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
    assert server.get("/").text == "home"


def test_two_hundred_slow_clients_do_not_slow_down_the_others(serve):
    """Each sends a byte now and then; a quick client is served between them as if it were alone."""
    server = serve("worker_connections 2000;\n" + site, files)
    slow = [server.connect() for _ in range(200)]
    head = request("GET / HTTP/1.1")
    took = []
    for byte in head[:-1]:
        for client in slow:
            client.send(bytes([byte]))
        started = time.monotonic()
        assert server.get("/").text == "home"
        took.append(time.monotonic() - started)
    assert sorted(took)[len(took) // 2] < 0.1 * patience and max(took) < 1 * patience
    for client in slow:
        client.send(head[-1:])
    for client in slow:
        assert client.response().text == "home"


def test_slow_readers_do_not_slow_down_the_others(serve):
    """A hundred clients that ask for a large file and read none of it."""
    server = serve("worker_connections 2000;\n" + site, files)
    for _ in range(100):
        server.connect(receive_buffer=4096).send(request("GET /large.bin HTTP/1.1"))
    started = time.monotonic()
    for _ in range(20):
        assert server.get("/").text == "home"
    assert time.monotonic() - started < 1 * patience


def test_requests_without_end_do_not_grow_the_process(serve):
    """A client that pipelines without reading fills the kernel's buffers, not the server's memory."""
    server = serve(site + "keepalive_requests 1000000000;", files)

    def resident():
        with open(f"/proc/{server.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * 4096

    before = resident()
    with server.connect(receive_buffer=4096) as client:
        client.socket.settimeout(0.5)
        data = request("GET / HTTP/1.1") * 1000
        with pytest.raises(OSError):
            for _ in range(2000):
                client.socket.sendall(data)
    assert resident() - before < 16_000_000 * patience


def test_many_fields_are_no_quadratic_trouble(serve):
    """A head full of the shortest lines that the limits allow is read in no time."""
    server = serve(site, files)
    started = time.monotonic()
    for _ in range(20):
        assert server.ask(request("GET / HTTP/1.1", *["a:"] * 5000)).status in (200, 431)
    assert time.monotonic() - started < 3 * patience


def test_endless_empty_lines_are_cut_off(serve):
    """Empty lines before a request are skipped (RFC 9112 2.2), but not without end."""
    server = serve(site, files)
    with server.connect() as client:
        client.send(b"\r\n" * 50_000)
        answer = client.response()
        assert answer.status in (400, 431) and answer.closes


@pytest.mark.parametrize("end", ["fin", "rst"])
@pytest.mark.parametrize("size", [9_000, 15_000, 28_000, 32_000])
def test_a_long_head_that_ends_in_the_middle_is_logged_as_it_was(serve, size, end):
    """The log's line is made of the bytes that came, wherever they are kept by then."""
    server = serve(site, files)
    line = b"X-Filler: " + b"f" * 5_000 + b"\r\n"
    with server.connect() as client:
        client.send((b"GET /long-head HTTP/1.1\r\nHost: a\r\n" + line * 10)[:size])
        server.get("/")  # what was sent has been read by now
        client.reset() if end == "rst" else client.finish_sending()
        server.wait_for_descriptors()
    lines = server.wait_for_accesses(2)
    assert any('"GET /long-head HTTP/1.1" 400 0 ' in line for line in lines)


def test_pipelined_listings_do_not_hold_up_the_others(serve):
    """Each listing costs time; somebody else's request is answered between two of one client, not after all of them."""
    many = {f"www/big/file-{i}": "" for i in range(1000)}
    server = serve(site.replace("location /post", "location /big/ { autoindex on; } location /post"), {**files, **many})
    with server.connect() as greedy, server.connect() as other:
        other.get("/")
        greedy.send(request("HEAD /big/ HTTP/1.1") * 200)
        assert other.get("/").text == "home"
        answered = greedy.socket.recv(1_000_000, socket.MSG_PEEK).count(b"HTTP/1.1 200 OK")
        assert answered < 100, "the other client had to wait for all of them"
        for _ in range(200):
            assert greedy.read_head().status == 200


def test_who_was_too_slow_once_is_not_waited_for_again(serve):
    """After 408 the connection ends, however the client goes on dripping."""
    server = serve("client_header_timeout 1s;\n" + site.replace("lingering_timeout 1s", "lingering_timeout 30s"), files)
    with server.connect() as client:
        client.send(b"GET / HTTP/1.1\r\nX: ")
        assert client.response().status == 408
        started = time.monotonic()
        client.assert_closed()
        assert time.monotonic() - started < 2 * patience


def test_content_that_drips_is_cut_off(serve):
    """client_body_timeout is for one piece; on the whole there is a minimum rate (500 bytes a second)."""
    server = serve("client_body_timeout 2s;\n" + site, files)
    with server.connect() as client:
        client.send(request("POST /post HTTP/1.1", "Content-Length: 1000"))
        started = time.monotonic()
        while time.monotonic() - started < 10 and not client.closed_by_server():
            try:
                client.send(b"x")
            except OSError:
                break
            time.sleep(0.5)
        assert 1.5 < time.monotonic() - started < 5 * patience


def test_file_shorter_than_its_size_is_a_500_and_spoils_nothing_else(serve):
    """A file of sysfs says 4096 bytes and holds fewer: the answer before it arrives, its own is an error."""
    if not pathlib.Path("/sys/kernel/uevent_seqnum").exists():
        pytest.skip("sysfs is not mounted here")
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root /sys/kernel;
            location /first { return 200 "first"; }
        }
    """)
    with server.connect() as client:
        client.send(request("GET /first HTTP/1.1") + request("GET /uevent_seqnum HTTP/1.1"))
        assert client.response().text == "first"
        answer = client.response()
        assert answer.status == 500 and answer.closes
    server.wait_for_error("error", "became shorter")

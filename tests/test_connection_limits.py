"""When connections or descriptors run out: those who are being served stay served, and nothing spins."""

import resource
import socket
import time

from webserv_process import patience, request, wait_for

site = "server { listen 127.0.0.1:0; root www; keepalive_timeout 60s; client_header_timeout 60s; }"
files = {"www/index.html": "home"}


def is_silent(client, seconds=0.3):
    """Nothing arrives for a while."""
    client.socket.settimeout(seconds)
    try:
        return client.socket.recv(1, socket.MSG_PEEK) is None
    except socket.timeout:
        return True
    finally:
        client.socket.settimeout(10 * patience)


def test_oldest_idle_connection_makes_room(serve):
    """Over worker_connections, the one that has been idle longest is closed; the others go on."""
    server = serve("worker_connections 8;\n" + site, files)
    idle = [server.connect() for _ in range(8)]
    for client in idle:
        assert client.get("/").text == "home"
    assert idle[0].get("/").text == "home"  # so that the second one is the oldest now
    with server.connect() as one_more:
        assert one_more.get("/").text == "home"
        idle[1].assert_closed()
        for client in [idle[0], *idle[2:]]:
            assert not client.closed_by_server()
            assert client.get("/").text == "home"


def test_many_more_clients_than_connections(serve):
    """A hundred clients on eight connections, one after the other: each is answered."""
    server = serve("worker_connections 8;\n" + site, files)
    clients = [server.connect() for _ in range(4)]
    for _ in range(100):
        client = server.connect()
        assert client.get("/").text == "home"
        clients.append(client)
    server.wait_for_accesses(100)


def test_a_crowd_at_once_on_few_connections(serve):
    """Sixty-four clients ask before the first is served: who has asked is not sent away for the next one."""
    server = serve("worker_connections 8;\n" + site, files)
    crowd = [server.connect() for _ in range(64)]
    for client in crowd:
        client.send(request("GET / HTTP/1.1", "Connection: close"))
    for client in crowd:
        assert client.response().text == "home"
        client.close()


def test_busy_connections_are_not_sacrificed(serve):
    """When all are in the middle of a request, a new one waits until one of them is done."""
    server = serve("worker_connections 4;\n" + site, files)
    busy = [server.connect() for _ in range(4)]
    for client in busy:
        client.send("GET / HTTP/1.1\r\nHost: local")
    waiting = server.connect()
    waiting.send(request("GET / HTTP/1.1"))
    assert is_silent(waiting)
    for client in busy[1:]:
        assert not client.closed_by_server()
    busy[0].send("host\r\nConnection: close\r\n\r\n")
    assert busy[0].response().text == "home"
    busy[0].close()
    assert waiting.response().text == "home"
    for client in busy[1:]:
        client.send("host\r\n\r\n")
        assert client.response().text == "home"


def test_waiting_for_a_connection_does_not_spin(serve):
    """With clients waiting in the backlog, the server sleeps."""
    server = serve("worker_connections 4;\n" + site, files)
    busy = [server.connect() for _ in range(4)]
    for client in busy:
        client.send("GET / HT")
    for _ in range(5):
        server.connect().send(request("GET / HTTP/1.1"))
    before = server.cpu_seconds()
    time.sleep(1)  # the time in which nothing is to be used
    assert server.cpu_seconds() - before < 0.2 * patience


def test_out_of_descriptors(serve):
    """EMFILE pauses accepting: connections that are there are served files, nothing spins, one line is logged a while,
    and accepting resumes when descriptors are free again."""
    server = serve(site, files | {f"www/{i}.txt": f"file {i}" for i in range(50)})
    first = server.connect()
    assert first.get("/").text == "home"
    soft, hard = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (max(server.descriptors()) + 20, hard))

    crowd = [server.connect() for _ in range(60)]
    for client in crowd:
        client.send("GET / HTTP/1.1\r\nHost: local")
    server.wait_for_error("too many open files")
    before = server.cpu_seconds()
    for i in range(50):
        assert first.get(f"/{i}.txt").text == f"file {i}"
    time.sleep(1)  # the time in which nothing is to be used
    assert server.cpu_seconds() - before < 0.3 * patience
    assert len([line for line in server.errors.splitlines() if "too many open files" in line.lower()]) < 10

    for client in crowd:
        client.send("host\r\nConnection: close\r\n\r\n")
    for client in crowd:
        assert client.response().text == "home"
        client.close()
    assert server.get("/").text == "home"
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (soft, hard))


def test_low_descriptor_limit_at_the_start(serve):
    """A server that may open few files starts, and answers more clients than that, a few at a time."""
    server = serve(site, files, descriptors=40)
    assert server.get("/").text == "home"
    clients = [server.connect() for _ in range(60)]
    for client in clients:
        client.send(request("GET / HTTP/1.1", "Connection: close"))
    for client in clients:
        assert client.response().text == "home"
        client.close()
    assert server.get("/").text == "home"


def test_full_house_is_not_cleared_before_someone_knocks(serve):
    """Exactly as many idle connections as are allowed: all of them stay."""
    server = serve("worker_connections 8;\n" + site, files)
    idle = [server.connect() for _ in range(8)]
    for client in idle * 3:
        assert client.get("/").text == "home"


def test_two_thousand_idle_connections(serve):
    """Many who say nothing cost nothing: a request among them is answered as before."""
    server = serve("worker_connections 4000;\n" + site, files)
    crowd = [server.connect() for _ in range(2000)]
    for client in crowd[::100]:
        assert client.get("/").text == "home"
    started = time.monotonic()
    for _ in range(20):
        assert server.get("/").text == "home"
    assert time.monotonic() - started < 2 * patience

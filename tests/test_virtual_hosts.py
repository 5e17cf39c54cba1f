"""Which server answers: listening sockets and Host (nginx: "How nginx processes a request", "Server names")."""

import socket

import pytest

from webserv_process import free_port, request

names = """
    server { listen 127.0.0.1:0; server_name example.org www.example.org; return 200 "exact"; }
    server { listen 127.0.0.1:0; server_name *.example.org; return 200 "star first"; }
    server { listen 127.0.0.1:0; server_name *.deep.example.org; return 200 "longer star"; }
    server { listen 127.0.0.1:0; server_name mail.*; return 200 "star last"; }
    server { listen 127.0.0.1:0; server_name .dotted.test; return 200 "dotted"; }
    server { listen 127.0.0.1:0; server_name ""; return 200 "no name"; }
    server { listen 127.0.0.1:0 default_server; server_name default.test; return 200 "default"; }
    server { listen 127.0.0.1:0; server_name [::1]; return 200 "literal"; }
"""


@pytest.mark.parametrize("host, expected", [
    ("example.org", "exact"),
    ("EXAMPLE.org", "exact"),
    ("example.org:8080", "exact"),
    ("example.org.", "exact"),
    ("www.example.org", "exact"),
    ("a.example.org", "star first"),
    ("a.b.example.org", "star first"),
    ("a.deep.example.org", "longer star"),
    ("mail.example.org", "star first"),
    ("mail.example.com", "star last"),
    ("mail.a.b.c", "star last"),
    ("dotted.test", "dotted"),
    ("a.dotted.test", "dotted"),
    ("xdotted.test", "default"),
    ("notexample.org", "default"),
    ("other.test", "default"),
    ("127.0.0.1", "default"),
    ("default.test", "default"),
    ("[::1]:80", "literal"),
])
def test_host_chooses_the_server(serve, host, expected):
    """Exact, then the longest `*.x`, then the longest `x.*`, else the default; case, port, a last dot don't count."""
    assert serve(names).get("/", host=host).text == expected


def test_without_host_the_empty_name_answers(serve):
    """An HTTP/1.0 request needs no Host; `server_name ""` is for these."""
    server = serve(names)
    assert server.ask("GET / HTTP/1.0\r\n\r\n").text == "no name"


def test_absolute_form_wins_over_host(serve):
    """RFC 9112 3.2.2: the authority of an absolute-form is the host, whatever Host says."""
    server = serve(names)
    assert server.ask(request("GET http://mail.example.com/ HTTP/1.1", host="example.org")).text == "star last"


def test_first_server_is_the_default(serve):
    """Without default_server the first one on the socket answers what none names."""
    server = serve("""
        server { listen 127.0.0.1:0; server_name a.test; return 200 "a"; }
        server { listen 127.0.0.1:0; server_name b.test; return 200 "b"; }
    """)
    assert server.get("/", host="c.test").text == "a"
    assert server.get("/", host="b.test").text == "b"
    assert server.ask("GET / HTTP/1.0\r\n\r\n").text == "a"


def test_sockets_have_their_own_servers(serve):
    """The same name on two sockets is two servers; a server may listen on several."""
    one, two, both = free_port(), free_port(), free_port()
    server = serve(f"""
        server {{ listen 127.0.0.1:{one}; server_name a.test; return 200 "one"; }}
        server {{ listen 127.0.0.1:{two}; listen 127.0.0.1:{both}; server_name a.test; return 200 "two"; }}
    """)
    ports = {int(endpoint.rsplit(":", 1)[1]): index for index, endpoint in enumerate(server.endpoints)}
    assert set(ports) == {one, two, both}
    assert server.get("/", host="a.test", index=ports[one]).text == "one"
    assert server.get("/", host="a.test", index=ports[two]).text == "two"
    assert server.get("/", host="a.test", index=ports[both]).text == "two"


def test_ipv6(serve):
    """[::1] is served, and named in brackets."""
    server = serve("""server { listen [::1]:0; location / { return 200 "six"; } }""")
    assert server.endpoints[0].startswith("[::1]:")
    assert server.get("/", host="[::1]").text == "six"
    assert server.wait_for_accesses(1)[0].startswith("::1 - - [")


def test_wildcard_address_serves_every_address(serve):
    """`*:port` and a port alone listen on all IPv4 addresses."""
    port = free_port()
    server = serve(f"""server {{ listen {port}; location / {{ return 200 "any"; }} }}""")
    assert server.get("/").text == "any"
    with socket.create_connection(("127.0.0.2", port)) as other:
        other.sendall(request("GET / HTTP/1.0"))
        assert other.recv(16).startswith(b"HTTP/1.1 200")


def test_one_address_beside_the_wildcard(serve):
    """Servers of one address beside those of all others on the same port: each connection gets the right ones."""
    port = free_port()
    server = serve(f"""
        server {{ listen 127.0.0.2:{port}; return 200 "two"; }}
        server {{ listen {port}; return 200 "any"; }}
    """, sockets=1)
    for address, expected in (("127.0.0.1", b"any"), ("127.0.0.2", b"two")):
        with socket.create_connection((address, port)) as client:
            client.sendall(request("GET / HTTP/1.0"))
            data = b""
            while piece := client.recv(4096):
                data += piece
            assert data.endswith(expected)


def test_unix_socket(serve, tmp_path):
    """A unix-domain socket is served like any other, and its file is gone at the end."""
    path = tmp_path / "s.sock"
    server = serve(f"""server {{ listen unix:{path}; return 200 "local"; }}""")
    assert server.get("/").text == "local"
    assert server.wait_for_accesses(1)[0].startswith("unix: - - [")
    server.stop()
    assert not path.exists()


def test_stale_unix_socket_is_replaced(serve, tmp_path):
    """A socket file that nobody listens on (a crash left it) does not keep the server from starting."""
    path = tmp_path / "s.sock"
    with socket.socket(socket.AF_UNIX) as crashed:
        crashed.bind(str(path))
        crashed.listen()
    assert path.exists()
    assert serve(f"""server {{ listen unix:{path}; return 200 "local"; }}""").get("/").text == "local"


@pytest.mark.parametrize("fields", [
    (), ("Host: a", "Host: a"), ("Host: a", "Host: b"), ("Host: a b",), ("Host: a/b",), ("Host: a:x",),
    ("Host: user@a",), ("Host: [::1",), ("Host: a:65536",),
])
def test_rfc9112_3_2_bad_host_is_400(serve, fields):
    """Missing in HTTP/1.1, repeated or no host at all: 400, and the connection ends."""
    server = serve(names)
    with server.connect() as client:
        answer = client.ask("\r\n".join(["GET / HTTP/1.1", *fields]) + "\r\n\r\n")
        assert answer.status == 400 and answer.closes
        client.assert_closed()
    server.wait_for_error("host-")

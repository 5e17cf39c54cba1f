"""Many kept-alive clients at once, each of which asks as soon as all of them were answered, so that the server always
finds many of them ready."""

import re
import signal

browser_fields = [
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language: en-US,en;q=0.5",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Referer: http://localhost/articles/2026/an-article-about-something.html",
    "Connection: keep-alive",
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=all",
    "Upgrade-Insecure-Requests: 1",
    "Sec-Fetch-Dest: document",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: same-origin",
    "Sec-Fetch-User: ?1",
    "Priority: u=0, i",
]


class Crowd:
    """Connections that ask in step. What they ask is bursts of requests (GET, and always answered alike)."""

    def __init__(self, server, size):
        self.sockets = [server.connect().socket for _ in range(size)]
        self.server = server
        self.forms = {}  # burst -> (the statuses of its answers, how long they are together)

    def ask(self, bursts, rounds, at_once=False):
        """Each client sends one of these bursts, the next client the next one, and all of them do so `rounds` times.
        With `at_once` the server sleeps meanwhile, so that it finds all of them ready when it wakes up."""
        for burst in bursts:
            if burst not in self.forms:
                self.forms[burst] = self.form_of(burst)
        order = [bursts[number % len(bursts)] for number in range(len(self.sockets))]
        for _ in range(rounds):
            if at_once:
                self.server.signal(signal.SIGSTOP)
            for socket, burst in zip(self.sockets, order):
                socket.sendall(burst)
            if at_once:
                self.server.signal(signal.SIGCONT)
            for socket, burst in zip(self.sockets, order):
                self.take(socket, *self.forms[burst])

    def form_of(self, burst):
        socket = self.sockets[0]
        socket.sendall(burst)
        statuses, data, begin = [], b"", 0
        for _ in range(burst.count(b"\r\n\r\n")):
            while (end := data.find(b"\r\n\r\n", begin)) < 0:
                data += self.more(socket, 65536)
            head = data[begin:end].decode("latin-1")
            statuses.append(head.split()[1])
            length = re.search(r"\r\nContent-Length: (\d+)", head)
            begin = end + 4 + (int(length[1]) if length and statuses[-1] != "304" else 0)
            while len(data) < begin:
                data += self.more(socket, 65536)
        assert begin == len(data), "more than was asked for"
        return statuses, len(data)

    def take(self, socket, statuses, length):
        data = self.more(socket, length)
        while len(data) < length:
            data += self.more(socket, length - len(data))
        assert data[9:12].decode() == statuses[0], data[:200]

    def more(self, socket, length):
        data = socket.recv(length)
        assert data, "the server closed the connection"
        return data

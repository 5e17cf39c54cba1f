"""Reads what `strace -f -e trace=network,desc` wrote and checks the rule of the loop:

A recv or send on a client socket happens only while epoll_wait has reported that direction ready and nothing has used
it up since (a short count or an error does, epoll(7)), and there is at most one of them on a socket between two
epoll_waits.
"""

import re

receiving = {"recv", "recvfrom", "recvmsg", "read", "readv"}
sending = {"send", "sendto", "sendmsg", "write", "writev"}
resumed = re.compile(r"<\.\.\. \w+ resumed>")

# epoll_wait(5, [{events=EPOLLIN|EPOLLOUT, data={u32=8, u64=4294967304}}], 64, 1000) = 1
reported = re.compile(r"\{events=([A-Z|]+), data=(?:\{u32=\d+, u64=(\d+)\}|(0x[0-9a-f]+))\}")


class Socket:
    """What is known of one client socket."""

    def __init__(self):
        self.readable = False
        self.writable = False
        self.ending = False  # RDHUP, HUP or ERR was seen: the end is still to be read, and no further edge will tell
        self.operations = 0  # since the last epoll_wait


def unquoted(text):
    """The arguments without the contents of their strings, so that commas and braces in them don't count."""
    return re.sub(r'"(?:[^"\\]|\\.)*"(?:\.\.\.)?', '""', text)


def asked_for(name, arguments):
    """How many bytes the call would have moved."""
    if name in ("recv", "recvfrom", "send", "sendto", "read", "write"):
        return int(re.match(r"\d+, \S+?, (\d+)", arguments)[1])
    if name == "sendfile":
        return int(re.findall(r"(\d+)$", arguments)[0])
    return sum(int(length) for length in re.findall(r"iov_len=(\d+)", arguments))


class Checker:
    """Feed it the log line by line; `violations` and the counts tell."""

    def __init__(self):
        self.sockets = {}
        self.descriptor_of = {}  # epoll data -> descriptor
        self.violations = []
        self.waits = 0
        self.receives = 0
        self.sends = 0

    def feed(self, line):
        match = re.match(r"(?:\[pid +\d+\] |\d+ +)?(\w+)\((.*)\) += (-?\d+)(.*)", line)
        if not match:
            assert "unfinished" not in line and not resumed.search(line), f"more than one thread: {line}"
            return
        name, arguments, result = match[1], unquoted(match[2]), int(match[3])
        if name in ("epoll_wait", "epoll_pwait", "epoll_pwait2"):
            self.wait(arguments)
        elif name in ("accept", "accept4") and result >= 0:
            self.sockets[result] = Socket()
        elif name == "epoll_ctl":
            self.control(arguments)
        elif name == "close" and result == 0:
            self.sockets.pop(int(arguments), None)
        elif name in receiving | sending | {"sendfile", "splice"}:
            self.operation(name, arguments, result, line)

    def control(self, arguments):
        match = re.match(r"\d+, EPOLL_CTL_(ADD|MOD), (\d+), (.*)", arguments)
        if match and (event := reported.search(match[3])):
            self.descriptor_of[event[2] or event[3]] = int(match[2])

    def wait(self, arguments):
        self.waits += 1
        for socket in self.sockets.values():
            socket.operations = 0
        for events, decimal, hexadecimal in reported.findall(arguments):
            socket = self.sockets.get(self.descriptor_of.get(decimal or hexadecimal))
            if socket is None:
                continue
            names = set(events.split("|"))
            ends = bool(names & {"EPOLLRDHUP", "EPOLLHUP", "EPOLLERR"})
            socket.readable |= "EPOLLIN" in names or ends
            socket.writable |= "EPOLLOUT" in names or bool(names & {"EPOLLHUP", "EPOLLERR"})
            socket.ending |= ends

    def operation(self, name, arguments, result, line):
        socket = self.sockets.get(int(re.match(r"\d+", arguments)[0]))
        if socket is None:
            return
        receives = name in receiving
        self.receives += receives
        self.sends += not receives
        socket.operations += 1
        if socket.operations > 1:
            self.violations.append(f"a second operation on a socket between two epoll_waits: {line}")
        if not (socket.readable if receives else socket.writable):
            self.violations.append(f"an operation that no readiness covers: {line}")
        if result >= asked_for(name, arguments):
            return
        if receives:
            socket.readable = socket.ending and result > 0
        else:
            socket.writable = False


def check(lines):
    checker = Checker()
    for line in lines:
        checker.feed(line)
    return checker

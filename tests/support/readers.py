"""Clients that ask for files while they change, and judge each answer by the book that the writer keeps, `churn.py`."""

import collections
import itertools
import random
import socket
import time

from support.churn import State, block_length, content, memory_limit, pages

# `known`: the (ETag, stamp, size) that it asks with
Question = collections.namedtuple("Question", "page method known bytes")


class Reader:
    """One client: asks on a kept-alive connection, one to four requests at a time, and judges each answer by the book.

    `faults` are answers that were wrong, each with its kind (too old, a wrong 304, ...). `doubts` are contents that no
    version had, or none that was current: they are judged at the end, when the whole book is written. `tags` is which
    content came with which ETag."""

    def __init__(self, address, book, seed):
        self.address = address
        self.book = book
        self.random = random.Random(seed)
        self.pages = pages()
        self.faults = []
        self.doubts = []
        self.tags = {}      # (page, etag) -> {(stamp, size): (oldest, newest) state it was asked between}
        self.known = {}     # page -> (etag, stamp, size)
        self.counts = collections.Counter()
        self.socket = None
        self.buffer = b""

    def run(self, reads):
        answered = 0
        while answered < reads and len(self.faults) < 20:
            if self.socket is None:
                self.socket = socket.create_connection(self.address, timeout=30)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.buffer = b""
            questions = [self.question() for _ in range(self.random.choice([1, 1, 1, 2, 3, 4]))]
            # Here it begins: what is certain now may not be older in any of the answers.
            oldest = [self.book.certain(question.page.number) for question in questions]
            self.socket.sendall(b"".join(question.bytes for question in questions))
            for question, since in zip(questions, oldest):
                if not self.answer(question, since):
                    self.counts["cut"] += 1
                    self.socket.close()
                    self.socket = None
                    break
                answered += 1
            time.sleep(self.random.random() * 0.004)  # leaves the writer time to change something
        if self.socket:
            self.socket.close()
        return self.faults, self.doubts, self.tags, self.counts

    def question(self):
        number = self.book.changed_last if self.random.random() < 0.3 else self.random.randrange(len(self.pages))
        page = self.pages[number]
        method = self.random.choice(["GET", "GET", "GET", "GET", "HEAD"])
        known = self.known.get(number) if method == "GET" and self.random.random() < 0.3 else None
        field = f"If-None-Match: {known[0]}\r\n" if known else ""
        text = f"{method} {page.target} HTTP/1.1\r\nHost: localhost\r\n{field}\r\n"
        return Question(page, method, known, text.encode())

    def fill(self):
        try:
            data = self.socket.recv(512 * 1024)
        except ConnectionResetError:
            data = b""
        self.buffer += data
        return bool(data)

    def answer(self, question, oldest):
        """Reads one and judges it; False when the connection ended first."""
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            if not self.fill():
                return False
        head = self.buffer[:end].decode("latin-1").split("\r\n")
        status = head[0].split(" ")[1]
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        length = 0 if question.method == "HEAD" or status == "304" else int(fields["content-length"])
        begin = end + 4
        while len(self.buffer) < begin + length:
            if not self.fill():
                self.buffer = b""
                return False
        body = self.buffer[begin:begin + length]
        self.buffer = self.buffer[begin + length:]
        self.judge(question, status, fields, body, (oldest, self.book.begun(question.page.number)))
        return True

    def judge(self, question, status, fields, body, span):
        page = question.page
        possible = [self.book.state(page.number, number) for number in range(span[0], span[1] + 1)]
        self.counts["HEAD" if question.method == "HEAD" else status] += 1
        self.counts["certain"] += span[0] == span[1]

        def fault(kind, what):
            shown = [(State.unpack(state), state >> 60) for state in possible[:12]]
            stood_for = f"it stood for {shown}, states {span}"
            self.faults.append((kind, f"{question.bytes}: {what}; {stood_for}; answer {fields}"))

        if status == "404":
            if State.missing not in possible:
                fault("stale", "404, but the file was there")
        elif status == "304":
            if question.known is None or fields.get("etag") != question.known[0]:
                fault("conditional", "304 that nobody asked for")
            elif not self.stood_for(possible, *question.known[1:]):
                fault("stale", f"304 for (stamp, size) {question.known[1:]}, which is not current")
        elif status != "200":
            fault("status", f"status {status}")
        elif question.method == "HEAD":
            if not any(self.has_size(state, int(fields["content-length"]), i) for i, state in enumerate(possible)):
                fault("stale", "Content-Length is of no current version")
        else:
            self.judge_content(question, fields, body, span, possible, fault)

    def judge_content(self, question, fields, body, span, possible, fault):
        page = question.page
        stamp = int(body[2:9]) if body[2:9].isdigit() else 0
        if body != content(page.number, stamp, len(body)):
            blocks = sorted({body[i:i + block_length] for i in range(0, len(body), block_length)})[:6]
            self.doubts.append(("mix", page.number, span, f"{page.target}, {len(body)} bytes: {blocks}"))
        elif not body:
            if not any(self.has_size(state, 0, i) for i, state in enumerate(possible)):
                fault("stale", "empty, but the file was not")
        elif not self.stood_for(possible, stamp, len(body)):
            what = f"{question.bytes}: stamp {stamp}, size {len(body)} is not current; answer {fields}"
            self.doubts.append(("stale", page.number, span, what))
        elif question.known == (fields.get("etag"), stamp, len(body)):
            fault("conditional", "200 where 304 was due")
        else:
            self.known[page.number] = (fields.get("etag"), stamp, len(body))
            contents = self.tags.setdefault((page.number, fields.get("etag")), {})
            contents.setdefault((stamp, len(body)), span)

    def has_size(self, state, size, index):
        unpacked = State.unpack(state)
        return unpacked is not None and (
            unpacked[1] == size or bool(index and state & State.growing) and size < unpacked[1])

    def stood_for(self, possible, stamp, size):
        """A version that was current while the question was under way; of one that was growing, a part."""
        return any((unpacked := State.unpack(state)) and unpacked[0] == stamp and self.has_size(state, size, index)
                   for index, state in enumerate(possible))


class Verdict:
    """What all readers saw, judged with the whole book at hand: `faults`, and how many mixes are `excused`."""

    def __init__(self, book, results, touched):
        self.book = book
        self.large = {page.number for page in pages() if page.largest > memory_limit}
        self.counts = collections.Counter()
        self.excused = 0
        self.faults = []
        tags = collections.defaultdict(lambda: collections.defaultdict(list))
        for faults, doubts, seen, counts in results:
            self.faults += faults
            self.counts.update(counts)
            for doubt in doubts:
                self.judge_doubt(*doubt)
            for tag, contents in seen.items():
                for which, span in contents.items():
                    tags[tag][which].append(span)
        self.judge_tags(tags, touched)

    @property
    def kinds(self):
        return dict(collections.Counter(kind for kind, _ in self.faults))

    def mixed_by_the_kernel(self, page, span):
        """Whether the file itself, or its pages on their way, may have been a mix while the question was under way.

        sendfile puts the file's own pages into the socket: what is written to them afterwards still arrives, and a file
        that was emptied and has grown again can't be told from one that was appended to. Content in memory has no such
        excuse but one: the writer was held up within its pwrite, so that the file itself was a mix for long."""
        flags = State.overwritten | State.growing if page in self.large else State.stalled
        return any(self.book.state(page, number) & flags for number in range(span[0] + 1, span[1] + 1))

    def judge_doubt(self, kind, page, span, what):
        if self.mixed_by_the_kernel(page, span):
            self.excused += 1
            return
        states = [self.book.state(page, number) for number in range(span[0], span[1] + 1)]
        shown = [(State.unpack(state), state >> 60) for state in states[:12]]
        self.faults.append((kind, f"{what}; it stood for {shown}, states {span}"))

    def judge_tags(self, tags, touched):
        """One ETag, one content; and one content, one ETag, unless the file was touched without being changed."""
        etags = collections.defaultdict(set)
        for (page, etag), contents in tags.items():
            spans = itertools.chain.from_iterable(contents.values())
            if len(contents) > 1 and not (page in self.large and any(self.mixed_by_the_kernel(page, s) for s in spans)):
                self.faults.append(("tags", f"page {page} has ETag {etag} for several contents: {dict(contents)}"))
            for which in contents:
                etags[page, which].add(etag)
        for (page, which), several in etags.items():
            if len(several) > 1 and (page, which[0]) not in touched and page not in self.large:
                self.faults.append(("tags", f"page {page} has several ETags for one content {which}: {several}"))

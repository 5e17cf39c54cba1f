"""Files that change at random while they are read, and a book of what every path has stood for.

A `Writer` changes files in all the ways there are. It shares a `Book` with the readers (`readers.py`), which are other
processes: before a change it notes what the path is about to stand for, and after it has returned, that it does. So who
looks into the book just before asking, and again when the answer is there, knows what the answer may be, and what would
be too old. Each block of a content names its path and version, so that a mix shows.
"""

import collections
import contextlib
import ctypes
import itertools
import mmap
import os
import random
import shutil
import time

history = 16384  # states of a path that the book has room for
block_length = 10


def content(path, stamp, size):
    block = b"%02d%07d\n" % (path, stamp)
    return (block * (size // block_length + 1))[:size]


class State:
    """What a path stands for: nothing, or content; packed into 64 bits. The flags say how it came to be."""

    missing = 0
    growing = 1 << 62       # the file becomes longer, and a reader may meet it before it is as long as it will be
    overwritten = 1 << 61   # in place: for a moment, the file itself is a mix
    stalled = 1 << 60       # overwritten, and the writer was held up within its pwrite: that moment was a long one

    @staticmethod
    def of(stamp, size, flags=0):
        return flags | stamp << 24 | size << 1 | 1

    @staticmethod
    def unpack(state):
        """(stamp, size), None for nothing."""
        if not state & 1:
            return None
        return state >> 24 & 0xFFFFFFF, state >> 1 & 0x7FFFFF


class Book:
    """In memory that the processes share: for each path its states, how many have begun, how many are certain."""

    def __init__(self, paths):
        self.words = memoryview(mmap.mmap(-1, 8 * (2 + paths * (history + 2)))).cast("Q")
        self.paths = paths

    def place(self, path):
        return 2 + path * (history + 2)

    def begun(self, path):
        return self.words[self.place(path)]

    def certain(self, path):
        return self.words[self.place(path) + 1]

    def state(self, path, number):
        return self.words[self.place(path) + 2 + number]

    def begin(self, path, state):
        place = self.place(path)
        number = self.words[place] + 1
        assert number < history, "more changes than the book has room for"
        self.words[place + 2 + number] = state
        self.words[place] = number
        self.words[0] = path

    def mark(self, path, number, flag):
        self.words[self.place(path) + 2 + number] |= flag

    def confirm(self, path):
        self.words[self.place(path) + 1] = self.begun(path)

    @property
    def changed_last(self):
        return self.words[0]

    @property
    def over(self):
        return bool(self.words[1])

    def end(self):
        self.words[1] = 1


class Page:
    """A path of the site, and what the writer knows of its file."""

    def __init__(self, number, target, smallest, largest):
        self.number = number
        self.target = target
        self.smallest = smallest
        self.largest = largest
        self.stamp = 0
        self.size = 0
        self.descriptor = None  # opened before the change that uses it

    def forget_descriptor(self):
        if self.descriptor is not None:
            os.close(self.descriptor)
        self.descriptor = None


memory_limit = 60 * 1024  # up to here content is served from memory, and its answers are whole, always


def pages():
    """Small and large ones, by themselves, behind links, and in folders that are swapped as a whole."""
    small, large = (10, memory_limit), (100_000, 300_000)
    targets = [(f"/plain/{i}.txt", *small) for i in range(8)] + [(f"/plain/large{i}.txt", *large) for i in range(3)]
    targets += [(f"/link/{i}.txt", *small) for i in range(3)] + [("/link/large.txt", *large)]
    targets += [(f"/via/current/{i}.txt", *small) for i in range(2)]
    targets += [(f"/deep/one/two/{i}.txt", *small) for i in range(2)] + [("/deep/one/two/large.txt", *large)]
    return [Page(number, *target) for number, target in enumerate(targets)]


class Writer:
    """Changes the site below `www`, one way after the other, until the book is closed."""

    def __init__(self, www, book, seed):
        self.www = www
        self.book = book
        self.random = random.Random(seed)
        self.pages = pages()
        self.stamps = itertools.count(1)
        self.names = itertools.count(1)
        self.waste = []  # (when it may go, what): who is on its way through an old link still arrives
        self.done = collections.Counter()
        self.touched = set()  # (page, stamp): one content whose inode changed nevertheless, as link() and utime() do
        self.store = www.parent / "store"
        for folder in ("plain", "link", "via", "pool"):
            (www / folder).mkdir(parents=True)
        self.store.mkdir()
        plain = [page for page in self.pages if page.target.startswith("/plain/")]
        linked = [page for page in self.pages if page.target.startswith("/link/")]
        self.via = [page for page in self.pages if page.target.startswith("/via/")]
        self.deep = [page for page in self.pages if page.target.startswith("/deep/")]
        for page in plain:
            self.replace(page)
        for page in linked:
            self.switch_link(page)
        self.switch_middle()
        folder = self.folder_of(self.deep, "one/two")
        with self.changing(self.deep):
            os.rename(folder, www / "deep")
        self.ways = [(way, page) for page in plain for way in (
            self.overwrite, self.overwrite, self.replace, self.truncate, self.cut, self.append, self.recreate,
            self.reappear, self.set_back, self.write_through_hard_link)]
        self.ways += [(way, page) for page in linked for way in (self.switch_link, self.overwrite, self.append)]
        self.ways += [(self.switch_middle, None)] * 8 + [(self.overwrite, page) for page in self.via]
        self.ways += [(self.swap_folders, None)] * 12 + [(self.overwrite, page) for page in self.deep]

    def run(self):
        # Held up within a pwrite, it would leave a file that is a mix for as long; it tries not to be.
        with contextlib.suppress(OSError):
            os.nice(-10)
        while not self.book.over:
            way, page = self.random.choice(self.ways)
            self.done[way.__name__] += 1
            way(*[page] if page else [])
            self.tidy()
            if self.random.random() < 0.7:  # the rest follows at once
                time.sleep(self.random.random() * 0.006)
        return self.done, self.touched

    # The book

    @contextlib.contextmanager
    def changing(self, those, flags=0):
        """Around the system call that changes them all; `page.stamp` and `page.size` are already the new ones."""
        for page in those:
            self.book.begin(page.number, State.missing if page.stamp is None
                            else State.of(page.stamp, page.size, flags))
        yield
        for page in those:
            self.book.confirm(page.number)

    # Contents

    def path(self, page):
        return self.www / page.target[1:]

    def renew(self, page, size=None):
        """A content that there has not been, of any size or of this one."""
        page.stamp = next(self.stamps)
        page.size = size or self.random.choice([
            page.smallest, page.largest, self.random.randint(page.smallest, page.largest)])
        return content(page.number, page.stamp, page.size)

    def new_name(self, extension=""):
        return f"{next(self.names)}{extension}"

    def new_file(self, page):
        path = self.store / self.new_name()
        path.write_bytes(self.renew(page))
        return path

    def folder_of(self, those, within):
        """A folder with new contents for all of these in the folder `within` it."""
        folder = self.store / self.new_name()
        (folder / within).mkdir(parents=True)
        for page in those:
            page.forget_descriptor()
            (folder / within / os.path.basename(page.target)).write_bytes(self.renew(page))
        return folder

    def throw_away(self, path):
        self.waste.append((time.monotonic() + 0.5, path))

    def tidy(self):
        while self.waste and self.waste[0][0] < time.monotonic():
            path = self.waste.pop(0)[1]
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def file_of(self, page):
        if page.descriptor is None or self.random.random() < 0.2:
            page.forget_descriptor()
            page.descriptor = os.open(self.path(page), os.O_RDWR)
        return page.descriptor

    def pwrite(self, page, data, flags=0, offset=0, descriptor=None):
        file = self.file_of(page) if descriptor is None else descriptor
        with self.changing([page], flags):
            started = time.monotonic()
            os.pwrite(file, data, offset)
            if time.monotonic() - started > 0.0003:  # without a pause, it takes a few microseconds
                self.book.mark(page.number, self.book.begun(page.number), State.stalled)

    # The ways

    def overwrite(self, page):
        if page.size:
            self.pwrite(page, self.renew(page, page.size), State.overwritten)

    def replace(self, page):
        new = self.new_file(page)
        page.forget_descriptor()
        with self.changing([page]):
            os.rename(new, self.path(page))

    def truncate(self, page):
        """To nothing, then written anew."""
        file = self.file_of(page)
        size, page.size = page.size, 0
        with self.changing([page]):
            os.ftruncate(file, 0)
        self.pwrite(page, self.renew(page, size or None), State.growing)

    def cut(self, page):
        if page.size < 2 * page.smallest:
            return
        file = self.file_of(page)
        page.size = self.random.randint(page.smallest, page.size - 1)
        with self.changing([page], State.overwritten):  # it clears the rest of the last page
            os.ftruncate(file, page.size)

    def append(self, page):
        old = page.size
        if old >= page.largest:
            return
        page.size = self.random.randint(old + 1, page.largest)
        self.pwrite(page, content(page.number, page.stamp, page.size)[old:], State.growing, old)

    def vanish(self, page):
        page.forget_descriptor()
        stamp, page.stamp = page.stamp, None
        with self.changing([page]):
            os.unlink(self.path(page))
        page.stamp = stamp

    def recreate(self, page):
        """Deleted, then created empty and written."""
        self.vanish(page)
        page.size = 0
        with self.changing([page]):
            page.descriptor = os.open(self.path(page), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        self.pwrite(page, self.renew(page), State.growing, descriptor=page.descriptor)

    def reappear(self, page):
        """Deleted, then linked into its place as a whole."""
        self.vanish(page)
        new = self.new_file(page)
        with self.changing([page]):
            os.link(new, self.path(page))
        self.touched.add((page.number, page.stamp))
        self.throw_away(new)

    def set_back(self, page):
        """Another content, and then the times it had."""
        before = os.stat(self.path(page)).st_mtime_ns
        self.overwrite(page)
        self.touched.add((page.number, page.stamp))
        os.utime(self.path(page), ns=(before, before))

    def write_through_hard_link(self, page):
        other = self.store / self.new_name()
        self.touched.add((page.number, page.stamp))
        os.link(self.path(page), other)
        descriptor = os.open(other, os.O_RDWR)
        if page.size:
            self.pwrite(page, self.renew(page, page.size), State.overwritten, descriptor=descriptor)
        os.close(descriptor)
        self.touched.add((page.number, page.stamp))
        other.unlink()

    def link(self, target, place):
        """Makes `place` a link to this; absolute or relative, over whatever was there."""
        new = self.store / self.new_name()
        new.symlink_to(target if self.random.random() < 0.5 else os.path.relpath(target, place.parent))
        os.rename(new, place)

    def switch_link(self, page):
        page.forget_descriptor()
        target = self.www / "pool" / self.new_name(".txt")
        old = self.path(page).resolve() if self.path(page).exists() else None
        os.rename(self.new_file(page), target)
        with self.changing([page]):
            self.link(target, self.path(page))
        if old:
            self.throw_away(old)

    def switch_middle(self):
        place = self.www / "via/current"
        target = self.www / "pool" / self.new_name()
        old = place.resolve() if place.exists() else None
        os.rename(self.folder_of(self.via, "."), target)
        with self.changing(self.via):
            self.link(target, place)
        if old:
            self.throw_away(old)

    def swap_folders(self):
        """At one of three levels above the files; at once, or away and another one in its place."""
        place, within = self.random.choice([("deep", "one/two"), ("deep/one", "two"), ("deep/one/two", ".")])
        new, place, old = self.folder_of(self.deep, within), self.www / place, self.store / self.new_name()
        if self.random.random() < 0.5:
            with self.changing(self.deep):
                exchange(new, place)
            self.throw_away(new)
            return
        stamps = [page.stamp for page in self.deep]
        for page in self.deep:
            page.stamp = None
        with self.changing(self.deep):
            os.rename(place, old)
        for page, stamp in zip(self.deep, stamps):
            page.stamp = stamp
        with self.changing(self.deep):
            os.rename(new, place)
        self.throw_away(old)


def exchange(one, other):
    """Swaps what two names stand for, at once: renameat2(AT_FDCWD, RENAME_EXCHANGE)."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(-100, os.fsencode(one), -100, os.fsencode(other), 2) != 0:
        raise OSError(ctypes.get_errno(), "renameat2")

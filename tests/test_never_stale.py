"""A changed file is never served old: whatever a server keeps of a file, the first request that begins after a change
has returned shows it, in status, content, length and validators.

Each way to change a file is a generator that makes one version after the other and yields what must be served from then
on. Two things may take a second, because no file system event tells of them: writes through a mapping, and a root that
is itself a symbolic link. The last tests are about answers on their way while their file changes.
"""

import ctypes
import itertools
import mmap
import multiprocessing
import os
import shutil
import time

import pytest

from support import churn, readers
from webserv_process import parse_http_date, patience, request, wait_for

site = """
    server {
        listen 127.0.0.1:0;
        root www;
    }
"""
revalidated = 1.5  # seconds within which a change shows of which no event tells


def version(number, size):
    """Content of this size that differs from every other version's in each of its blocks."""
    block = b"%09d\n" % number
    return (block * (size // len(block) + 1))[:size]


class Visitor:
    """Asks for one path on a kept-alive connection, and knows what it was told before."""

    manners = ("GET", "HEAD", "If-None-Match")

    def __init__(self, server, target):
        self.client = server.connect()
        self.file = server.folder / "www" / target.removeprefix("/")
        self.target = target
        self.etag = '"none"'
        self.content = None
        self.turn = 0

    def ask(self, manner):
        fields = [f"If-None-Match: {self.etag}"] if manner == "If-None-Match" else []
        method = "HEAD" if manner == "HEAD" else "GET"
        return self.client.ask(request(f"{method} {self.target} HTTP/1.1", *fields))

    def expect(self, content):
        """The very next request, each time in another manner, and those behind it show this; None: it isn't there."""
        self.turn += 1
        first = (self.turn + self.turn // len(self.manners)) % len(self.manners)
        answers = []
        for manner in self.manners[first:] + self.manners[:first]:
            asked_at = time.time()
            answer = self.ask(manner)
            what = f"{self.target}, change {self.turn}, asked by {manner}: {answer}"
            if content is None:
                assert answer.status == 404, what
            else:
                self.check(answer, content, manner, asked_at, what)
                answers.append(answer["ETag"])
        assert len(set(answers)) <= 1, answers
        if content is not None:
            self.etag, self.content = answers[0], content
            again = self.ask("If-None-Match")
            assert (again.status, again["ETag"]) == (304, self.etag)
        for manner in self.manners * 2:  # whatever is kept, is now
            assert self.ask(manner).status == (404 if content is None else 304 if manner == "If-None-Match" else 200)

    def check(self, answer, content, manner, asked_at, what):
        if content == self.content and manner == "If-None-Match" and answer.status == 304:
            return
        assert answer.status == 200, what
        assert answer["Content-Length"] == str(len(content)), what
        assert manner == "HEAD" or answer.content == content, what
        if self.content is not None and content != self.content:
            assert answer["ETag"] != self.etag, what
        modified = int(os.stat(self.file).st_mtime)
        if answer["Last-Modified"] is None:
            assert modified >= int(asked_at), f"no Last-Modified: {what}"  # only a time to come isn't said
        else:
            assert parse_http_date(answer["Last-Modified"]) == modified, what


# The ways to change what "/a.txt", or the target named by `at`, stands for. `www` is the root, `size` the content's.

ways = []


def way(target="/a.txt"):
    def note(function):
        ways.append(pytest.param(target, function, id=function.__name__))
        return function
    return note


@way()
def written_in_place(www, size):
    """As many bytes, through a descriptor that was open before."""
    path = www / "a.txt"
    path.write_bytes(version(0, size))
    with open(path, "r+b", buffering=0) as file:
        yield version(0, size)
        for number in itertools.count(1):
            os.pwrite(file.fileno(), version(number, size), 0)
            yield version(number, size)


@way()
def written_in_place_by_a_new_descriptor(www, size):
    path = www / "a.txt"
    path.write_bytes(version(0, size))
    for number in itertools.count(1):
        yield version(number - 1, size)
        with open(path, "r+b", buffering=0) as file:
            file.write(version(number, size))


@way()
def one_byte_written(www, size):
    """The smallest change there is, at the end."""
    path = www / "a.txt"
    content = bytearray(version(0, size))
    path.write_bytes(content)
    with open(path, "r+b", buffering=0) as file:
        for number in itertools.count(1):
            yield bytes(content)
            content[-1] = 33 + number % 90
            os.pwrite(file.fileno(), content[-1:], size - 1)


@way()
def renamed_over(www, size):
    for number in itertools.count():
        (www / "new").write_bytes(version(number, size))
        os.rename(www / "new", www / "a.txt")
        yield version(number, size)


@way()
def renamed_over_with_the_same_times(www, size):
    """`cp -p` and rename: nothing but the inode and its ctime tells."""
    for number in itertools.count():
        (www / "new").write_bytes(version(number, size))
        os.utime(www / "new", ns=(10**18, 10**18))
        os.rename(www / "new", www / "a.txt")
        yield version(number, size)


@way()
def truncated_and_written_again(www, size):
    path = www / "a.txt"
    for number in itertools.count():
        path.write_bytes(b"")
        yield b""
        path.write_bytes(version(number, size))
        yield version(number, size)
        os.truncate(path, size // 2)
        yield version(number, size)[:size // 2]


@way()
def appended(www, size):
    content = version(0, size)
    (www / "a.txt").write_bytes(content)
    with open(www / "a.txt", "ab", buffering=0) as file:
        for number in itertools.count(1):
            yield content
            content += version(number, size)
            file.write(version(number, size))


@way()
def deleted_and_created_again(www, size):
    for number in itertools.count():
        (www / "a.txt").write_bytes(version(number, size))
        yield version(number, size)
        (www / "a.txt").unlink()
        yield None


@way()
def linked_into_place(www, size):
    """A name that appears complete: O_TMPFILE or a spool file, and link()."""
    yield None
    for number in itertools.count():
        (www / "spool").write_bytes(version(number, size))
        os.link(www / "spool", www / "a.txt")
        (www / "spool").unlink()
        yield version(number, size)
        os.rename(www / "a.txt", www / "elsewhere.txt")
        yield None


@way()
def mtime_set_back(www, size):
    """Same size and same mtime as before: neither tells."""
    path = www / "a.txt"
    path.write_bytes(version(0, size))
    os.utime(path, ns=(10**18, 10**18))
    for number in itertools.count(1):
        yield version(number - 1, size)
        with open(path, "r+b", buffering=0) as file:
            file.write(version(number, size))
        os.utime(path, ns=(10**18, 10**18))


@way()
def mtime_set_to_another_time(www, size):
    """The content stays; Last-Modified follows."""
    path = www / "a.txt"
    path.write_bytes(version(0, size))
    for number in itertools.count(1):
        os.utime(path, (10**9 + number * 1000, 10**9 + number * 1000))
        yield version(0, size)


@way()
def link_switched(www, size):
    """A link to a file, by rename over it and by unlink and symlink, relative and absolute; and dangling in between."""
    for number in itertools.count():
        name = f"target {number}.txt"
        (www / name).write_bytes(version(number, size))
        (www / "link").symlink_to(www / name if number % 2 else name)
        os.rename(www / "link", www / "a.txt")
        yield version(number, size)
        (www / "a.txt").unlink()
        (www / "a.txt").symlink_to("not there")
        yield None
        (www / "not there").write_bytes(version(number, size))
        yield version(number, size)
        (www / "not there").unlink()


@way()
def link_s_target_changed(www, size):
    """In another folder: written in place, replaced, deleted."""
    for kind in itertools.cycle(["relative", "absolute"]):
        shutil.rmtree(www / "deep", ignore_errors=True)
        (www / "deep/er").mkdir(parents=True)
        target = www / "deep/er/target.txt"
        target.write_bytes(version(0, size))
        (www / "link").symlink_to(target if kind == "absolute" else "deep/er/target.txt")
        os.rename(www / "link", www / "a.txt")
        yield version(0, size)
        with open(target, "r+b", buffering=0) as file:
            file.write(version(1, size))
        yield version(1, size)
        (www / "deep/new").write_bytes(version(2, size))
        os.rename(www / "deep/new", target)
        yield version(2, size)
        if kind == "relative":  # an absolute one that dangles may as well lead outside: 403
            target.unlink()
            yield None


@way()
def link_behind_a_link_switched(www, size):
    (www / "links").mkdir()
    (www / "a.txt").symlink_to("links/second")
    for number in itertools.count():
        (www / f"target {number}.txt").write_bytes(version(number, size))
        (www / "links/new").symlink_to(f"../target {number}.txt")
        os.rename(www / "links/new", www / "links/second")
        yield version(number, size)


@way("/current/folder/a.txt")
def link_in_the_middle_of_the_path_switched(www, size):
    for number in itertools.count():
        release = www / f"releases/{number}"
        (release / "folder").mkdir(parents=True)
        (release / "folder/a.txt").write_bytes(version(number, size))
        (www / "new").symlink_to(release if number % 2 else f"releases/{number}")
        os.rename(www / "new", www / "current")
        yield version(number, size)


@way("/one/a.txt")
def folder_renamed_and_another_in_its_place(www, size):
    for number in itertools.count():
        (www / f"next {number}").mkdir()
        (www / f"next {number}/a.txt").write_bytes(version(number, size))
        os.rename(www / f"next {number}", www / "one")
        yield version(number, size)
        os.rename(www / "one", www / f"gone {number}")
        yield None


@way("/one/a.txt")
def folders_exchanged(www, size):
    """Both names exist before and after."""
    for name, number in (("one", 0), ("other", 1)):
        (www / name).mkdir()
        (www / name / "a.txt").write_bytes(version(number, size))
    for number in itertools.count():
        yield version(number % 2, size)
        churn.exchange(www / "one", www / "other")


@way("/one/two/three/a.txt")
def folder_two_levels_up_renamed(www, size):
    """The folder that holds the file doesn't change at all."""
    for number in itertools.count():
        (www / f"next {number}/two/three").mkdir(parents=True)
        (www / f"next {number}/two/three/a.txt").write_bytes(version(number, size))
        if number % 2 == 0:
            os.rename(www / f"next {number}", www / "one")
        else:
            churn.exchange(www / f"next {number}", www / "one")
        yield version(number, size)
        if number % 2 == 1:
            os.rename(www / "one/two", www / f"gone {number}")
            yield None
            os.rename(www / "one", www / f"gone too {number}")
            yield None


@way("/one/two/three/a.txt")
def folders_appear_one_by_one(www, size):
    """What was missing from the root on is found as soon as it is there."""
    for number in itertools.count():
        yield None
        (www / "one").mkdir()
        yield None
        (www / "one/two").mkdir()
        yield None
        (www / "one/two/three").mkdir()
        yield None
        (www / "one/two/three/a.txt").write_bytes(version(number, size))
        yield version(number, size)
        shutil.rmtree(www / "one")


@way()
def hard_link_written_through(www, size):
    """The other name is outside of the root."""
    outside = www.parent / "outside.txt"
    outside.write_bytes(version(0, size))
    os.link(outside, www / "a.txt")
    with open(outside, "r+b", buffering=0) as file:
        yield version(0, size)
        for number in itertools.count(1, 2):
            os.pwrite(file.fileno(), version(number, size), 0)
            yield version(number, size)
            outside.write_bytes(version(number + 1, size))
            yield version(number + 1, size)


@way()
def written_by_the_kernel(www, size):
    """No write(): a hole punched, and ranges copied from another file."""
    path, other = www / "a.txt", www.parent / "other.txt"
    libc = ctypes.CDLL(None, use_errno=True)
    for number in itertools.count():
        other.write_bytes(version(number, size))
        path.touch()
        with open(other, "rb", buffering=0) as source, open(path, "r+b", buffering=0) as file:
            assert os.copy_file_range(source.fileno(), file.fileno(), size, 0, 0) == size
            yield version(number, size)
            os.pwrite(file.fileno(), version(number, size), 0)
            os.ftruncate(file.fileno(), size)
            keep_size, punch_hole = 1, 2
            if libc.fallocate(file.fileno(), keep_size | punch_hole, ctypes.c_long(0), ctypes.c_long(size)) == 0:
                yield bytes(size)
            os.sendfile(file.fileno(), source.fileno(), 0, size)
            yield version(number, size)


@pytest.mark.parametrize("size", [10, 40_000, 200_000])  # small, the largest kind that may be kept, sent from the file
@pytest.mark.parametrize("target, change", ways)
def test_the_next_request_shows_it(serve, target, change, size):
    """Whatever was kept, and whether the next request is a GET, a HEAD or a conditional one."""
    server = serve(site)
    visitor = Visitor(server, target)
    versions = change(server.folder / "www", size)
    for content in itertools.islice(versions, 12):
        visitor.expect(content)
    versions.close()


def test_two_names_of_one_file(serve):
    """Written through either name, both show it."""
    server = serve(site, {"www/a.txt": version(0, 5000), "www/other/": ""})
    os.link(server.folder / "www/a.txt", server.folder / "www/other/b.txt")
    visitors = [Visitor(server, "/a.txt"), Visitor(server, "/other/b.txt")]
    for number in range(1, 7):
        with open(visitors[number % 2].file, "r+b", buffering=0) as file:
            file.write(version(number, 5000))
        for visitor in visitors:
            visitor.expect(version(number, 5000))
    visitors[0].file.unlink()
    visitors[0].expect(None)
    visitors[1].expect(version(6, 5000))


def test_a_file_becomes_a_folder_and_back(serve):
    """200, then the redirection to the folder, then 200 again."""
    server = serve(site)
    path = server.folder / "www/a.txt"
    with server.connect() as client:
        for number in range(4):
            path.write_text(f"version {number}")
            for _ in range(3):
                assert client.get("/a.txt").text == f"version {number}"
            path.unlink()
            path.mkdir()
            for _ in range(3):
                answer = client.get("/a.txt")
                assert (answer.status, answer["Location"]) == (301, "/a.txt/")
            path.rmdir()


def test_a_link_switched_to_the_outside_is_refused_at_once(serve):
    """What was inside and kept opens no way to what is outside."""
    server = serve(site, {"www/inside/a.txt": "inside", "outside/a.txt": "secret"})
    www = server.folder / "www"
    with server.connect() as client:
        for _ in range(3):
            (www / "new").symlink_to("inside")
            os.rename(www / "new", www / "link")
            for _ in range(3):
                assert client.get("/link/a.txt").text == "inside"
            (www / "new").symlink_to("../outside")
            os.rename(www / "new", www / "link")
            for _ in range(3):
                assert client.get("/link/a.txt").status in (403, 404)


@pytest.mark.parametrize("autoindex", ["off", "on"])
def test_an_index_appears_and_goes(serve, autoindex):
    """In the root and in a folder, the first of two names too; and a listing shows what is there now."""
    server = serve(f"""
        server {{
            listen 127.0.0.1:0;
            root www;
            index first.html index.html;
            autoindex {autoindex};
        }}
    """, {"www/folder/neighbour.txt": "x", "www/neighbour.txt": "x"})

    def without(client, target, *names):
        for _ in range(3):
            answer = client.get(target)
            assert answer.status == (200 if autoindex == "on" else 403)
            assert autoindex == "off" or all(name in answer.text for name in names), answer.text

    with server.connect() as client:
        for target in ("/", "/folder/"):
            folder = server.folder / "www" / target.strip("/")
            for number in range(3):
                without(client, target, "neighbour.txt")
                (folder / "index.html").write_text(f"index {number}")
                for _ in range(3):
                    assert client.get(target).text == f"index {number}"
                (folder / "new").write_text(f"first {number}")
                os.rename(folder / "new", folder / "first.html")
                for _ in range(3):
                    assert client.get(target).text == f"first {number}"
                (folder / "first.html").unlink()
                assert client.get(target).text == f"index {number}"
                os.rename(folder / "index.html", folder / f"page {number}.html")
                without(client, target, "neighbour.txt", f"page {number}.html")


def test_an_error_page_is_as_fresh_as_any_file(serve):
    """Changed, gone (the built-in page stands in), and back."""
    server = serve("server { listen 127.0.0.1:0; root www; error_page 404 /lost.html; }")
    page = server.folder / "www/lost.html"
    with server.connect() as client:
        for number in range(4):
            page.write_text(f"lost {number}")
            for _ in range(3):
                answer = client.get("/nothing")
                assert (answer.status, answer.text) == (404, f"lost {number}")
            page.unlink()
            answer = client.get("/nothing")
            assert answer.status == 404 and "lost" not in answer.text


@pytest.mark.parametrize("guarded", ["one/two/a.txt", "one/two", "one"])
def test_permissions_taken_away_and_given_back(serve, guarded):
    """Of the file, of its folder, and of the folder above: 403 at once, and 200 at once."""
    server = serve(site, {"www/one/two/a.txt": "content"}, unprivileged=True)
    guarded = server.folder / "www" / guarded
    mode = guarded.stat().st_mode & 0o777
    with server.connect() as client:
        try:
            for _ in range(4):
                for _ in range(3):
                    assert client.get("/one/two/a.txt").text == "content"
                guarded.chmod(0)
                for _ in range(3):
                    assert client.get("/one/two/a.txt").status == 403
                    assert client.ask(request("HEAD /one/two/a.txt HTTP/1.1")).status == 403
                guarded.chmod(mode)
        finally:
            guarded.chmod(mode)


@pytest.mark.parametrize("size", [10, 40_000, 200_000])
def test_written_through_a_mapping(serve, size):
    """No event tells of it: it shows after a second at most. (msync cleans the pages, so that the next write moves the
    file's time again.)"""
    server = serve(site, {"www/a.txt": version(0, size)})
    path = server.folder / "www/a.txt"
    os.utime(path, ns=(10**18, 10**18))
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), size) as mapped, server.connect() as client:
        for number in range(1, 3):
            for _ in range(5):
                before = client.get("/a.txt")
                assert before.content == version(number - 1, size)
            mapped[:] = version(number, size)
            mapped.flush()
            wait_for(lambda content=version(number, size): client.get("/a.txt").content == content,
                     "the mapping's content is served", revalidated)
            for _ in range(3):
                answer = client.get("/a.txt", f"If-None-Match: {before['ETag']}")
                assert (answer.status, answer.content) == (200, version(number, size))
                assert client.get("/a.txt", f"If-None-Match: {answer['ETag']}").status == 304


def test_a_root_that_is_a_link_is_switched(serve, tmp_path):
    """A release that is put live by one rename: it shows after a second at most, and then for good."""
    def put_live(number):
        folder = tmp_path / f"release {number}/www"
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text(f"release {number}")
        (folder / f"only {number}.txt").write_text("x")
        (tmp_path / "next").symlink_to(folder.parent)
        os.rename(tmp_path / "next", tmp_path / "live")

    put_live(0)
    server = serve("server { listen 127.0.0.1:0; root live/www; }")
    with server.connect() as client:
        for number in range(1, 3):
            for _ in range(3):
                assert client.get("/a.txt").text == f"release {number - 1}"
                assert client.get(f"/only%20{number}.txt").status == 404
            put_live(number)
            wait_for(lambda text=f"release {number}": client.get("/a.txt").text == text, "it is live", revalidated)
            for _ in range(3):
                assert client.get("/a.txt").text == f"release {number}"
                assert client.get(f"/only%20{number}.txt").status == 200
                assert client.get(f"/only%20{number - 1}.txt").status == 404


def test_a_small_file_keeps_its_etag_while_its_content_stays(serve):
    """Touched, copied, moved, another inode: the ETag of content in memory is made of the content alone, so that it is
    the same on every machine that serves it."""
    server = serve(site, {"www/a.txt": version(1, 30_000), "www/copy.txt": version(1, 30_000)})
    path = server.folder / "www/a.txt"
    with server.connect() as client:
        etag = client.get("/a.txt")["ETag"]
        assert client.get("/copy.txt")["ETag"] == etag
        os.utime(path, (10**9, 10**9))
        assert client.get("/a.txt")["ETag"] == etag
        (server.folder / "www/new").write_bytes(version(1, 30_000))
        os.rename(server.folder / "www/new", path)
        assert client.get("/a.txt", f"If-None-Match: {etag}").status == 304
        path.write_bytes(version(2, 30_000))
        assert client.get("/a.txt")["ETag"] != etag


def test_a_file_overwritten_under_a_download_cuts_the_connection(serve):
    """The rest would belong to another version, so the client must be able to tell. (`test_static_files.py` has the
    files that shrink, and those that grow, which is no fault.)"""
    size = 64 * 1024 * 1024
    server = serve(site, {"www/large.bin": version(1, size), "www/small.txt": "small"})
    with server.connect(receive_buffer=65536) as client:
        client.send(request("GET /large.bin HTTP/1.1"))
        assert client.read_head()["Content-Length"] == str(size)
        assert client.take(100_000) == version(1, 100_000)
        with open(server.folder / "www/large.bin", "r+b", buffering=0) as file:
            file.write(version(2, size))
        with pytest.raises((EOFError, ConnectionResetError)):
            client.take(size - 100_000)
    server.wait_for_error("large.bin")
    assert server.get("/large.bin").content == version(2, size)


def test_longer_content_written_over_a_download_is_no_append(serve):
    """The file has grown, as a log does, but what was there is another version's."""
    size = 64 * 1024 * 1024
    server = serve(site, {"www/large.bin": version(1, size)})
    with server.connect(receive_buffer=65536) as client:
        client.send(request("GET /large.bin HTTP/1.1"))
        assert client.read_head()["Content-Length"] == str(size)
        client.take(100_000)
        with open(server.folder / "www/large.bin", "r+b", buffering=0) as file:
            file.write(version(2, size + 1_000_000))
        with pytest.raises((EOFError, ConnectionResetError)):
            client.take(size - 100_000)
    server.wait_for_error("large.bin")


@pytest.mark.parametrize("folder", ["/", "/sub/"])
def test_a_folder_that_was_asked_for_still_tells_of_its_names(serve, folder):
    """The folder itself is an entry too; a file that is renamed into it is told of by its name alone."""
    server = serve("autoindex on;\n" + site, {"www/sub/other.txt": "other", "aside.txt": "here"})
    with server.connect() as client:
        for path in (folder + "missing.txt", folder, folder.rstrip("/") or "/", folder + "missing.txt"):
            client.get(path)
        assert client.get(folder + "missing.txt").status == 404
        os.rename(server.folder / "aside.txt", server.folder / f"www{folder}missing.txt")
        assert client.get(folder + "missing.txt").text == "here"
        os.rename(server.folder / f"www{folder}missing.txt", server.folder / "aside.txt")
        assert client.get(folder + "missing.txt").status == 404


def removed_and_made_again(root, other):
    shutil.rmtree(root)
    os.rename(other, root)


def renamed_away(root, other):
    os.rename(root, root.with_name("old"))
    os.rename(other, root)


@pytest.mark.parametrize("replace", [removed_and_made_again, renamed_away])
def test_another_root_in_place_of_the_root(serve, replace):
    """The very next request finds the new one."""
    server = serve(site, {"www/a.txt": "first", "new/a.txt": "second", "new/b.txt": "only there"})
    with server.connect() as client:
        for _ in range(3):
            assert client.get("/a.txt").text == "first"
            assert client.get("/b.txt").status == 404
        replace(server.folder / "www", server.folder / "new")
        assert client.get("/a.txt").text == "second"
        assert client.get("/b.txt").text == "only there"


def test_a_file_replaced_under_a_download_is_sent_to_its_end(serve):
    """Another file has the name now; the one that was begun goes on, whole."""
    size = 64 * 1024 * 1024
    server = serve(site, {"www/large.bin": version(1, size), "www/new": version(2, size)})
    with server.connect(receive_buffer=65536) as client:
        client.send(request("GET /large.bin HTTP/1.1"))
        assert client.read_head()["Content-Length"] == str(size)
        begin = client.take(100_000)
        os.rename(server.folder / "www/new", server.folder / "www/large.bin")
        assert begin + client.take(size - 100_000) == version(1, size)
        assert client.get("/large.bin").content == version(2, size)


def in_processes(functions):
    """Runs each in a process of its own; yields a function that waits for all and returns what they returned."""
    context = multiprocessing.get_context("fork")
    ends = []

    def child(function, end):
        end.send(function())

    for function in functions:
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=child, args=(function, there), daemon=True)
        process.start()
        there.close()
        ends.append((process, here))

    def results(seconds):
        deadline = time.monotonic() + seconds
        for process, end in ends:
            assert end.poll(max(0, deadline - time.monotonic())), f"process {process.pid} does not come to an end"
        found = [end.recv() for _, end in ends]
        for process, _ in ends:
            process.join()
        return found

    return results


def test_a_hundred_thousand_reads_while_everything_changes(serve):
    """One process changes files in every way, at random, while eight clients read: no answer is older than the last
    change that had returned before its request began, ETag and content belong together, and no answer is a mix of two
    versions, but for what the kernel itself mixes (see readers.Verdict)."""
    reads = 20_000 if patience > 1 else 100_000
    seed = int(os.environ.get("WEBSERV_SEED", time.time_ns() % 1_000_000))
    server = serve("""
        access_log off;
        server {
            listen 127.0.0.1:0;
            root www;
            keepalive_requests 1000000;
        }
    """)
    book = churn.Book(len(churn.pages()))
    writer = churn.Writer(server.folder / "www", book, seed)
    clients = [readers.Reader(server.address(), book, f"{seed} {number}") for number in range(8)]
    started = time.monotonic()
    written = in_processes([writer.run])
    read = in_processes([lambda reader=reader: reader.run(reads // len(clients)) for reader in clients])
    try:
        results = read(90 * patience)
    finally:
        book.end()
    [(done, touched)] = written(10 * patience)
    verdict = readers.Verdict(book, results, touched)
    print(f"seed {seed}, {time.monotonic() - started:.1f} s, answers {dict(verdict.counts)}, changes {dict(done)}")
    print(f"faults {verdict.kinds}, mixes by the kernel {verdict.excused}")
    examples = "\n".join(f"{kind}: {what}" for kind, what in verdict.faults[:20])
    assert not verdict.faults, f"WEBSERV_SEED={seed}: wrong answers, by kind {verdict.kinds}:\n{examples}"
    assert verdict.counts["304"] and verdict.counts["404"] and verdict.counts["200"] > reads / 3
    assert verdict.counts["cut"] < reads / 50, verdict.counts

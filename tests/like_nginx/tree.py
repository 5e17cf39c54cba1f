"""What is served while nginx and webserv are compared: the same files, with the same times, for both."""

import gzip
import os
import pathlib
import shutil

HERE = pathlib.Path(__file__).resolve().parent

MODIFIED = 1704067200  # Mon, 01 Jan 2024 00:00:00 GMT

LETTERS = bytes(97 + i % 26 for i in range(100_000))

FILES = {
    "www/index.html": "home\n",
    "www/a.txt": "the text a\n",
    "www/b.html": "<p>b</p>\n",
    "www/abc.txt": "abcdefghijklmnopqrstuvwxyz",
    "www/empty.txt": "",
    "www/big.bin": LETTERS,
    "www/noext": "no extension\n",
    "www/upper.TXT": "UPPER\n",
    "www/data.json": '{"a": 1}\n',
    "www/style.css": "p { color: red }\n" * 20,
    "www/app.js": "let a = 1;\n",
    "www/feed.xml": "<feed/>\n",
    "www/page.xyz": "unknown type\n",
    "www/archive.tar.gz": "not really\n",
    "www/image.png": b"\x89PNG\r\n\x1a\n",
    "www/with space.txt": "space\n",
    "www/per%cent.txt": "percent\n",
    "www/plus+and&.txt": "plus\n",
    "www/quest?ion.txt": "question\n",
    "www/ünï.txt": "unicode\n",
    "www/sub/index.html": "sub home\n",
    "www/sub/page.html": "sub page\n",
    "www/sub/index.txt": "sub text index\n",
    "www/sub/deep/c.txt": "deep c\n",
    "www/no-index/x.txt": "x\n",
    "www/other/index.htm": "other htm\n",
    "www/docs/guide.html": "guide\n",
    "www/docs/index.html": "docs home\n",
    "www/docs/v1/index.html": "docs v1\n",
    "www/docs/v2/index.html": "docs v2\n",
    "www/errors/404.html": "own 404\n",
    "www/errors/403.html": "own 403\n",
    "www/errors/50x.html": "own 50x\n",
    "www/errors/text.txt": "own text\n",
    "www/old/page.html": "old page\n",
    "www/new/page.html": "new page\n",
    "www/new/one.html": "new one\n",
    "www/img/cat.png": b"\x89PNG cat",
    "www/img/cat.webp": b"RIFF cat",
    "www/img/dog.png": b"\x89PNG dog",
    "www/list/a.txt": "a" * 10,
    "www/list/b with space.html": "b" * 2000,
    "www/list/c&d.bin": b"c" * 70_000,
    "www/list/e\"quote.txt": "e",
    "www/list/folder/inner.txt": "inner",
    "www/list/ü.txt": "umlaut",
    "www/one/only.txt": "the only one\n",
    "www/private/secret.txt": "secret\n",
    "www/run.sh": "#!/bin/sh\n",
    "www/files/report.pdf": b"%PDF",
    "pictures/p.png": b"\x89PNG p",
    "pictures/index.html": "pictures home\n",
    "pictures/set/q.png": b"\x89PNG q",
    "hosts/a.example/index.html": "host a\n",
    "hosts/b.example/index.html": "host b\n",
    "hosts/b.example/only-b.txt": "only b\n",
    # The passwords are "plain secret", "sha secret" and so on.
    "htpasswd": "plain:{PLAIN}plain secret\n"
                "sha:{SHA}lS0vrzehCXIgQ2tOXSb4AWtTIEY=\n"
                "ssha:{SSHA}0f6vjKvmN6IhUSLjyGg45wuz2uVzYWx0\n"
                "apr:$apr1$saltsalt$AqmadJqAWq7Y1WxfEBUUX.\n"
                "five:$5$rounds=1000$saltsalt$ECTdg6c74wjCW3PzRDH4f6oDehTAwMKJaYuqNuvdSC5\n"
                "six:$6$rounds=1000$saltsalt$u2nJGzf9bzli2Ims5Lyb6EuU6Hcjiekwp8iaF26pjxBA22v2SlDWHOV7XYtuQTO1F1AQR4d0zJ"
                "JxtGwm/.fO00\n"
                "# a comment\n"
                "comment:{PLAIN}x y:a comment after it\n",
}


def compressed(content):
    return gzip.compress(content, mtime=0)


def make_tree(folder):
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    (folder / "www/style.css.gz").write_bytes(compressed((folder / "www/style.css").read_bytes()))
    (folder / "www/app.js.gz").write_bytes(compressed((folder / "www/app.js").read_bytes()))
    (folder / "www/only.html.gz").write_bytes(compressed(b"only compressed\n"))
    (folder / "www/run.sh").chmod(0o755)
    (folder / "www/empty").mkdir(exist_ok=True)
    for name, target in {"www/link.txt": "a.txt", "www/linked": "sub"}.items():
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)
    for name in ("mime.types", "common.conf"):
        source = HERE / name if name == "common.conf" else HERE.parent / "sites" / name
        shutil.copyfile(source, folder / name)
    set_times(folder)


def set_times(folder):
    """What is inside first: making a file changes the time of its folder."""
    for path, folders, files in os.walk(folder, topdown=False):
        for name in files + folders:
            os.utime(pathlib.Path(path, name), (MODIFIED, MODIFIED), follow_symlinks=False)

"""No request reaches a file outside of the root, nor one that is not meant to be served."""

import os
import socket
import time

import pytest

from webserv_process import patience, request

site = "server { listen 127.0.0.1:0; root www; }"
secret = "top secret, not to be served"


@pytest.mark.parametrize("target", [
    "/../secret.txt",
    "/a/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/%2E%2E%2Fsecret.txt",
    "/..%2fsecret.txt",
    "/.%2e/secret.txt",
    "/a/%2e%2e/%2e%2e/secret.txt",
    "/a/..%2f..%2fsecret.txt",
    "/..%5csecret.txt",
    "/..\\secret.txt",
    "/a/..;/../secret.txt",
    "/%252e%252e/secret.txt",
    "/..%c0%afsecret.txt",
    "/%c0%ae%c0%ae/secret.txt",
    "/..%00/secret.txt",
    "/a.txt%00.html",
    "/....//secret.txt",
    "//../secret.txt",
    "/./../secret.txt",
    "/a//../../secret.txt",
    "http://localhost/../secret.txt",
    "../secret.txt",
    "secret.txt",
    "/" + "../" * 500 + "secret.txt",
    "/" + "a/" * 500 + "../" * 501 + "secret.txt",
])
def test_traversal_is_harmless(serve, target):
    """However `..` is written, what lies beside the root is not served, and the answer is a client error."""
    server = serve(site, {"secret.txt": secret, "www/a/b.txt": "b", "www/a.txt": "a"})
    answer = server.ask(request(f"GET {target} HTTP/1.1"))
    assert 400 <= answer.status < 500
    assert secret not in answer.content.decode()


def test_absolute_path_of_the_machine_is_beneath_the_root(serve):
    """`/etc/passwd` is www/etc/passwd."""
    server = serve(site, {"www/etc/passwd": "mine"})
    assert server.get("/etc/passwd").text == "mine"
    assert server.get("/etc/hostname").status == 404


def test_symlinks_within_the_root_are_followed(serve):
    """To a file, to a folder, relative and climbing, as long as the end is beneath the root."""
    server = serve(site, {"www/real/a.txt": "a"})
    www = server.folder / "www"
    (www / "file.txt").symlink_to("real/a.txt")
    (www / "folder").symlink_to("real")
    (www / "real/up.txt").symlink_to("../real/a.txt")
    assert server.get("/file.txt").text == "a"
    assert server.get("/folder/a.txt").text == "a"
    assert server.get("/real/up.txt").text == "a"


def test_symlinks_out_of_the_root_are_refused(serve):
    """Absolute, climbing and through a folder: 403 or 404, and the error log names the path."""
    server = serve(site, {"secret.txt": secret, "outside/secret.txt": secret, "www/real/": None})
    www = server.folder / "www"
    (www / "absolute.txt").symlink_to(server.folder / "secret.txt")
    (www / "climbing.txt").symlink_to("../secret.txt")
    (www / "folder").symlink_to("../outside")
    (www / "real/deep.txt").symlink_to("../../secret.txt")
    for path in ("/absolute.txt", "/climbing.txt", "/folder/secret.txt", "/folder/", "/real/deep.txt"):
        answer = server.get(path)
        assert answer.status in (403, 404), path
        assert secret not in answer.content.decode()
    server.wait_for_error(str(www / "climbing.txt"))


def test_symlink_loop(serve):
    """A loop ends in an error answer, not in a loop."""
    server = serve(site)
    (server.folder / "www/loop").symlink_to("loop")
    assert server.get("/loop").status in (403, 404)
    assert server.get("/loop/a").status in (403, 404)
    server.wait_for_error("loop")


def test_root_that_is_itself_a_symlink(serve, tmp_path):
    """The root may be a link, and one that is switched is followed within a second or so (a deployment)."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(name)
    (tmp_path / "current").symlink_to("one")
    server = serve("server { listen 127.0.0.1:0; root current; }")
    assert server.get("/").text == "one"


def test_dot_files_are_not_found(serve):
    """`.git`, `.htaccess`, `.env` anywhere in the path are 404, as if they were not there."""
    server = serve(site, {"www/.env": secret, "www/.git/config": secret, "www/a/.htpasswd": secret, "www/...": secret})
    for path in ("/.env", "/.git/config", "/.git/", "/.git", "/a/.htpasswd", "/%2eenv", "/a/../.env", "/.none", "/..."):
        answer = server.get(path)
        assert answer.status == 404, path
        assert secret not in answer.content.decode()
    server.wait_for_error(".env")


def test_well_known_is_served(serve):
    """RFC 8615: /.well-known/ is the one dot name that is meant to be seen; dot files within it are not."""
    server = serve(site, {"www/.well-known/security.txt": "mail us", "www/.well-known/.hidden": secret,
                          "www/.well-known-not": secret})
    assert server.get("/.well-known/security.txt").text == "mail us"
    assert server.get("/.well-known/.hidden").status == 404
    assert server.get("/.well-known-not").status == 404


def test_fifo_neither_blocks_nor_is_served(serve):
    """Opening a FIFO without a writer would block for ever: only regular files are served."""
    server = serve(site, {"www/a.txt": "a"})
    os.mkfifo(server.folder / "www/pipe")
    started = time.monotonic()
    assert server.get("/pipe").status in (403, 404)
    assert server.get("/a.txt").text == "a"
    assert time.monotonic() - started < 2 * patience
    server.wait_for_error("www/pipe")


def test_socket_is_not_served(serve):
    """Nor is a unix-domain socket that lies in the root."""
    server = serve(site)
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(server.folder / "www/socket"))
        assert server.get("/socket").status in (403, 404)


def test_unreadable_file_is_forbidden(serve):
    """No permission to read: 403, and the error log says so. (Root's privileges are dropped for this one.)"""
    server = serve(site, {"www/private.txt": secret, "www/closed/a.txt": secret}, unprivileged=True)
    www = server.folder / "www"
    os.chmod(www / "private.txt", 0)
    os.chmod(www / "closed", 0)
    try:
        assert server.get("/private.txt").status == 403
        assert server.get("/closed/a.txt").status == 403
        assert server.get("/closed/").status == 403
        server.wait_for_error("error", "private.txt", "permission denied")
        server.wait_for_error("error", "closed/a.txt", "permission denied")
    finally:
        os.chmod(www / "closed", 0o755)


def test_name_too_long_is_not_found(serve):
    """A component over NAME_MAX or a path over PATH_MAX is a file that isn't there, no server error."""
    server = serve(site)
    assert server.get("/" + "a" * 300).status in (404, 414)
    assert server.get("/" + "a/" * 3000).status in (404, 414)


@pytest.fixture
def aliased(serve):
    return serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            location /pictures { alias data/img; }
            location /docs/ { alias data/manual/; }
        }
    """, {"data/img/cat.txt": "cat", "data/imgs/dog.txt": secret, "data/img.txt": secret, "data/secret.txt": secret,
          "data/manual/index.html": "manual", "data/manual/a/b.txt": "b"})


def test_alias_maps_what_follows_the_location(aliased):
    """The location's own path is replaced by the alias, for a prefix with and without a slash."""
    assert aliased.get("/pictures/cat.txt").text == "cat"
    assert aliased.get("/docs/").text == "manual"
    assert aliased.get("/docs/a/b.txt").text == "b"


def test_alias_of_one_file(serve):
    """In an exact location the alias may be the file itself, as in nginx."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            location = /robots.txt { alias data/robots-live.txt; }
        }
    """, {"data/robots-live.txt": "robots"})
    assert server.get("/robots.txt").text == "robots"


@pytest.mark.parametrize("target", [
    "/picturess/dog.txt",
    "/pictures.txt",
    "/pictures../secret.txt",
    "/pictures%2e%2e/secret.txt",
    "/docs../secret.txt",
    "/pictures/../secret.txt",
    "/pictures/..%2fsecret.txt",
    "/docs/../data/secret.txt",
])
def test_alias_ends_at_a_whole_segment(aliased, target):
    """`/pictures` does not alias `/picturess`: what nginx's alias famously leaks stays where it is."""
    answer = aliased.get(target)
    assert 400 <= answer.status < 500
    assert secret not in answer.content.decode()


def test_aliased_folder_is_redirected_within_the_location(aliased):
    """The trailing-slash redirect names the URL, not the folder behind it."""
    answer = aliased.get("/docs/a")
    assert answer.status == 301 and answer["Location"].endswith("/docs/a/") and "manual" not in answer["Location"]


def test_absolute_symlinks_that_stay_inside_are_followed(serve, tmp_path):
    """Deploy tools make them; whether a link leaves the root depends on where it leads, not on how it is written."""
    server = serve("server { listen 127.0.0.1:0; root www; }", {"www/real/a.txt": "inside", "outside.txt": "secret"})
    os.symlink(tmp_path / "www/real/a.txt", tmp_path / "www/file-link.txt")
    os.symlink(tmp_path / "www/real", tmp_path / "www/folder-link")
    os.symlink(tmp_path / "outside.txt", tmp_path / "www/real/leaves.txt")
    assert server.get("/file-link.txt").text == "inside"
    assert server.get("/folder-link/a.txt").text == "inside"
    assert server.get("/folder-link/leaves.txt").status == 403
    server.wait_for_error("leaves.txt", "leads out of the root")


@pytest.mark.parametrize("path", ["/f/.bak", "/f/x", "/fx", "/f/x/y"])
def test_alias_of_a_file_is_that_file_alone(serve, path):
    """What follows the location's path is never joined to the file's name."""
    server = serve("server { listen 127.0.0.1:0; location /f/ { alias file.txt; } location /f { alias file.txt; } }",
                   {"file.txt": "the file", "file.txt.bak": "secret", "file.txtx": "secret"})
    assert server.get("/f").text == "the file"
    assert server.get("/f/").text == "the file"
    assert server.get(path).status == 404


def test_beneath_an_absolute_symlink_all_is_as_beneath_a_folder(serve, tmp_path):
    """Listing, missing names and names outside get the same answers as without the link."""
    server = serve("server { listen 127.0.0.1:0; root www; autoindex on; index no.html none.html; }",
                   {"www/sub/x.txt": "x", "out/x.txt": "secret"})
    os.symlink(tmp_path / "www/sub", tmp_path / "www/link")
    os.symlink(tmp_path / "out", tmp_path / "www/leaves")
    os.symlink(tmp_path / "www/missing", tmp_path / "www/dangling")
    for folder in ("/sub", "/link"):
        assert server.get(folder + "/x.txt").text == "x"
        assert "x.txt" in server.get(folder + "/").text
        assert server.get(folder).status == 301
        assert server.get(folder + "/nope").status == 404
        assert server.get(folder + "/nope/nope").status == 404
        assert server.get(folder + "/x.txt/").status == 404
    for path in ("/leaves/", "/leaves/x.txt", "/leaves/nope", "/leaves/nope/nope"):
        assert server.get(path).status == 403
    assert server.get("/dangling").status in (403, 404)
    assert "leaves" not in server.get("/").text


@pytest.mark.parametrize("links", ["", "disable_symlinks off;", "disable_symlinks on;",
                                   "disable_symlinks if_not_owner;"])
def test_path_that_is_put_together_stays_beneath_the_root(serve, links):
    """What a client says becomes part of a path by rewrite or try_files, and isn't parsed as a target is: slashes
    in front of it don't make it one of the machine's, and `..` leads nowhere."""
    server = serve(f"server {{ listen 127.0.0.1:0; root www; {links} rewrite ^/f$ /$arg_f break;"
                   "location /t { try_files /$arg_f =404; } location /s/ { rewrite ^ /s/$arg_f break; alias www/; } }",
                   {"www/a/b.txt": "b", "secret.txt": secret})
    for way in ("/f", "/t", "/s/"):
        for path in ("a/b.txt", "/a/b.txt", "///a//b.txt"):
            assert server.get(f"{way}?f={path}").text == "b"
        for path in (f"{server.folder}/secret.txt", f"/{server.folder}/secret.txt", "/etc/passwd", "../secret.txt",
                     "a/../../secret.txt", "/../secret.txt"):
            answer = server.get(f"{way}?f={path}")
            assert answer.status in (403, 404) and secret not in answer.text and "root:" not in answer.text

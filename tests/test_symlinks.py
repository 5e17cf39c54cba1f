"""Which symbolic links are followed (`disable_symlinks`): nginx's documentation, and nginx itself, say how."""

import os

import pytest

from nginx_beside import nginx_beside
from webserv_process import request, wait_for

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")

site = """
    server {
        listen 127.0.0.1:0;
        root www;
        autoindex on;
        location /off/ { alias www/; disable_symlinks off; }
        location /on/ { alias www/; disable_symlinks on; }
        location /owner/ { alias www/; disable_symlinks if_not_owner; }
        location /from/ { alias www/; disable_symlinks on from=TOP/www; }
        location /from-slash/ { alias www/; disable_symlinks on from=TOP/www/; }
        location /from-deep/ { alias www/; disable_symlinks on from=TOP/www/folder; }
        location /from-half/ { alias www/; disable_symlinks on from=TOP/www/fol; }
        location /from-file/ { alias www/; disable_symlinks on from=TOP/www/inside; }
        location /from-elsewhere/ { alias www/; disable_symlinks on from=/nowhere; }
        location /from-root/ { alias www/; disable_symlinks on from=$document_root; }
        location /from-beneath/ { alias www/; disable_symlinks on from=$document_root/folder; }
        location /owner-from/ { alias www/; disable_symlinks if_not_owner from=$document_root; }
        location /by-link/ { alias current/; disable_symlinks on; }
        location /by-link-from/ { alias current/; disable_symlinks on from=$document_root; }
    }
"""
prefixes = ["off", "on", "owner", "from", "from-slash", "from-deep", "from-half", "from-file", "from-elsewhere",
            "from-root", "owner-from", "by-link", "by-link-from"]
paths = ["real/a.txt", "inside", "outside", "absolute", "folder/a.txt", "folder/link", "folder/", "folder-out/o.txt",
         "folder-out/", "chain", "dangling", "loop", "real/up"]


def fill(top):
    """Links of all kinds, in and beside the root; the root itself has another name too."""
    for folder in ("www/real", "other"):
        (top / folder).mkdir(parents=True)
    (top / "www/real/a.txt").write_text("a")
    (top / "www/real/index.html").write_text("index")
    (top / "other/o.txt").write_text("o")
    (top / "other/index.html").write_text("other index")
    for name, target in (("www/inside", "real/a.txt"), ("www/outside", "../other/o.txt"), ("www/folder", "real"),
                         ("www/absolute", str(top / "other/o.txt")), ("www/folder-out", "../other"),
                         ("www/chain", "inside"), ("www/dangling", "nowhere"), ("www/loop", "loop"),
                         ("www/real/link", "a.txt"), ("www/real/up", "../../other/o.txt"), ("current", "www")):
        (top / name).symlink_to(target)


@pytest.fixture
def linked(serve, tmp_path):
    fill(tmp_path)
    return serve(site.replace("TOP", str(tmp_path)))


@pytest.fixture
def nginx(tool, tmp_path):
    """nginx(path) -> what nginx answers with the same configuration and files."""
    with nginx_beside(tool("nginx"), tmp_path / "nginx", site.replace("TOP", str(tmp_path))) as ask:
        yield ask


@pytest.mark.parametrize("prefix", prefixes)
def test_each_policy_is_nginx_s(linked, nginx, prefix):
    """Status and content for each kind of link, twice: what is kept doesn't change the answer."""
    for path in paths * 2:
        ours, theirs = linked.get(f"/{prefix}/{path}"), nginx(f"/{prefix}/{path}")
        if ours.status == 403 and theirs.status == 404:
            continue  # nginx opens a link on the way as what it is, and finds no folder; documented is "denied"
        if path == "loop":
            continue  # nginx has no rule for a link to itself
        assert ours.status == theirs.status, path
        if ours.status == 200:
            assert ours.text == theirs.text, path


def test_from_beneath_the_root(linked):
    """In a part of the path that begins with $document_root no link is judged; behind it each is."""
    for path, status in (("folder/a.txt", 200), ("folder/link", 403), ("inside", 403), ("real/a.txt", 200)):
        assert linked.get(f"/from-beneath/{path}").status == status, path
    assert linked.get("/from-half/folder/a.txt").status == 403, "a part of a name is no part of a path"
    linked.wait_for_error("disable_symlinks")


def test_a_link_to_itself(linked):
    """403, whatever the policy."""
    for prefix in prefixes:
        assert linked.get(f"/{prefix}/loop").status == 403, prefix


@needs_root
def test_if_not_owner_compares_link_and_file(linked, nginx, tmp_path):
    """A link that belongs to somebody else than what it leads to is refused, on the way and at the end."""
    for name in ("www/inside", "www/folder", "www/outside"):
        os.chown(tmp_path / name, 12345, 12345, follow_symlinks=False)
    for path, status in (("inside", 403), ("folder/a.txt", 403), ("outside", 403), ("absolute", 200), ("chain", 200),
                         ("folder-out/o.txt", 200), ("real/a.txt", 200)):
        assert linked.get(f"/owner/{path}").status == nginx(f"/owner/{path}").status == status, path
    os.chown(tmp_path / "other/o.txt", 12345, 12345)
    for path, status in (("outside", 200), ("absolute", 403)):
        assert linked.get(f"/owner/{path}").status == nginx(f"/owner/{path}").status == status, path
    linked.wait_for_error("disable_symlinks")


def test_default_is_to_follow_what_stays_inside(serve, tmp_path):
    """webserv's own: a link must not open the machine. `outside` says so, and goes back to it from an outer `off`."""
    fill(tmp_path)
    server = serve("""
        server { listen 127.0.0.1:0; root www; }
        server { listen 127.0.0.1:0; server_name b; root www; disable_symlinks off;
                 location /real/ { disable_symlinks outside; } }
    """)
    for path, status in (("inside", 200), ("folder/a.txt", 200), ("outside", 403), ("folder-out/o.txt", 403)):
        assert server.get("/" + path).status == status, path


def test_off_never_climbs_by_the_path_itself(serve, tmp_path):
    """Links may lead anywhere; `..` in a request still leads nowhere."""
    fill(tmp_path)
    server = serve("server { listen 127.0.0.1:0; root www; disable_symlinks off; }")
    assert server.get("/outside").text == "o"
    for target in ("/../other/o.txt", "/%2e%2e/other/o.txt", "/real/..%2f..%2fother/o.txt",
                   "/folder-out/../../other/o.txt"):
        assert 400 <= server.ask(request(f"GET {target} HTTP/1.1")).status < 500


@pytest.mark.parametrize("policy, shown", [
    ("outside", {"inside", "folder/", "chain", "real/"}),
    ("off", {"inside", "folder/", "chain", "real/", "outside", "absolute", "folder-out/"}),
    ("on from=$document_root", {"real/"}),
    ("if_not_owner", {"inside", "folder/", "chain", "real/", "outside", "absolute", "folder-out/"}),
])
def test_a_listing_shows_what_can_be_served(serve, tmp_path, policy, shown):
    """No link in it leads to 403."""
    fill(tmp_path)
    server = serve("server { listen 127.0.0.1:0; root www; autoindex on; disable_symlinks %s; }" % policy)
    text = server.get("/").text
    links = {"real/", "inside", "outside", "absolute", "folder/", "folder-out/", "chain", "dangling", "loop"}
    assert {name for name in links if f'href="./{name}"' in text} == shown
    for name in shown - {"folder/", "real/", "folder-out/"}:
        assert server.get("/" + name).status == 200


def test_a_file_that_becomes_a_link_is_refused_at_once(serve, tmp_path):
    """What is kept of a path goes when one of its names changes."""
    fill(tmp_path)
    server = serve("server { listen 127.0.0.1:0; root www; disable_symlinks on from=$document_root; }")
    path = tmp_path / "www/real/a.txt"
    for _ in range(3):
        assert server.get("/real/a.txt").status == 200
        path.rename(tmp_path / "www/real/b.txt")
        path.symlink_to("b.txt")
        assert server.get("/real/a.txt").status == 403
        path.unlink()
        (tmp_path / "www/real/b.txt").rename(path)


@pytest.mark.parametrize("which", ["site/www", "site"])
def test_a_folder_above_that_becomes_a_link_is_refused_within_a_second(serve, tmp_path, which):
    """The root and the folders above it are judged too; whether these changed is looked at once a second."""
    fill(tmp_path / "site")
    server = serve("server { listen 127.0.0.1:0; root site/www; disable_symlinks on; }")
    assert server.get("/real/a.txt").status == 200
    (tmp_path / which).rename(tmp_path / "moved")
    (tmp_path / which).symlink_to(tmp_path / "moved")
    wait_for(lambda: server.get("/real/a.txt").status == 403, "the link to be seen")


@pytest.mark.parametrize("policy", ["off", "on from=$document_root", "if_not_owner"])
def test_never_stale_through_links(serve, tmp_path, policy):
    """A file that is overwritten is served as it is now, whatever way led to it."""
    fill(tmp_path)
    server = serve("server { listen 127.0.0.1:0; root www; disable_symlinks %s; }" % policy)
    path = "/real/a.txt" if "on from" in policy else "/outside"
    file = tmp_path / ("www/real/a.txt" if "on from" in policy else "other/o.txt")
    for number in range(20):
        file.write_text(f"version {number}")
        assert server.get(path).text == f"version {number}"

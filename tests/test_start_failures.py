"""A server that can't start says why, and what to do, and exits with status 1."""

import grp
import os
import pathlib
import pwd
import re
import socket

import pytest

from webserv_process import free_port, run


def start(folder, config, **options):
    (folder / "a.conf").write_text(config)
    return run("-c", folder / "a.conf", cwd=folder, **options)


def assert_failed(result, *parts):
    assert result.returncode == 1, result
    for part in parts:
        assert part.lower() in result.stderr.lower(), f"{part!r} is not in: {result.stderr}"


def test_port_in_use(tmp_path):
    """The address is named, and that somebody else has it."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert_failed(start(tmp_path, f"server {{ listen 127.0.0.1:{port}; return 200 ok; }}"),
                      f"127.0.0.1:{port}", "address already in use")


def test_unix_socket_in_use(tmp_path):
    """A socket that somebody listens on is left to him."""
    path = tmp_path / "s.sock"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()
        assert_failed(start(tmp_path, f"server {{ listen unix:{path}; return 200 ok; }}"), str(path), "in use")
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))


def test_address_of_another_machine(tmp_path):
    """An address that no interface here has (RFC 5737)."""
    assert_failed(start(tmp_path, f"server {{ listen 192.0.2.1:{free_port()}; return 200 ok; }}"),
                  "192.0.2.1", "cannot assign requested address")


def test_port_without_permission(tmp_path):
    """A low port without root tells the two ways out."""
    first_free = int(pathlib.Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    if first_free <= 81:
        (tmp_path / "closed").mkdir(mode=0o555)  # this machine protects no port 81; a folder shows the same
        config = f"server {{ listen unix:{tmp_path}/closed/s.sock; return 200 ok; }}"
        result = start(tmp_path, config, unprivileged=True)
        assert_failed(result, "closed/s.sock", "permission denied")
    else:
        result = start(tmp_path, "server { listen 127.0.0.1:81; return 200 ok; }", unprivileged=True)
        assert_failed(result, "127.0.0.1:81", "permission denied", "CAP_NET_BIND_SERVICE")


def test_root_that_is_missing(tmp_path):
    """Found at the start, not by the first visitor; with file and line."""
    result = start(tmp_path, "server {\n listen 127.0.0.1:0;\n root nowhere;\n}\n")
    assert_failed(result, "a.conf:3:", "nowhere", "no such file")


def test_root_that_is_a_file(tmp_path):
    """A root must be a folder."""
    (tmp_path / "file").write_text("")
    assert_failed(start(tmp_path, "server {\n listen 127.0.0.1:0;\n root file;\n}\n"), "a.conf:3:", "file")


@pytest.mark.parametrize("directive", ["access_log", "error_log"])
def test_log_that_cannot_be_opened(tmp_path, directive):
    """A log in a folder that isn't there."""
    assert_failed(start(tmp_path, f"{directive} nowhere/a.log;\nserver {{ listen 127.0.0.1:0; return 200 ok; }}"),
                  "nowhere/a.log", "no such file")


def test_pid_file_that_cannot_be_written(tmp_path):
    """The same for the pid file."""
    result = start(tmp_path, "pid nowhere/a.pid;\nserver { listen 127.0.0.1:0; return 200 ok; }")
    assert_failed(result, "nowhere/a.pid", "no such file")


def test_nothing_listens_when_one_of_several_sockets_fails(tmp_path):
    """All or nothing: no half-started server."""
    free = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        config = f"server {{ listen 127.0.0.1:{free}; listen 127.0.0.1:{taken}; return 200 ok; }}"
        assert_failed(start(tmp_path, config), str(taken))
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", free)) != 0


def test_user_is_who_the_server_becomes(serve):
    """Started by root, it opens its sockets and logs first and then gives root up; by anybody else, it says that the
    line is ignored."""
    server = serve("user nobody nogroup;\nserver { listen 127.0.0.1:0; return 204; }")
    assert server.get("/").status == 204
    if os.geteuid() != 0:
        server.expected_stderr.append(".*")
        assert "user" in server.stderr
        return
    status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
    nobody, nogroup = pwd.getpwnam("nobody").pw_uid, grp.getgrnam("nogroup").gr_gid
    assert re.search(rf"^Uid:(\s+{nobody}){{4}}$", status, re.M)
    assert re.search(rf"^Gid:(\s+{nogroup}){{4}}$", status, re.M)
    assert re.search(r"^CapEff:\s+0+$", status, re.M)


def test_unknown_user_is_named(tmp_path):
    """At the start, not when it is too late."""
    (tmp_path / "a.conf").write_text("user nosuchuser;\nserver { listen 127.0.0.1:0; return 204; }\n")
    result = run("-c", str(tmp_path / "a.conf"))
    assert result.returncode == 1 and "nosuchuser" in result.stderr

"""What every integration test gets: `serve`, which starts a server and checks at the end that it stopped cleanly."""

import contextlib
import os
import shutil
import textwrap

import pytest

from webserv_process import Server, has_sanitizers


def write_files(folder, files):
    """name -> text or bytes; a name that ends in `/` is an empty folder."""
    for name, content in files.items():
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def pytest_configure(config):
    config.addinivalue_line("markers", "release_only: shows nothing under sanitizers, and isn't chosen there")


def pytest_collection_modifyitems(config, items):
    """Left out, not skipped: what can't run with sanitizers, or would say nothing about the real binary."""
    if not has_sanitizers():
        return
    left_out = [item for item in items if item.get_closest_marker("release_only")]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture
def serve(tmp_path):
    """serve(config, files) starts ./webserv in tmp_path. Logs go to error.log (level info) and access.log beside the
    configuration, unless it says otherwise; the folder `www` is always there, to be a root."""
    stack = contextlib.ExitStack()

    def start(config, files=None, **options):
        (tmp_path / "www").mkdir(exist_ok=True)
        write_files(tmp_path, files or {})
        config = textwrap.dedent(config)
        if "error_log" not in config:
            config = "error_log error.log info;\n" + config
        if "access_log" not in config:
            config = "access_log access.log;\n" + config
        server = Server(tmp_path, config, **options)
        stack.callback(server.stop)
        return server

    with stack:
        yield start


@pytest.fixture
def tool():
    """tool(name) is the path of a program that is not part of every machine. Without it the test is skipped, but for
    continuous integration, which sets WEBSERV_NO_SKIP and installs them all: there its absence is a failure."""
    def find(name):
        path = shutil.which(name) or shutil.which(name, path="/usr/sbin")
        if path is None and os.environ.get("WEBSERV_NO_SKIP"):
            pytest.fail(f"{name} is not installed")
        if path is None:
            pytest.skip(f"{name} is not installed")
        return path

    return find

"""Options and exit statuses: 0 for success, 2 for a usage error, 1 for a bad configuration or a failed start."""

import re

import pytest

from webserv_process import run


@pytest.mark.parametrize("option", ["-v", "-V"])
def test_version(option):
    """The version in one line; -V says more about the build."""
    result = run(option)
    assert result.returncode == 0
    assert re.search(r"webserv/\d+\.\d+", result.stdout + result.stderr)


def test_help():
    """Every option is named."""
    result = run("-h")
    assert result.returncode == 0
    for option in ("-c", "-t", "-v", "-V", "-h"):
        assert option in result.stdout


@pytest.mark.parametrize("arguments", [["--nonsense"], ["-x"], ["-c"], ["a.conf", "b.conf"]])
def test_usage_error(arguments, tmp_path):
    """Status 2, a sentence on stderr that names the way to help, nothing on stdout."""
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stdout == "" and "-h" in result.stderr


@pytest.mark.parametrize("arguments", [["-t", "-c", "good.conf"], ["-t", "good.conf"]])
def test_configuration_test(tmp_path, arguments):
    """-t reads the configuration, says that it is good, and opens nothing."""
    (tmp_path / "good.conf").write_text("server { listen 127.0.0.1:0; location / { return 200 ok; } }")
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode == 0
    assert "good.conf" in result.stdout + result.stderr


def test_configuration_test_lists_what_has_no_effect(tmp_path):
    """nginx's tuning directives are accepted, and named."""
    (tmp_path / "a.conf").write_text("server { listen 127.0.0.1:0; sendfile on; location / { return 200 ok; } }")
    result = run("-t", "a.conf", cwd=tmp_path)
    assert result.returncode == 0 and "sendfile" in result.stdout + result.stderr


def test_bad_configuration(tmp_path):
    """Status 1, whether it is tested or started, with file, line and column."""
    (tmp_path / "bad.conf").write_text("server {\n    lisen 80;\n}\n")
    for arguments in (["-t", "bad.conf"], ["bad.conf"], ["-c", "bad.conf"]):
        result = run(*arguments, cwd=tmp_path)
        assert result.returncode == 1
        assert "bad.conf:2:5" in result.stderr and "listen" in result.stderr


def test_missing_configuration(tmp_path):
    """The file that isn't there is named."""
    result = run("-c", "nowhere.conf", cwd=tmp_path)
    assert result.returncode == 1
    assert "nowhere.conf" in result.stderr and "no such file" in result.stderr.lower()


def test_paths_are_relative_to_the_configuration(serve, tmp_path):
    """Wherever it is started from: root and logs lie beside the configuration file."""
    server = serve("server { listen 127.0.0.1:0; root www; }", {"www/index.html": "home"}, command=["env", "-C", "/"])
    assert server.get("/").text == "home"
    server.wait_for_accesses(1)

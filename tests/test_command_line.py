"""Options and exit statuses: 0 for success, 2 for a usage error, 1 for a bad configuration or a failed start."""

import re
import subprocess

import pytest

from webserv_process import binary, run


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


@pytest.mark.parametrize("option", ["-T", "--tolerant", "--listen", "--port", "--spa", "--print-config",
                                    "--directives"])
def test_help_fits_one_screen_and_names_every_option(option):
    text = run("--help").stdout
    assert option in text and len(text.splitlines()) <= 30
    assert all(len(line) <= 120 for line in text.splitlines())


@pytest.mark.parametrize("name,said", [
    ("listen", "syntax:  listen"),
    ("sendfile", "without effect"),
    ("proxy_pass", "HAProxy or nginx"),
    ("ssl_session_tickets", "hitch or HAProxy"),
    ("alias-slash", "a warning of webserv -t"),
])
def test_help_on_a_name(name, said):
    """A directive, one without effect, refused ones by name and by family, and the code of a warning."""
    result = run("--help", name)
    assert result.returncode == 0 and result.stderr == ""
    assert result.stdout.startswith(name) and said in result.stdout


@pytest.mark.parametrize("name,nearest", [("listn", "listen"), ("proxy-pass", None), ("autoindx", "autoindex"),
                                          ("upstrem", "upstream"), ("alias-slas", "alias-slash")])
def test_help_on_a_misspelt_name(name, nearest):
    """Status 2, and the nearest name of all that there is help on."""
    result = run("--help", name)
    assert result.returncode == 2 and result.stdout == ""
    first = result.stderr.splitlines()[0]
    assert f'"{name}"' in first and (nearest is None or f'did you mean "{nearest}"?' in first)


@pytest.mark.parametrize("arguments", [
    ["--port"], ["--port", "many", "."], ["--port", "65536", "."], ["--port=", "."], ["--listen"], ["--listen=", "."],
    ["--spa"], ["--port", "9000"], ["--print-config"], ["--tolerant", "."], ["-t", "--print-config", "."],
    ["--port", "9000", "site.conf"], ["--print-config", "site.conf"], ["--spa", "-c", "site.conf"],
    [".", ".."], ["-c", "site.conf", "."], [""], ["-c", ""], ["--", "--", "x"], ["--portal", "1", "."],
])
def test_usage_error_of_options_that_do_not_fit(arguments, tmp_path):
    (tmp_path / "site.conf").write_text("server { listen 127.0.0.1:0; return 204; }")
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode == 2 and result.stdout == ""
    assert result.stderr.startswith("webserv: ") and "usage: " in result.stderr


def test_order_of_options_is_free(tmp_path):
    """An option after the path counts as well, and `--` ends the options."""
    (tmp_path / "-t.conf").write_text("server { listen 127.0.0.1:0; return 204; }")
    assert run("--", "-t.conf", "-t", cwd=tmp_path).returncode == 2
    assert "-t.conf is fine" in run("-t", "--", "-t.conf", cwd=tmp_path).stderr
    (tmp_path / "a.conf").write_text("server { listen 127.0.0.1:0; return 204; }")
    assert "a.conf is fine" in run("a.conf", "-t", cwd=tmp_path).stderr


@pytest.mark.parametrize("name,text,status,said", [
    ("a.conf", "<html>", 1, "a.conf:1:1"),                        # the name says it
    ("default", "# a site\nserver { lisen 80; }", 1, "begins like one"),  # the text says it
    ("nginx.conf.bak", "http { lisen 80; }", 1, "begins like one"),
    ("-", "", 1, "no such file or directory"),
])
def test_what_is_a_configuration(tmp_path, name, text, status, said):
    """By its name, or by its first word where the name has no known ending; what was guessed is said."""
    if text:
        (tmp_path / name).write_text(text)
    result = run("-t", "--", name if text else "nowhere", cwd=tmp_path)
    assert result.returncode == status and said in result.stderr


def test_configuration_from_a_pipe(tmp_path):
    """What is neither file nor folder is read as a configuration."""
    result = subprocess.run([binary(), "-t", "/dev/stdin"], input="server { listen 127.0.0.1:0; return 204; }",
                            capture_output=True, text=True, timeout=20)
    assert result.returncode == 0 and "is fine" in result.stderr

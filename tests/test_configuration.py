"""Wrong configurations and what is said about them.

Each tests/config/NAME.conf has its NAME.expected: all that `webserv -t -c NAME.conf` writes to standard error, read as
a newcomer would read it: the place, the reason, the cure. A difference is a question to a person: nothing here rewrites
the expectations.
"""

import os
import pathlib
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE / "config"
WEBSERV = str((pathlib.Path.cwd() / os.environ.get("WEBSERV", "./webserv")).resolve())


def check(*arguments, cwd=FOLDER):
    done = subprocess.run([WEBSERV, "-t", "-c", *map(str, arguments)], cwd=cwd, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, errors="surrogateescape", timeout=20)
    # The program's own summary follows the diagnostics.
    said = "".join(line for line in done.stderr.splitlines(keepends=True) if not line.startswith("webserv: "))
    return done.returncode, said


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.conf")))
def test_wrong_configuration_is_explained(name):
    """The place, the reason and the cure, for each mistake of the file, in one run."""
    status, said = check(f"{name}.conf")
    expected = (FOLDER / f"{name}.expected").read_text(encoding="utf-8", errors="surrogateescape")
    assert said == expected
    assert status == (1 if "error: " in expected else 0)


def test_every_expectation_belongs_to_a_configuration():
    assert {path.stem for path in FOLDER.glob("*.expected")} == {path.stem for path in FOLDER.glob("*.conf")}


def test_reference_is_generated_from_the_table():
    """conf/README.md is what the table says, byte for byte."""
    printed = subprocess.run([WEBSERV, "--directives"], capture_output=True, text=True, timeout=20, check=True).stdout
    assert (HERE.parent / "conf" / "README.md").read_text(encoding="utf-8") == printed


def test_missing_file_is_named(tmp_path):
    status, said = check("nowhere.conf", cwd=tmp_path)
    assert status == 1
    assert said.startswith("nowhere.conf: error: ") and "o such file or directory" in said


def test_folder_in_place_of_a_file_is_named(tmp_path):
    status, said = check(".", cwd=tmp_path)
    assert status == 1
    assert "is a folder, not a configuration file" in said


def test_unreadable_file_is_named(tmp_path):
    """Nobody, not even root, can read the first bytes of this file."""
    status, said = check("/proc/self/mem", cwd=tmp_path)
    assert status == 1
    assert said.startswith("/proc/self/mem: error: cannot read /proc/self/mem: ")


def test_file_too_large_is_refused(tmp_path):
    (tmp_path / "large.conf").write_text("# " + "x" * (8 * 1024 * 1024))
    status, said = check("large.conf", cwd=tmp_path)
    assert status == 1
    assert "more than 8388608 bytes" in said


def test_includes_nested_too_deep_are_refused(tmp_path):
    for i in range(30):
        (tmp_path / f"{i}.conf").write_text(f"include {i + 1}.conf;\n")
    (tmp_path / "30.conf").write_text("server { listen 8080; return 204; }\n")
    status, said = check("0.conf", cwd=tmp_path)
    assert status == 1
    assert said.startswith("16.conf:1:9: error: includes are nested deeper than 16 files")


# What works, and what nginx itself accepts without a word.
ACCEPTED = {
    "bare servers with common directives":
        "client_max_body_size 8k; worker_connections 100; server { listen 8080; return 204; } keepalive_timeout 5;",
    "full form": "events { } http { server { listen 8080; return 204; } }",
    "full form without events": "http { server { listen 8080; return 204; } }",
    "no listen at all": "server { return 204; }",
    "comments and quotes":
        "# server {\nserver { listen '8080'; return 200 \"a \\\"b\\\"; # { }\"; # end\n}",
    "hash inside a word": "server { listen 8080; return 301 /a#b; }",
    "directive over several lines":
        "server { listen 8080; server_name a.example\n  b.example\n  c.example; return 204; }",
    "name of a directive as a quoted argument":
        "server { listen 8080; server_name a.example\n  \"index\"; return 204; }",
    "byte order mark": "\ufeffserver { listen 8080; return 204; }",
    "carriage returns": "server {\r\n listen 8080;\r\n return 204;\r\n}\r\n",
    "times": "server { listen 8080; return 204; keepalive_timeout 1m30s; send_timeout 100ms; client_header_timeout 1h;"
             " client_body_timeout '1m 30s'; lingering_timeout 2; }",
    "sizes": "server { listen 8080; return 204; client_max_body_size 1G; client_header_buffer_size 2K;"
             " large_client_header_buffers 8 16k; }",
    "addresses": "server { return 204; listen 127.0.0.1:8080; listen *:8081; listen [::1]:8082; listen localhost:8083;"
                 " listen [::]:8084 ipv6only=off; listen unix:/tmp/webserv.sock; listen 127.0.0.1; listen 0;"
                 " listen 8085 reuseport backlog=10 default_server; }",
    "locations that differ": "server { listen 8080; location /a { return 204; } location = /a { return 204; }"
                             " location ^~ /b { return 204; }"
                             " location =/c { return 204; } location ^~/d { return 204; } }",
    "names": "server { listen 8080; return 204;"
             " server_name example.org *.example.com .example.net www.example.* _ ''; }",
    "order does not matter": "server { location /a { index x.html; } location / { } listen 8080; root www; }",
    "types in a file of their own": "types { text/plain txt log; }\nserver { listen 8080; root www; }",
    "error pages": "server { listen 8080; root www; error_page 404 /404.html; error_page 500 502 =200 /x;"
                   " error_page 403 = /y; error_page 410 https://example.org/; }",
    "same address, other names": "server { listen 8080 default_server; server_name a; return 204; }"
                                 " server { listen 8080; server_name b; return 204; }",
    "equal socket options": "server { listen 8080 backlog=5; server_name a; return 204; }"
                            " server { listen 8080 backlog=5; server_name b; return 204; }",
    "pattern that matches nothing": "include sites/*.conf; server { listen 8080; return 204; }",
}


@pytest.mark.parametrize("what", ACCEPTED)
def test_accepted_without_a_word(what, tmp_path):
    (tmp_path / "www").mkdir()
    for page in ("404.html", "x", "y"):
        (tmp_path / "www" / page).write_text(page)
    (tmp_path / "site.conf").write_text(ACCEPTED[what], encoding="utf-8", newline="")
    assert check("site.conf", cwd=tmp_path) == (0, "")


def test_relative_paths_start_at_the_configuration_folder(tmp_path):
    """From wherever the server is started, and through an include too."""
    (tmp_path / "conf" / "sites").mkdir(parents=True)
    (tmp_path / "www").mkdir()
    (tmp_path / "conf" / "main.conf").write_text("include sites/*.conf;")
    (tmp_path / "conf" / "sites" / "one.conf").write_text("server { listen 8080; root ../www; }")
    for cwd in (tmp_path, tmp_path / "conf", tmp_path / "www"):
        path = os.path.relpath(tmp_path / "conf" / "main.conf", cwd)
        assert check(path, cwd=cwd) == (0, ""), cwd


def test_default_configuration_is_sound():
    assert check("conf/default.conf", cwd=HERE.parent) == (0, "")

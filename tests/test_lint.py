"""What `webserv -t` warns of, each with its code, and what it keeps quiet about; what a server that starts says."""

import pathlib
import re

import pytest

from webserv_process import run


def lint(folder, text, files=()):
    """The codes of the warnings, in the order of the lines."""
    for name in ("www/", *files):
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x")
    (folder / "site.conf").write_text(text)
    result = run("-t", "site.conf", cwd=folder)
    assert result.returncode == 0, result.stderr
    return re.findall(r"^site\.conf:\d+:\d+: warning: .*; .*\[([a-z-]+)\]$", result.stderr, re.M)


def server(body):
    return "server {\n listen 127.0.0.1:0;\n" + body + "\n}\n"


@pytest.mark.parametrize("location,alias,warned", [
    ("/img/", "www", True),           # nginx: /img/a -> wwwa
    ("/img", "www/", True),           # nginx: /img../a leaves www
    ("^~ /img/", "www", True),
    ("/img/", "www/", False),
    ("/img", "www", False),
    ("= /img", "www/", False),        # one path alone
    ("/img", "www/file", False),      # a file answers for the path itself
])
def test_alias_slash(tmp_path, location, alias, warned):
    codes = lint(tmp_path, server(f"location {location} {{ alias {alias}; }}"), ["www/file"])
    assert codes == (["alias-slash"] if warned else [])


@pytest.mark.parametrize("root,warned", [("/", True), (".", True), ("..", True), ("www", False), ("/usr", False)])
def test_root_above_the_configuration(tmp_path, root, warned):
    """Whoever finds its name could read the configuration."""
    assert lint(tmp_path, server(f"root {root};")) == (["root-above-configuration"] if warned else [])


def test_root_above_the_configuration_by_a_link(tmp_path):
    """The folder counts, not how it is called; and www beside a folder www2 holds nothing of it."""
    (tmp_path / "link").symlink_to(tmp_path)
    assert lint(tmp_path, server("root link;")) == ["root-above-configuration"]
    inner = tmp_path / "www2"
    inner.mkdir()
    assert lint(inner, server("root ../www;")) == []


@pytest.mark.parametrize("body,files,warned", [
    ("root www; error_page 404 /404.html;", [], True),
    ("root www; error_page 404 /404.html;", ["www/404.html"], False),
    ("root www; error_page 404 /errors/404.html; location /errors/ { root other; }", ["other/errors/404.html"], False),
    ("root www; error_page 404 /errors/404.html; location /errors/ { alias other/; }", ["other/404.html"], False),
    ("root www; error_page 404 /errors/404.html; location /errors/ { alias other/; }", ["other/x"], True),
    ("root www; error_page 404 /gone; location = /gone { return 410 gone; }", [], False),
    ("root www; location /a/ { error_page 404 /404.html; }", [], True),
    ("root www; error_page 404 https://example.org/;", [], False),
    ("root www; error_page 404 /404.html?from=here;", ["www/404.html"], False),
    ("return 404; error_page 404 /404.html;", [], False),
])
def test_page_that_is_missing(tmp_path, body, files, warned):
    """Looked for in every folder that could hold it, and not where something else could answer."""
    assert lint(tmp_path, server(body), files) == (["error-page-missing"] if warned else [])


def test_page_that_is_missing_further_out(tmp_path):
    """One line for all servers is told of once."""
    one = "server {{ listen 127.0.0.1:0; server_name {}; root www; }}\n"
    text = "error_page 404 /404.html;\n" + one.format("a") + one.format("b")
    assert lint(tmp_path, text) == ["error-page-missing"]


@pytest.mark.parametrize("body,warned", [
    ("root www; allow_methods GET POST;", True),
    ("root www; allow_methods GET HEAD;", False),
    ("return 204; allow_methods GET POST;", False),
    ("allow_methods GET POST; location = /a { return 204; }", False),
    ("location /a { root www; allow_methods DELETE; }", True),
])
def test_method_that_nothing_serves(tmp_path, body, warned):
    assert lint(tmp_path, server(body)) == (["method-unserved"] if warned else [])


@pytest.mark.parametrize("text,code", [
    ("server { listen 127.0.0.1:0; location / { } }", "nothing-to-serve"),
    (server("root www; location //a { }"), "unreachable-path"),
    (server("root www; location /a%20b { }"), "encoded-path"),
    (server("root www; index /a b;"), "index-after-path"),
    (server("return 204; return 404;"), "return-unreached"),
    (server("root www; types { a/b x; a/c x; }"), "type-twice"),
    ("server { listen 127.0.0.1:8080; return 204; }" * 2, "name-conflict"),
])
def test_others(tmp_path, text, code):
    assert lint(tmp_path, text) == ([code] if code else [])


def test_every_code_is_explained(tmp_path):
    """In the reference, and by --help; no warning in the tests' own expectations is without one."""
    codes = re.findall(r"^\| `([a-z-]+)` \| ", run("--directives").stdout, re.M)
    assert {"alias-slash", "root-above-configuration", "error-page-missing"} <= set(codes)
    for code in codes:
        assert code in run("--help", code).stdout
    for path in (pathlib.Path(__file__).parent / "config").glob("*.expected"):
        for line in re.findall(r"^.*: warning: .*$", path.read_text(errors="replace"), re.M):
            assert re.search(r" \[([a-z-]+)\]$", line)[1] in codes


def test_server_that_starts_says_nothing_of_it(serve):
    """-t is the linter: what runs as it did is not complained about each time (stderr is checked at the end)."""
    site = serve(server("root .; location /a/ { alias www; }"), {"www/b": "b"})
    assert site.get("/a/b").text == "b"

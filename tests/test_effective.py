"""`webserv -T`: the effective configuration, each value with where it comes from, as a text that does the same.
"""

import re

import pytest

from webserv_process import Server, request, run

SITE = """
error_log error.log info;
access_log access.log;
charset iso-8859-1;
index start.html;
include more/*.conf;
sendfile on;
server {
    listen 127.0.0.1:0;
    root www;
    error_page 404 /missing.html;
    location /files/ {
        alias www/other/;
        autoindex on;
        index "none here.html";
    }
    location = /text {
        types { text/x-own html; }
        return 200 "a { quoted } text; # with all";
    }
    location /plain/ {
        charset off;
    }
}
"""

FILES = {
    "more/types.conf": "default_type text/plain;\n",
    "www/start.html": "<p>start",
    "www/missing.html": "<p>missing",
    "www/unknown": "no ending",
    "www/plain/start.html": "<p>plain",
    "www/other/a.txt": "a",
}


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def effective(folder, text, *options):
    (folder / "site.conf").write_text(text)
    result = run("-T", *options, "site.conf", cwd=folder)
    assert result.returncode == 0, result.stderr
    return result.stdout


def value_lines(text, *blocks):
    """The lines of the block with this path of heads, without those of blocks in it; name -> [(line, comment)]."""
    found, stack = {}, []
    for line in text.splitlines():
        body, _, comment = line.strip().rpartition("  # ")
        body = body.strip()
        if body.endswith("{") and not body.startswith("#"):
            stack.append(body[:-1].strip())
        elif line.strip() == "}":
            stack.pop()
        elif tuple(stack) == blocks:
            name = body.removeprefix("# ").split()[0].rstrip(";:")
            found.setdefault(name, []).append((body, comment))
    return found


def test_each_value_with_where_it_comes_from(tmp_path):
    """Own values live, inherited and default ones in comments, each with its place."""
    write(tmp_path, FILES)
    text = effective(tmp_path, SITE)
    http = value_lines(text, "http")
    assert http["charset"] == [("charset iso-8859-1;", "site.conf:4")]
    assert http["default_type"] == [("default_type text/plain;", "more/types.conf:1")]
    assert http["keepalive_timeout"] == [("# keepalive_timeout 75s;", "default")]
    server = value_lines(text, "http", "server")
    assert server["root"] == [(f"root {tmp_path}/www;", "site.conf:10")]
    assert server["charset"] == [("# charset iso-8859-1;", "inherited from site.conf:4")]
    assert server["default_type"] == [("# default_type text/plain;", "inherited from more/types.conf:1")]
    assert server["autoindex"] == [("# autoindex off;", "default")]
    files = value_lines(text, "http", "server", "location /files/")
    assert files["autoindex"] == [("autoindex on;", "site.conf:14")]
    assert files["index"] == [('index "none here.html";', "site.conf:15")]
    assert files["error_page"] == [("# error_page 404 /missing.html;", "inherited from site.conf:11")]
    plain = value_lines(text, "http", "server", "location /plain/")
    assert plain["charset"] == [("charset off;", "site.conf:22")]
    assert plain["root"] == [(f"# root {tmp_path}/www;", "inherited from site.conf:10")]


def test_alias_takes_the_place_of_the_root_around_it(tmp_path):
    write(tmp_path, FILES)
    files = value_lines(effective(tmp_path, SITE), "http", "server", "location /files/")
    assert files["alias"] == [(f"alias {tmp_path}/www/other/;", "site.conf:13")] and "root" not in files


def test_what_is_carried_out_where_it_stands_is_not_inherited(tmp_path):
    """A server's return is no location's: it has answered before."""
    text = effective(tmp_path, "server { listen 127.0.0.1:0; return 204; location /a { } }")
    assert "return" in value_lines(text, "http", "server")
    assert "return" not in value_lines(text, "http", "server", "location /a")


def test_what_has_no_effect_is_a_comment(tmp_path):
    write(tmp_path, FILES)
    assert re.search(r"^ *# sendfile on; +# site\.conf:7, without effect$", effective(tmp_path, SITE), re.M)


def test_places_of_the_full_form(tmp_path):
    """events and http are shown where they stand, events also where it isn't written."""
    full = "worker_processes 1;\nhttp {\n  server { listen 127.0.0.1:0; return 204; }\n}\n"
    text = effective(tmp_path, full)
    assert value_lines(text)["worker_processes"] == [("worker_processes 1;", "site.conf:1")]
    assert value_lines(text, "events")["worker_connections"] == [("# worker_connections 512;", "default")]
    assert "http {" in text and "server_name" in value_lines(text, "http", "server")


def test_each_directive_has_its_value_at_each_level(tmp_path):
    """Every directive that has a default is shown in each block that it may stand in, whoever gave its value."""
    write(tmp_path, FILES)
    text = effective(tmp_path, SITE)
    reference = run("--directives").stdout
    rows = re.findall(r"^#### (\S+)\n\n- syntax: .*\n- default: (.*)\n- in: (.*)$", reference, re.M)
    assert len(rows) > 30
    blocks = {"http": ("http",), "server": ("http", "server"), "location": ("http", "server", "location /plain/")}
    for name, default, places in rows:
        for context, path in blocks.items():
            at_top = context == "http" and "the top of the file" in places
            if default == "none" or context not in places or at_top:
                continue
            other = {"root": "alias", "allow_methods": "limit_except"}.get(name, name)
            shown = value_lines(text, *path)
            assert name in shown or other in shown, (name, context)


def answers(server):
    """What clients see of it, but for the date."""
    seen = []
    for path in ("/", "/unknown", "/nothing", "/files/", "/files/a.txt", "/text", "/plain/", "/files"):
        answer = server.ask(request(f"GET {path} HTTP/1.1"))
        fields = [(name, value) for name, value in answer.fields if name not in ("Date", "Location")]
        seen.append((path, answer.status, fields, answer.content))
    return seen


def test_the_text_is_a_configuration_that_does_the_same(serve, tmp_path):
    """Served from another folder, it answers as the files do that it was made of."""
    first = serve(SITE, FILES)
    text = run("-T", first.config).stdout
    (tmp_path / "elsewhere").mkdir()
    second = Server(tmp_path / "elsewhere", text)
    try:
        assert answers(second) == answers(first)
        assert [status for _, status, _, _ in answers(first)] == [200, 200, 404, 200, 200, 200, 200, 404]
    finally:
        second.stop()


def test_it_is_its_own_effective_configuration(tmp_path):
    """The second time, nothing has changed but the places."""
    write(tmp_path, FILES)
    once = effective(tmp_path, SITE)
    twice = effective(tmp_path, once)
    bare = [re.sub(r"\s+# .*", "", line) for line in once.splitlines() if not line.strip().startswith("#")]
    assert bare == [re.sub(r"\s+# .*", "", line) for line in twice.splitlines() if not line.strip().startswith("#")]


def test_default_configuration(tmp_path):
    """The tour of the directives is printed whole."""
    result = run("-T", "conf/default.conf", cwd=re.sub("/tests/.*", "", __file__))
    assert result.returncode == 0 and result.stdout.count("location ") >= 8
    assert "the configuration conf/default.conf is fine" in result.stderr


def test_wrong_configuration_prints_none(tmp_path):
    (tmp_path / "site.conf").write_text("server { lisen 80; }")
    result = run("-T", "site.conf", cwd=tmp_path)
    assert result.returncode == 1 and result.stdout == "" and "site.conf:1:10" in result.stderr


@pytest.mark.parametrize("arguments", [["-T", "-t", "site.conf"], ["-t", "-T", "-c", "site.conf"]])
def test_with_t(tmp_path, arguments):
    """-T tests as well: both together are -T."""
    (tmp_path / "site.conf").write_text("server { listen 127.0.0.1:0; return 204; }")
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode == 0 and "return 204;" in result.stdout and "is fine" in result.stderr

"""set, if, rewrite, return, break, try_files, named, nested and internal locations, error_page with variables, and the
variables themselves.

The tables hold what nginx 1.22 answers with the same lines (there with absolute_redirect off, so that Locations are
relative too); where webserv departs from it, a test of its own says so.
"""

import os
import re
import socket
import time

import pytest

from webserv_process import request

FILES = {
    "www/index.html": "home", "www/a.html": "a", "www/dir/index.html": "dir", "www/dir/file.txt": "file",
    "www/empty/": "", "www/sub/a.html": "sub a", "www/fallback.html": "fallback", "www/500.html": "five hundred",
    "www/.secret": "hidden", "www/.well-known/x": "known", "www/with space.html": "space",
    "sites/one.org/index.html": "one", "sites/two.org/index.html": "two", "sites/secret": "beside",
    "sites/.git/config": "hidden", "outside/secret": "outside",
    "root/secret": "outside", "sites/.git/root/config": "hidden", "sites/.git/field/secret": "hidden",
    "sites/one.org/.git/index.html": "hidden", "sites/one.org/.hid": "hidden", "sites/one.org/a/b": "",
}

REQUEST_VARIABLES = """
    $uri $document_uri $request_uri $args $query_string $is_args $arg_a $arg_B $arg_none $host $http_host
    $server_name $request_method $request $server_protocol $scheme $https $content_length $content_type
    $remote_user $http_x_y $cookie_c $cookie_none
""".split()

# name -> lines of server { }, requests: (target, field lines, "status[ text]" or "status > Location")
CASES = {
    "set": ("set $a 1; set $b $a$a; set $a 2; location / { set $c \"<$a $b>\"; return 200 $c; }",
            [("/", (), "200 <2 11>")]),
    "set_args": ("set $args x=1; location / { return 200 \"$args $arg_x $query_string $is_args $request_uri\"; }",
                 [("/?x=2", (), "200 x=1 1 x=1 ? /?x=2")]),
    "variable_without_value": ("if ($arg_x) { set $late 1; } return 200 \"<$late>\";",
                               [("/", (), "200 <>"), ("/?x=1", (), "200 <1>"), ("/?x=0", (), "200 <>")]),
    "if_compares": (r"""
        if ($request_method = POST) { return 405 "posted"; }
        if ($arg_a != "b c") { return 200 "unequal"; }
        if ($http_user_agent ~* MSIE) { return 200 "old"; }
        if ($http_x !~ ^[0-9]+$) { return 200 "no number"; }
        return 200 "through";
    """, [
        ("/", (), "200 unequal"), ("/?a=b%20c", (), "200 unequal"),
    ]),
    "if_matches": (r"""
        if ($http_user_agent ~ MSIE) { return 200 "exactly"; }
        if ($http_user_agent ~* msie) { return 200 "in any case"; }
        if ($http_x ~ ^(\d+)-(?<word>\w+)$) { return 200 "$1 and $word"; }
        if ($http_y !~* ^y) { return 200 "no y"; }
        return 200 "y";
    """, [
        ("/", ("User-Agent: an MSIE 6",), "200 exactly"), ("/", ("User-Agent: MsIe",), "200 in any case"),
        ("/", ("X: 12-ab",), "200 12 and ab"), ("/", (), "200 no y"), ("/", ("Y: Yes",), "200 y"),
    ]),
    "if_files": (r"""
        root www;
        location / {
            if (-f $request_filename) { return 200 "file"; }
            if (-d $request_filename) { return 200 "folder"; }
            if (!-e $document_root$uri) { return 200 "nothing"; }
        }
        location /x { if (!-x $document_root/a.html) { return 200 "no program"; } }
    """, [
        ("/a.html", (), "200 file"), ("/dir/", (), "200 folder"), ("/dir", (), "200 folder"),
        ("/no", (), "200 nothing"), ("/x", (), "200 no program"),
    ]),
    "if_changes_settings": (r"""
        root www;
        location / {
            error_page 404 /fallback.html;
            if ($arg_sub) { root www/sub; }
            if ($arg_gone) { return 410; }
        }
    """, [
        ("/a.html", (), "200 a"), ("/a.html?sub=1", (), "200 sub a"), ("/a.html?gone=1", (), "410"),
        ("/none?sub=0", (), "404 fallback"),
    ]),
    "rewrite_flags": (r"""
        root www;
        location /last/  { rewrite ^/last/(.*)$ /target/$1 last; return 200 "not reached"; }
        location /break/ { rewrite ^/break/(.*)$ /$1 break; return 200 "not reached"; }
        location /both/  { rewrite ^/both/(.*)$ /one/$1; rewrite ^/one/(.*)$ /target/$1-2; return 200 "$uri"; }
        location /redirect/  { rewrite ^/redirect/(.*)$ /new/$1 redirect; }
        location /permanent/ { rewrite ^/permanent/(.*)$ /new/$1 permanent; }
        location /far/   { rewrite ^/far/(.*)$ https://example.org/$1; return 200 "not reached"; }
        location /no/    { rewrite ^/other /x last; return 200 "on"; }
        location /target/ { return 200 "target $uri $args"; }
    """, [
        ("/last/x", (), "200 target /target/x "), ("/last/x?q=1", (), "200 target /target/x q=1"),
        ("/break/a.html", (), "200 a"), ("/break/none", (), "404"), ("/both/x", (), "200 /target/x-2"),
        ("/redirect/x?q=1", (), "302 > /new/x?q=1"), ("/permanent/x", (), "301 > /new/x"),
        ("/far/a/b?c", (), "302 > https://example.org/a/b?c"), ("/no/", (), "200 on"),
    ]),
    "rewrite_queries": (r"""
        rewrite ^/add/(.*)$    /t?id=$1 last;
        rewrite ^/drop/(.*)$   /t?id=$1? last;
        rewrite ^/none/(.*)$   /t? last;
        rewrite ^/keep/(.*)$   /t last;
        rewrite ^/away/(.*)$   /t?id=$1 redirect;
        rewrite ^/clean/(.*)$  /t/$1? permanent;
        location /t { return 200 "<$args>"; }
    """, [
        ("/add/1?q=2", (), "200 <id=1&q=2>"), ("/add/1", (), "200 <id=1>"), ("/drop/1?q=2", (), "200 <id=1>"),
        ("/none/1?q=2", (), "200 <>"), ("/keep/1?q=2", (), "200 <q=2>"), ("/away/1?q=2", (), "302 > /t?id=1&q=2"),
        ("/clean/x?q", (), "301 > /t/x"),
    ]),
    "rewrite_encodes_redirects": (r"""
        rewrite ^/(go)/(.*)$ /new/$2 redirect;
        return 200 "<$uri>";
    """, [
        ("/go/a%20b", (), "302 > /new/a%20b"), ("/go/%C3%A9", (), "302 > /new/%C3%A9"), ("/a%20b", (), "200 </a b>"),
    ]),
    "rewrite_in_circles": (r"""
        location /round/ { rewrite ^/round/(.*)$ /round/$1x last; }
        location /a { rewrite ^ /b last; } location /b { rewrite ^ /a last; }
        location /fine/ { rewrite ^ /a/x break; return 500; }
    """, [("/round/", (), "500"), ("/a", (), "500"), ("/b", (), "500")]),
    "break": (r"""
        set $x 1;
        if ($arg_break) { break; }
        set $x 2;
        location / { return 200 "$x"; }
        location /in { set $y 1; break; return 200 "not reached"; }
    """, [("/", (), "200 2"), ("/?break=1", (), "200 1")]),
    "server_rewrites_come_first": (r"""
        rewrite ^/old/(.*)$ /new/$1;
        location /old/ { return 200 "old"; }
        location /new/ { return 200 "new $uri"; }
    """, [("/old/x", (), "200 new /new/x")]),
    "try_files": (r"""
        root www;
        location /      { try_files $uri $uri.html $uri/ /fallback.html; }
        location /code/ { try_files $uri =418; }
        location /named/ { try_files $uri @named; }
        location @named { return 200 "named $uri $args"; }
        location /query/ { try_files /none /shown?u=$uri&$args; }
        location /shown { return 200 "<$args>"; }
        location /folder/ { try_files /dir/ =404; }
    """, [
        ("/a.html", (), "200 a"), ("/a", (), "200 a"), ("/dir/", (), "200 dir"), ("/none", (), "200 fallback"),
        ("/code/x", (), "418"), ("/named/x?q", (), "200 named /named/x q"),
        ("/query/z?k=1", (), "200 <u=/query/z&k=1>"),
        ("/with%20space", (), "200 space"),
    ]),
    "locations_of_expressions": (r"""
        location = /exact { return 200 "exact"; }
        location ^~ /images/ { return 200 "preferred"; }
        location ~ \.gif$ { return 200 "gif"; }
        location ~* \.(jpg|png)$ { return 200 "$1"; }
        location ~ ^/user/(?<name>\w+)/(\d+) { return 200 "$name $2"; }
        location /exact/deep { return 200 "prefix"; }
        location / { return 200 "all"; }
    """, [
        ("/exact", (), "200 exact"), ("/exact/x", (), "200 all"), ("/exact/deeper", (), "200 prefix"),
        ("/images/x.gif", (), "200 preferred"), ("/x.gif", (), "200 gif"), ("/x.GIF", (), "200 all"),
        ("/x.PNG", (), "200 PNG"), ("/user/joe/12/x", (), "200 joe 12"), ("/user/joe/x", (), "200 all"),
    ]),
    "nested_locations": (r"""
        root www;
        location /a/ {
            return 200 "outer";
            location /a/b/ { return 200 "inner"; location ~ \.txt$ { return 200 "text inside"; } }
            location = /a/c { return 200 "exact"; }
        }
        location ~ \.txt$ { return 200 "text outside"; }
    """, [
        ("/a/x", (), "200 outer"), ("/a/b/x", (), "200 inner"), ("/a/b/x.txt", (), "200 text inside"),
        ("/a/c", (), "200 exact"), ("/x.txt", (), "200 text outside"), ("/a/x.txt", (), "200 text outside"),
    ]),
    "internal": (r"""
        root www;
        location /inside/ { internal; return 200 "inside $uri"; }
        location /go/ { rewrite ^/go/(.*) /inside/$1 last; }
        location /err { error_page 403 /inside/e; return 403; }
        location /try { try_files /none /inside/t; }
    """, [
        ("/inside/x", (), "404"), ("/go/x", (), "200 inside /inside/x"), ("/err", (), "403"),
        ("/try", (), "200 inside /inside/t"),
    ]),
    "error_pages_with_variables": (r"""
        root www;
        error_page 404 /$arg_page.html;
        error_page 403 =200 @named;
        error_page 410 = /shown;
        error_page 402 https://example.org/pay?from=$uri;
        location @named { return 200 "named $uri"; }
        location = /shown { return 202 "shown"; }
        location /forbidden { return 403; }
        location /gone { return 410; }
        location /pay { return 402; }
    """, [
        ("/none?page=a", (), "404 a"), ("/none?page=none", (), "404"), ("/forbidden", (), "200 named /forbidden"),
        ("/gone", (), "202 shown"), ("/pay", (), "302 > https://example.org/pay?from=/pay"),
    ]),
    "error_pages_recurse": (r"""
        root www;
        error_page 404 = @first;
        location /on { recursive_error_pages on; error_page 404 = @first; }
        location @first { error_page 403 = @second; return 403; }
        location @second { return 200 "second"; }
        location /once { error_page 404 = @alone; }
        location @alone { error_page 403 = @second; return 403; }
    """, [("/on/none", (), "200 second"), ("/none", (), "403"), ("/once", (), "403")]),
    "returns": (r"""
        location /text { return 200 "$uri\n"; }
        location /url { return https://example.org$request_uri; }
        location /path { return 301 $uri/x?y; }
        location /code { return 403; }
        location /both { return 404 "text of $arg_x"; }
        location /scheme { return 308 $scheme://$host/z; }
    """, [
        ("/text", (), "200 /text\n"), ("/url?a", (), "302 > https://example.org/url?a"),
        ("/path", (), "301 > /path/x?y"),
        ("/code", (), "403"), ("/both?x=1", (), "404 text of 1"), ("/scheme", (), "308 > http://localhost/z"),
    ]),
    "variables_of_the_request": (r"""
        server_name first.org second.org;
        return 200 "@";
    """.replace("@", "|".join(REQUEST_VARIABLES)), [
        ("/a%20b/../c?a=1&b=%32", ("Host: SECOND.org:80", "X-Y: x y", "Cookie: b=1; c=2; cc=3",
                                   "Content-Type: text/x"),
         "200 /c|/c|/a%20b/../c?a=1&b=%32|a=1&b=%32|a=1&b=%32|?|1|%32||second.org|SECOND.org:80|first.org|GET|"
         "GET /a%20b/../c?a=1&b=%32 HTTP/1.1|HTTP/1.1|http|||text/x||x y|2|"),
        ("/", (), "200 /|/|/||||||" "|localhost|localhost|first.org|GET|GET / HTTP/1.1|HTTP/1.1|http|||||||"),
        ("/?", (), "200 /|/|/?|||" "||||localhost|localhost|first.org|GET|GET /? HTTP/1.1|HTTP/1.1|http|||||||"),
    ]),
    "variables_in_braces": ("set $a 1; return 200 \"${a}a $a-b ${uri}\";", [("/x", (), "200 1a 1-b /x")]),
    "arguments_are_found_by_whole_names": ("return 200 \"<$arg_x|$arg_xx>\";", [
        ("/?xx=1&x=2", (), "200 <2|1>"), ("/?ax=1&x=", (), "200 <|>"), ("/?x=1&x=2", (), "200 <1|>"),
        ("/?X=1", (), "200 <1|>"), ("/?x", (), "200 <|>"), ("/?&&x=1", (), "200 <1|>"),
    ]),
    "deep_conditions": ("".join(f"if ($arg_x = {i}) {{ return 200 \"number {i}\"; }}\n" for i in range(200)), [
        ("/?x=199", (), "200 number 199"),
    ]),
}


def configuration(lines, listen="127.0.0.1:0"):
    return f"server {{\nlisten {listen};\n{lines}\n}}\n"


def seen(answer):
    if answer["Location"] is not None:
        return f"{answer.status} > {answer['Location']}"
    return f"{answer.status} {answer.content.decode('latin-1')}"


def fits(answer, expected):
    """A status alone fits with any content."""
    return seen(answer) == expected or (expected.isdigit() and str(answer.status) == expected)


@pytest.mark.parametrize("name", CASES)
def test_as_nginx(serve, name):
    """The answer to each request."""
    lines, asks = CASES[name]
    server = serve(configuration(lines), FILES)
    for target, fields, expected in asks:
        answer = server.ask(request(f"GET {target} HTTP/1.1", *fields))
        assert fits(answer, expected), (target, expected, answer)


def test_if_with_other_methods(serve):
    """The condition sees each method by its name."""
    server = serve(configuration('if ($request_method = POST) { return 405 "posted"; } return 200 "$request_method";'))
    assert seen(server.ask(request("POST / HTTP/1.1", "Content-Length: 0"))) == "405 posted"
    assert seen(server.ask(request("DELETE / HTTP/1.1"))) == "200 DELETE"


def test_cycle_is_explained(serve):
    server = serve(configuration("location /round { rewrite ^(.*)$ $1x last; }"))
    assert server.get("/round").status == 500
    server.wait_for_error("rewritten more than 10 times", "/roundx")


def test_error_page_in_circles_ends(serve):
    server = serve(configuration("""
        root www; recursive_error_pages on;
        error_page 404 = @a; location @a { recursive_error_pages on; error_page 403 = @b; return 403; }
        location @b { recursive_error_pages on; error_page 404 = @a; return 404; }
    """))
    assert server.get("/none").status in (403, 404, 500)
    assert server.get("/none").status in (403, 404, 500)


def test_444_ends_the_connection_without_an_answer(serve):
    """nginx's code: not one byte, also for a location that is reached by an internal redirect."""
    server = serve(configuration("""
        root www;
        location /bye { return 444; }
        location /later { try_files /none @bye; }
        location @bye { return 444; }
        location /failed { error_page 403 = @bye; return 403; }
    """))
    for path in ("/bye", "/later", "/failed"):
        assert server.raw(request(f"GET {path} HTTP/1.1")) == b"", path


@pytest.mark.parametrize("lines, host, location", [
    ("", "client.org", "/new"),
    ("absolute_redirect off;", "client.org", "/new"),
    ("absolute_redirect on;", "client.org", "http://client.org:PORT/new"),
    ("absolute_redirect on; port_in_redirect off;", "client.org:99", "http://client.org/new"),
    ("absolute_redirect on; server_name_in_redirect on; server_name own.org;", "client.org",
     "http://own.org:PORT/new"),
])
def test_absolute_redirects(serve, lines, host, location):
    """Relative unless it is asked for (RFC 9110 10.2.2 allows both); else as nginx puts them together."""
    server = serve(configuration(f"{lines} location /old {{ return 301 /new; }}"))
    answer = server.get("/old", host=host)
    assert (answer.status, answer["Location"]) == (301, location.replace("PORT", str(server.port)))


def test_variables_of_connection_and_time(serve, tmp_path):
    """Each looks as nginx's documentation has it, and those that count, count."""
    names = ["remote_addr", "remote_port", "server_addr", "server_port", "connection", "connection_requests", "pipe",
             "pid", "hostname", "msec", "time_iso8601", "time_local", "request_id", "request_length", "request_time",
             "nginx_version", "status", "bytes_sent", "connection_time"]
    text = "|".join(f"${name}" for name in names)
    server = serve(configuration(f"keepalive_requests 10; return 200 '{text}';"))
    asked = request("GET / HTTP/1.1")
    with server.connect() as client:
        first = dict(zip(names, client.ask(asked).text.split("|")))
        client.send(asked * 2)
        second = dict(zip(names, client.response().text.split("|")))
        third = dict(zip(names, client.response().text.split("|")))
        own_port = client.socket.getsockname()[1]
    assert first["remote_addr"] == first["server_addr"] == "127.0.0.1"
    assert (first["remote_port"], first["server_port"]) == (str(own_port), str(server.port))
    assert first["connection"] == second["connection"] and first["connection"].isdigit()
    assert [one["connection_requests"] for one in (first, second, third)] == ["1", "2", "3"]
    assert (first["pipe"], third["pipe"]) == (".", "p")
    assert (first["pid"], first["hostname"]) == (str(server.pid), socket.gethostname().lower())
    assert abs(float(first["msec"]) - time.time()) < 60
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", first["time_iso8601"])
    assert re.fullmatch(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}", first["time_local"])
    assert re.fullmatch(r"[0-9a-f]{32}", first["request_id"])
    assert len({one["request_id"] for one in (first, second, third)}) == 3
    assert [one["request_length"] for one in (first, second, third)] == [str(len(asked))] * 3
    assert re.fullmatch(r"\d+\.\d{3}", first["request_time"]) and re.fullmatch(r"\d+\.\d{3}", first["connection_time"])
    assert (first["status"], first["bytes_sent"]) == ("200", "0")


def test_request_id_is_one_for_the_request(serve):
    server = serve(configuration("set $a $request_id; return 200 \"$a $request_id\";"))
    first, second = server.get("/").text.split()
    assert first == second


def test_variables_of_files(serve, tmp_path):
    """What a path stands for, in a root, an alias, a root with variables and behind a symbolic link."""
    server = serve(configuration("""
        root www;
        location / { return 200 "$document_root|$request_filename|$realpath_root"; }
        location /img/ { alias www/dir/; return 200 "$document_root|$request_filename|$realpath_root"; }
        location /var/ { root ./sites/$host; return 200 "$document_root|$request_filename|$realpath_root"; }
        location /linked/ { root link; return 200 "$document_root|$request_filename|$realpath_root"; }
    """), FILES) if os.symlink("www", tmp_path / "link") is None else None
    real = os.path.realpath(tmp_path)
    assert server.get("/x/y").text == f"{real}/www|{real}/www/x/y|{real}/www"
    document_root, file_name, _ = server.get("/img/y").text.split("|")
    assert (document_root.rstrip("/"), file_name) == (f"{real}/www/dir", f"{real}/www/dir/y")
    assert server.get("/var/f", host="one.org").text.split("|")[:2] == [f"{real}/sites/one.org",
                                                                        f"{real}/sites/one.org/var/f"]
    assert server.get("/linked/f").text.split("|")[2] == f"{real}/www"


# --- hostile ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [
    "/in/%0d%0aX-Injected:%201", "/in/%0aX-Injected:1%0a", "/in/%0d%0a%0d%0a%3Cscript%3E",
])
def test_no_field_line_can_be_made(serve, target):
    """A decoded line end in $uri or a group stays within the field it is put into, and within one line of the log."""
    server = serve(configuration(r"""
        location /in/ {
            if ($arg_how = return)    { return 302 https://example.org$uri; }
            if ($arg_how = path)      { return 301 $uri/; }
            if ($arg_how = rewrite)   { rewrite ^/in/([^?]*) /out/$1 redirect; }
            if ($arg_how = permanent) { rewrite ^/in/((?:.|\n)*) https://example.org/$1 permanent; }
            if ($arg_how = set)       { set $where $uri; return 302 /x?u=$where; }
            error_page 403 https://example.org$uri;
            if ($arg_how = page)      { return 403; }
            root www;
        }
    """))
    for how in ("return", "path", "rewrite", "permanent", "set", "page"):
        answer = server.get(f"{target}?how={how}")
        assert answer["X-Injected"] is None and answer.status in (301, 302), how
        assert not re.search(r"[\x00-\x20\x7f]", answer["Location"]), answer["Location"]
        assert b"<script" not in answer.content
    assert server.get(target).status == 404
    server.wait_for_error("/in/")
    for line in server.errors.splitlines():
        assert not line.startswith(("X-Injected", "<script")), line


def test_no_line_of_the_log_can_be_made(serve):
    """Explanations hold what clients made up: escaped, whatever led there."""
    server = serve(configuration(r"""
        root www;
        location /round { rewrite ^((?:.|\n)*)$ $1x last; }
        location /file { root ./www/$arg_x; }
        location /folder { try_files $uri/ =404; }
        location /page { error_page 404 /none$uri; }
    """), {"www/folder\nforged line/": ""})
    for path in ("/round", "/file", "/folder", "/page"):
        server.get(f"{path}%0aforged%20line")
    server.get("/folder%0aforged%20line/")
    server.wait_for_error("rewritten more than")
    server.get("/last-one")
    server.wait_for_error("/last-one")
    assert not [line for line in server.errors.splitlines() if line.startswith("forged line")]


@pytest.mark.parametrize("value", [
    "..", "../", "../secret", "../../outside/secret", "one.org/../../secret", "/etc/passwd", "//etc/passwd",
    ".git", ".git/",
    ".hid", "a/../.hid",
    "one.org/../.git", "./../secret", "one.org/..", ".", "./", "..%2fsecret", "%2e%2e/secret",
])
def test_variables_lead_nowhere_else(serve, value):
    """What a client says (undecoded, as $arg_ and fields are, or decoded by a group) is looked for beneath the constant
    part of a folder, and shows no name that begins with a dot."""
    server = serve(configuration(r"""
        location /root/  { root ./sites/$arg_v; }
        location /field/ { root ./sites/$http_v; }
        location /alias/ { alias ./sites/one.org/$arg_v; autoindex on; }
        location ~ ^/group/(.*)$ { alias ./sites/one.org/$1; }
        location /try/   { root sites/one.org; try_files /$arg_v /$arg_v/ =404; autoindex on; }
        location /last/  { root sites/one.org; try_files /none /$arg_v; }
        location /break/ { root sites/one.org; rewrite ^ /$arg_v break; autoindex on; }
        location /page/  { root sites/one.org; error_page 404 /$arg_v; }
        location /       { root sites/one.org; }
    """), FILES)
    for path in ("/root/secret", "/root/config", "/field/secret", "/alias/", "/alias/secret", "/alias/config", "/try/",
                 "/last/", "/break/", "/page/none"):
        answer = server.get(f"{path}?v={value}", f"V: {value}")
        assert b"outside" not in answer.content and b"hidden" not in answer.content, path
        assert b"beside" not in answer.content and b"root:" not in answer.content, path
        assert b"secret" not in answer.content.replace(value.encode(), b"") or answer.status >= 400, path
    answer = server.get(f"/group/{value}")
    assert answer.status in (200, 301, 400, 403, 404)
    assert not any(word in answer.content for word in (b"outside", b"beside", b"hidden", b"root:"))


@pytest.mark.parametrize("target", ["/group/a%00b", "/x?v=a%00b", "/group/%00", "/group/..%00/secret"])
def test_nul(serve, target):
    """In a path it is refused before any variable sees it; in a query nothing decodes it."""
    server = serve(configuration(r"""
        location ~ ^/group/(.*)$ { alias ./sites/one.org/$1; }
        location / { root ./sites/one.org; try_files /$arg_v =404; }
    """), FILES)
    assert server.get(target).status == (404 if "?" in target else 400)


def test_long_values(serve):
    """Values as long as a request allows, doubled by the configuration, in each place that takes one."""
    server = serve(configuration(r"""
        large_client_header_buffers 4 16k;
        set $long $arg_x$arg_x$arg_x$arg_x;
        location /text { return 200 $long$long; }
        location /go   { return 302 /$long; }
        location /root { root ./www/$long; }
        location /try  { root www; try_files /$long =404; }
        location /file { if (-f /$long) { return 500; } return 204; }
        location /re   { if ($long ~ ^(a+)+$) { return 200 "$1"; } }
    """), FILES)
    long = "a" * 12_000
    assert server.get(f"/text?x={long}").text == long * 8
    assert server.get(f"/go?x={long}")["Location"] == "/" + long * 4
    assert server.get(f"/root?x={long}").status in (404, 414)
    assert server.get(f"/try?x={long}").status == 404
    assert server.get(f"/file?x={long}").status == 204
    assert server.get(f"/re?x={long}").text == long * 4


def test_expressions_on_long_paths(serve):
    """8 KiB of path against expressions that take backtracking matchers for ever."""
    server = serve(configuration(r"""
        large_client_header_buffers 4 16k;
        location ~ ^/(a+)+$ { return 200 "match"; }
        location ~ ^/(?:b|bb)+c$ { return 200 "match"; }
        location ~ (x*)*y$ { return 200 "match"; }
        location / { rewrite ^/(?:(.*)(.*)(.*)(.*))z$ /rewritten; return 200 "$uri"; }
    """))
    assert server.get("/" + "a" * 8000).text == "match"
    assert server.get("/" + "a" * 8000 + "!").text == "/" + "a" * 8000 + "!"
    assert server.get("/" + "b" * 8000 + "c").text == "match"
    assert server.get("/" + "b" * 8000).text == "/" + "b" * 8000
    assert server.get("/" + "x" * 8000 + "z").text == "/rewritten"


def test_redirect_to_a_folder_names_no_other_host(serve):
    """A path that rewriting made may begin with two slashes: with a dot segment before them no host follows."""
    server = serve(configuration("root www; location / { rewrite ^/x/(.*)$ //$1 break; }"), FILES)
    answer = server.get("/x/dir")
    assert (answer.status, answer["Location"]) == (301, "/.//dir/")


def test_answers_to_others_are_untouched(serve):
    """What one request sets, the next on the same connection doesn't see."""
    server = serve(configuration(r"""
        root www;
        location ~ ^/set/(?<name>.*)$ { set $a $arg_a; return 200 "$name $a $1"; }
        location / { return 200 "<$name $a $1>"; }
        location /go/ { rewrite ^ /a.html break; set $a 1; }
    """), FILES)
    with server.connect() as client:
        for _ in range(3):
            assert client.get("/set/x?a=1").text == "x 1 x"
            assert client.get("/").text == "<  >"
            assert client.get("/go/").text == "a"
        client.send(request("GET /set/y?a=2 HTTP/1.1") + request("GET /other HTTP/1.1"))
        assert client.response().text == "y 2 y"
        assert client.response().text == "<  >"

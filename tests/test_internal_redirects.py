"""Error pages, try_files, return and rewriting where they meet: what one of them leaves behind must not show in the
next. Expectations are nginx's, observed with 1.22, unless a test says otherwise."""


import pytest

from webserv_process import request


def site(text):
    return "server {\n listen 127.0.0.1:0;\n root www;\n%s\n}\n" % text


@pytest.mark.parametrize("field", ["Range: bytes=0-1", "If-None-Match: *", 'If-Match: "zz"', "Range: bytes=99-"])
def test_conditions_are_not_about_a_named_error_page(serve, field):
    """The status of the error stays, and so does the whole page."""
    server = serve(site("error_page 404 @nf; location @nf { try_files /page.html =500; }"), {"www/page.html": "sorry"})
    answer = server.get("/missing", field)
    assert (answer.status, answer.text, answer["Content-Range"]) == (404, "sorry", None)


def test_conditions_are_about_what_answers_with_its_own_status(serve):
    """`error_page 404 =`: the page is the answer, parts of it too."""
    server = serve(site("error_page 404 = @nf; location @nf { try_files /page.html =500; }"),
                   {"www/page.html": "sorry"})
    answer = server.get("/missing", "Range: bytes=0-1")
    assert (answer.status, answer.text) == (206, "so")


def test_the_reason_of_an_error_does_not_replace_its_page(serve):
    """An internal location is a 404, whose page is a text of the configuration."""
    server = serve(site('error_page 404 /nf; location = /nf { return 200 "sorry"; } location /i { internal; }'))
    answer = server.get("/i")
    assert (answer.status, answer.text) == (404, "sorry")


@pytest.mark.parametrize("code", ["300", "305"])
def test_a_redirect_class_without_url(serve, code):
    """A 3xx that needs no Location has a page all the same."""
    server = serve(site("return %s;" % code))
    answer = server.get("/")
    assert answer.status == int(code) and answer["Location"] is None


@pytest.mark.parametrize("path, location", [
    ("//evil.example/x.htm2", "/.//evil.example/x"),
    ("/strip/%5Cevil.example/", "/./\\evil.example"),
])
def test_a_redirect_within_the_server_never_names_another(serve, path, location):
    """A relative reference that begins with // is another host's (RFC 3986 4.2), and browsers read /\\ so: a dot
    segment in front of it keeps it here. (nginx's redirects are absolute.)"""
    server = serve(site("""
        if ($request_uri ~ ^(/.*)\\.htm2$) { return 301 $1; }
        location ~ ^/strip/(.*)/$ { return 301 /$1; }
    """))
    answer = server.get(path)
    assert answer.status == 301 and answer["Location"] == location


def test_rewriting_that_grows_ends(serve):
    """A path that each round makes seven times longer is a 500 with its reason, long before memory is short."""
    server = serve(site("location /w { rewrite ^ /w$uri$uri$uri$uri$uri$uri$uri last; }"))
    before = server.process.pid and open(f"/proc/{server.process.pid}/statm").read().split()[1]
    assert server.get("/w" + "a" * 7000).status == 500
    server.wait_for_error("rewriting made a value of more than 64 KiB")
    after = open(f"/proc/{server.process.pid}/statm").read().split()[1]
    assert int(after) - int(before) < 4096  # pages


def test_an_expression_without_groups_empties_those_of_the_last(serve):
    """$1 is of the expression that fitted last."""
    server = serve(site('location ~ ^/cap/(.*)$ { if ($uri ~ cap) { return 200 "[$1]"; } }'))
    assert server.get("/cap/zz").text == "[]"


def test_a_log_of_a_host_without_a_root_is_not_made(serve, tmp_path):
    """As nginx documents for logs with variables: who makes up hosts fills no folder."""
    server = serve("""
        access_log logs/$host.log;
        open_log_file_cache max=10 inactive=1s;
        server { listen 127.0.0.1:0; root www/$host; return 200 "x"; }
    """, {"logs/keep": "", "www/here/index.html": "x"})
    for host in ("here", "made-up"):
        assert server.get("/", host=host).status == 200
    server.stop()
    assert sorted(path.name for path in (tmp_path / "logs").iterdir()) == ["here.log", "keep"]


def test_the_log_tells_of_a_file_that_is_gone(serve):
    """Fields of a response whose file is not kept are there for the log: whole, in part, and of a HEAD."""
    server = serve("""
        log_format etags escape=none '$request_method $status $sent_http_etag';
        access_log access.log etags;
        open_file_cache off;
        server { listen 127.0.0.1:0; root www; }
    """, {"www/large.bin": "x" * 200_000, "www/small.txt": "small"})
    expected = []
    for path in ("/large.bin", "/small.txt"):
        for method, fields in (("GET", ()), ("HEAD", ()), ("GET", ("Range: bytes=0-1",)),
                               ("GET", ("Range: bytes=0-1,150-151",))):
            answer = server.ask(request(f"{method} {path} HTTP/1.1", *fields), method=method)
            expected.append(f"{method} {answer.status} {answer['ETag']}")
    server.wait_for_accesses(len(expected))
    assert server.accesses == expected


def test_pipe_tells_requests_that_came_together(serve):
    """$pipe is "p" for a request that came with an earlier one, else "."."""
    server = serve(site('return 200 "$pipe";'))
    with server.connect() as client:
        client.send(request("GET / HTTP/1.1") * 3)
        assert [client.response().text for _ in range(3)] == [".", "p", "p"]
        assert client.ask(request("GET / HTTP/1.1")).text == "."

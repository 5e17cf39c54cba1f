"""Which location answers (nginx: ngx_http_core_module, `location`)."""

import pytest

config = """
    server {
        listen 127.0.0.1:0;
        location / { return 200 "root"; }
        location = / { return 200 "exactly root"; }
        location /docs/ { return 200 "docs"; }
        location /docs/deep/ { return 200 "docs deep"; }
        location = /docs/deep/one { return 200 "exactly one"; }
        location ^~ /docs/img/ { return 200 "images"; }
        location /pre { return 200 "pre"; }
        location "/with space/" { return 200 "space"; }
        location /ünï/ { return 200 "unicode"; }
    }
"""


@pytest.mark.parametrize("target, expected", [
    ("/", "exactly root"),
    ("/?a=b", "exactly root"),
    ("/other", "root"),
    ("/docs", "root"),
    ("/docs/", "docs"),
    ("/docs/a", "docs"),
    ("/docs/deep", "docs"),
    ("/docs/deep/", "docs deep"),
    ("/docs/deep/one", "exactly one"),
    ("/docs/deep/one?x", "exactly one"),
    ("/docs/deep/one/", "docs deep"),
    ("/docs/deep/oneandmore", "docs deep"),
    ("/docs/img/a.png", "images"),
    ("/pre", "pre"),
    ("/prefix", "pre"),
    ("/pr", "root"),
    ("/Docs/", "root"),
    ("/docs/../pre", "pre"),
    ("//docs//deep///", "docs deep"),
    ("/%64ocs/", "docs"),
    ("/docs%2Fdeep%2F", "docs deep"),
    ("/with%20space/a", "space"),
    ("/%C3%BCn%C3%AF/a", "unicode"),
])
def test_the_longest_prefix_answers_unless_one_matches_exactly(serve, target, expected):
    """`=` first, else the longest prefix, on the decoded and normalised path, whatever the order in the file."""
    assert serve(config).get(target).text == expected


def test_settings_are_inherited_and_replaced(serve):
    """A location has its server's settings but for those it sets itself, wherever they stand in the file."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            location /b/ { root other; }
            location /c/ { index c.txt; }
            root www;
            index index.txt;
        }
    """, {"www/index.txt": "www", "other/b/index.txt": "other", "www/c/c.txt": "c"})
    assert server.get("/").text == "www"
    assert server.get("/b/").text == "other"
    assert server.get("/c/").text == "c"


def test_without_a_root_nothing_is_served(serve):
    """A server that was given no root has no files: 404, and the error log says why."""
    server = serve("server { listen 127.0.0.1:0; location = /ok { return 200 ok; } }")
    assert server.get("/ok").text == "ok"
    assert server.get("/etc/passwd").status in (403, 404)

"""What `webserv -t` says of locations that stand in each other's way, and of paths that are led in a circle. Where a
warning tells what will happen, a server is asked whether it does."""

import pytest

from test_lint import lint, server

unreachable = "location-unreachable"
answer = "{ return 204; }"


@pytest.mark.parametrize("body,warned", [
    # Regular expressions go before paths.
    (f"location /a {answer} location ~ ^/ {answer}", True),
    (f"location /a {answer} location ~ .* {answer}", True),
    (f"location /a {answer} location ~ / {answer}", True),
    (f"location /a {answer} location ~ ^/(.*)$ {answer}", True),
    (f"location /a/b {answer} location ~* ^/a/ {answer}", True),
    (f"location / {answer} location ~ ^ {answer}", True),
    (f"location ^~ /a {answer} location ~ ^/ {answer}", False),
    (f"location = /a {answer} location ~ ^/ {answer}", False),
    (f"location /a {answer} location ~ ^/b {answer}", False),
    (f"location /a {answer} location ~ ^/a$ {answer}", False),
    (f"location /a {answer} location ~ ^/a/ {answer}", False),
    (f"location /a {answer} location ~ ^/a/? {answer}", False),  # "/" at the least, but that is not looked into
    (f"location /a {answer} location ~ /$ {answer}", False),
    (f"location /a {answer} location ~ ^/(?!a) {answer}", False),
    (f"location /a {answer} location ~ ^/(a|b) {answer}", False),
    (f"location /a {answer} location ~ ^/a(bc)? {answer}", False),
    (f"location /a {answer} location ~ /a {answer}", False),
    (f"location /a {{ location ~ x {answer} return 204; }} location ~ ^/ {answer}", False),  # x is asked first
    # The first that fits counts.
    (f"location ~ x {answer} location ~ x {answer}", True),
    (f"location ~* x {answer} location ~ x {answer}", True),
    (f"location ~ x {answer} location ~* x {answer}", False),
    (f"location ~ . {answer} location ~ \\.php$ {answer}", True),
    (f"location ~ \\.php$ {answer} location ~ . {answer}", False),
    (f"location ~ ^/a {answer} location ~ ^/a/b {answer}", True),
    (f"location ~ ^/a {answer} location ~* ^/a/b {answer}", False),
    (f"location ~* ^/a {answer} location ~ ^/a/b|^/c {answer}", False),
    # Beneath ^~ none is tried.
    (f"location ^~ /a/ {answer} location ~ ^/a/.*x$ {answer}", True),
    (f"location ^~ /a/ {answer} location ~* ^/a/.*x$ {answer}", False),
    (f"location ^~ /a/ {answer} location /a/b/ {answer} location ~ ^/a/.*x$ {answer}", False),
    (f"location ^~ /a/ {answer} location ~ ^/a {answer}", False),
    # Nested ones are asked in theirs alone.
    (f"location /a/ {{ location ~ ^/b/ {answer} return 204; }}", True),
    (f"location /a/ {{ location ~ ^/a {answer} return 204; }}", False),
    (f"location /a/ {{ location ~ ^/A {answer} return 204; }}", True),
    (f"location /a/ {{ location ~* ^/A {answer} return 204; }}", False),
    (f"location /a/ {{ location ~ ^/b|x {answer} return 204; }}", False),
    # The server answers before a location is looked for.
    (f"return 301 /x; location /a {answer}", True),
    (f"location /a {answer} return 301 /x;", True),
    (f"if ($arg_a) {{ return 301 /x; }} location /a {answer}", False),
    (f"if ($arg_a) {{ break; }} return 301 /x; location /a {answer}", False),
    (f"rewrite ^/b /c break; return 301 /x; location /a {answer}", False),
    (f"return 503; error_page 503 @sorry; location @sorry {answer}", False),
])
def test_location_that_no_request_reaches(tmp_path, body, warned):
    assert lint(tmp_path, server(body)) == ([unreachable] if warned else [])


@pytest.mark.parametrize("body,path", [
    ("location /a { return 200 lost; } location ~ ^/ { return 200 won; }", "/a"),
    ("location ~ ^/a { return 200 won; } location ~ ^/a/b { return 200 lost; }", "/a/b"),
    ("location ^~ /a/ { return 200 won; } location ~ ^/a/.*x$ { return 200 lost; }", "/a/x"),
    ("return 200 won; location /a { return 200 lost; }", "/a"),
])
def test_it_isnt_reached(serve, tmp_path, body, path):
    """What is warned of is so."""
    assert lint(tmp_path, server(body)) == [unreachable]
    assert serve(server(body)).get(path).text == "won"


images = "location ~ \\.(png|jpg)$ { log_not_found off; }"
php = "location ~ \\.php$ { root www; }"


@pytest.mark.parametrize("body,codes", [
    ("location /images/ { alias www/; } " + images, ["regex-shadows-prefix"]),
    ("location /images/ { root www2; } " + images, ["regex-shadows-prefix"]),
    ("location ^~ /images/ { alias www/; } " + images, []),
    ("location /images/ { root www; } " + images, []),                         # the same folder
    ("location /images/ { log_not_found off; } " + images, []),
    ("location /images/ { alias www/; } location ~ \\.png$ { deny all; }", []),
    ("location /images/ { alias www/; } location ~ ^/images/.*\\.png$ { log_not_found off; }", []),  # it is meant
    ("location /images/ { alias www/; " + images + " } " + images, []),
    ("location /images/ { alias www/; } location /images/x/ { root www; } " + images, ["regex-shadows-prefix"]),
    ("location /admin/ { deny all; } " + php, ["protection-bypassed"]),
    ("location /admin/ { internal; } " + php, ["protection-bypassed"]),
    ("location /admin/ { return 403; } " + php, ["protection-bypassed"]),
    ("location /admin/ { auth_basic a; auth_basic_user_file u; } " + php, ["protection-bypassed"]),
    ("location ^~ /admin/ { deny all; } " + php, []),
    ("deny all; location /admin/ { deny all; } " + php, []),                    # from further out
    ("location /admin/ { deny all; } location ~ \\.php$ { allow all; }", []),   # it is said
    ("location /admin/ { auth_basic a; auth_basic_user_file u; } location ~ \\.php$ { auth_basic off; }", []),
    ("location /admin/ { deny all; location ~ \\.php$ { allow all; } } " + php, []),
    ("location /admin/ { deny all; } location ~ ^/b/ { root www; }", []),
    ("location / { auth_basic a; auth_basic_user_file u; } " + php, ["protection-bypassed"]),
    ("location / { auth_basic a; auth_basic_user_file u; } location ~ ^/public/ { root www; }", []),
    ("location / { return 404; } " + php, []),                                  # all but what others take
    ("location ~ /\\. { deny all; } " + php, []),
])
def test_expression_takes_paths_from_a_prefix(tmp_path, body, codes):
    """Only where the folder or the guard of the one is lost in the other."""
    (tmp_path / "u").touch(mode=0o600)
    (tmp_path / "u").write_text("a:{PLAIN}a\n")
    assert lint(tmp_path, server("root www; " + body), ["www2/"]) == codes


def test_guard_is_bypassed_indeed(serve, tmp_path):
    """What is warned of is so; with ^~ it isn't."""
    body = "root www; location {} /admin/ {{ deny all; }} location ~ \\.php$ {{ charset off; }}"
    files = {"www/admin/x.php": "secret", "www/admin/x": "secret"}
    assert lint(tmp_path, server(body.format(""))) == ["protection-bypassed"]
    open_one = serve(server(body.format("")), files)
    assert open_one.get("/admin/x").status == 403
    assert open_one.get("/admin/x.php").text == "secret"
    open_one.stop()
    assert lint(tmp_path, server(body.format("^~"))) == []
    assert serve(server(body.format("^~")), files).get("/admin/x.php").status == 403


@pytest.mark.parametrize("body,files,warned", [
    ("location / { try_files $uri /index.html; }", [], True),
    ("location / { try_files $uri $uri/ /index.html?$args; }", [], True),
    ("location / { try_files $uri /index.html; }", ["www/index.html"], False),
    ("location / { try_files $uri =404; }", [], False),
    ("location / { try_files /maintenance.html /index.html; }", ["www/index.html"], True),
    ("location / { try_files /maintenance.html /index.html; }", ["www/maintenance.html"], False),
    ("location / { try_files $uri /index.html; } location = /index.html { return 204; }", [], False),
    ("location / { try_files $uri.html /index.html; }", [], False),    # perhaps
    ("location /a/ { try_files $uri /b/; } location / { return 204; }", [], False),
])
def test_try_files_in_a_circle(tmp_path, serve, body, files, warned):
    """And so it ends: with 500."""
    text = server("root www; " + body)
    assert lint(tmp_path, text, files) == (["try-files-loop"] if warned else [])
    if warned:
        assert serve(text).get("/nothing").status == 500


@pytest.mark.parametrize("body,path,warned", [
    ("location / { rewrite ^/(.*)$ /app/$1 last; }", "/x", True),
    ("location / { rewrite ^ /index.html last; }", "/x", True),
    ("location /a/ { rewrite ^/a/(.*)$ /a/b/$1?x=1 last; }", "/a/x", True),
    ("location / { rewrite ^/(.*)$ /app/$1 break; }", "", False),
    ("location / { rewrite ^/(.*)$ /app/$1 last; } location /app/ { return 204; }", "", False),
    ("location / { rewrite ^/old/(.*)$ /new/$1 last; }", "", False),
    ("location / { rewrite ^/([^/]*)$ /a/$1 last; }", "", False),
    ("location / { if ($arg_a) { break; } rewrite ^ /x last; }", "", False),
    ("location / { rewrite ^ /$host last; }", "", False),   # nobody can tell
])
def test_rewrite_in_a_circle(tmp_path, serve, body, path, warned):
    """And so it ends: with 500."""
    text = server("root www; " + body)
    assert lint(tmp_path, text) == (["rewrite-cycle"] if warned else [])
    if warned:
        assert serve(text).get(path).status == 500

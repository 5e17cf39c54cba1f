"""Who may have what: `allow` and `deny` by address, Basic authentication (RFC 7617), `satisfy`, and how passwords are
checked without anybody else waiting for it.

What the server itself does with a password takes no time worth measuring; what another process does is stopped here
(SIGSTOP), so that who waits for it and who doesn't can be told apart without a clock.
"""

import base64
import contextlib
import os
import pathlib
import select
import signal

import pytest

from webserv_process import Client, request, run, wait_for

# All are of the password "geheim": by openssl-passwd(1), htpasswd(1), and crypt(3) of libxcrypt 4.4.
FAST = {
    "plain": "{PLAIN}geheim",
    "sha": "{SHA}kGByAB793z4R5tK1eC9Hd/4Dhzk=",
    "ssha": "{SSHA}D9L1GVdFh4eHgHXQeB8pTEgIELxzYWx0",
}
SLOW = {
    "apr1": "$apr1$saltsalt$9/tMzdzSc6dIiPlJw6UTa.",
    "md5": "$1$saltsalt$wTLsTBb/.H7e4VHujepbF0",
    "sha256": "$5$saltsalt$cKRA0A5uaKu0/NNi2WMrB.mMOAVMowckrDNQ4fKUJ06",
    "sha512": "$6$saltsalt$sfZR6YSW/Dp0uCiyF9fDipa6ORr5LVLOwXNgtzRlXXhkC7xA3w4zy97VIC3vL14AUXGJp3yBjZVztkdiBzJnX1",
    "bcrypt": "$2y$04$abcdefghijklmnopqrstuuPWRtT5yx7FBi4dcf6ROhboeNunUrLQ.",
    "yescrypt": "$y$j75$saltsaltsalt$.EPCimX/wjA0k6RVvKBX49FEXoHZBLN27bSsmqAyEb7",
    "des": "abOkmxXhjDb.Y",
}

MEMBERS = """
    server {
        listen 127.0.0.1:0;
        root www;
        location /members/ { auth_basic "Members"; auth_basic_user_file users; }
    }
"""
FILES = {"www/index.html": "home", "www/members/index.html": "for members"}


def basic(name, password):
    """The field line that says who one is."""
    return "Authorization: Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def write_users(folder, users, name="users"):
    """A password file that only its owner may read, put in place at once."""
    lines = users if isinstance(users, str) else "".join(f"{user}:{hashed}\n" for user, hashed in users.items())
    path = folder / f"{name}.new"
    path.write_text(lines)
    path.chmod(0o600)
    path.rename(folder / name)


@pytest.fixture
def members(serve, tmp_path):
    """members(users) serves a page to these users."""
    def start(users, config=MEMBERS, files=None):
        write_users(tmp_path, users)
        return serve(config, {**FILES, **(files or {})})

    return start


def login(server, name, password, path="/members/"):
    return server.get(path, basic(name, password)).status


# --- by address -------------------------------------------------------------------------------------------------------

def from_address(server, source, path, index=0):
    with Client(server.address(index), source=source) as client:
        return client.get(path).status


ADDRESSES = """
    server {
        listen 0.0.0.0:0;
        listen [::1]:0;
        listen unix:FOLDER/s;
        root www;
        location /one/ { allow 127.0.0.2; deny all; }
        location /network/ { deny 127.0.0.2/31; allow 127.0.0.0/24; deny all; }
        location /odd/ { deny 127.0.0.4/30; }
        location /order/ { allow all; deny 127.0.0.1; }
        location /none-fits/ { deny 10.0.0.0/8; deny 2001:db8::/32; deny unix:; }
        location /six/ { allow ::1; deny all; }
        location /network-of-six/ { deny ::/0; }
        location /socket/ { allow unix:; deny all; }
        location /everybody/ { deny 0.0.0.0/0; }
    }
"""
ADDRESS_FILES = {f"www/{name}/index.html": name
                 for name in ("one", "network", "odd", "order", "none-fits", "six", "network-of-six", "socket",
                              "everybody")}


@pytest.fixture
def by_address(serve, tmp_path):
    return serve(ADDRESSES.replace("FOLDER", str(tmp_path)), ADDRESS_FILES)


@pytest.mark.parametrize("path, source, status", [
    ("/one/", "127.0.0.1", 403), ("/one/", "127.0.0.2", 200), ("/one/", "127.0.0.3", 403),
    ("/network/", "127.0.0.1", 200), ("/network/", "127.0.0.2", 403), ("/network/", "127.0.0.3", 403),
    ("/network/", "127.0.0.4", 200), ("/network/", "127.0.1.1", 403),
    ("/odd/", "127.0.0.3", 200), ("/odd/", "127.0.0.4", 403), ("/odd/", "127.0.0.7", 403), ("/odd/", "127.0.0.8", 200),
    ("/order/", "127.0.0.1", 200), ("/none-fits/", "127.0.0.1", 200), ("/six/", "127.0.0.1", 403),
    ("/network-of-six/", "127.0.0.1", 200), ("/socket/", "127.0.0.1", 403), ("/everybody/", "127.0.0.1", 403),
])
def test_first_rule_that_fits_an_ipv4_address_decides(by_address, path, source, status):
    assert from_address(by_address, source, path) == status


@pytest.mark.parametrize("path, status", [
    ("/one/", 403), ("/six/", 200), ("/network-of-six/", 403), ("/none-fits/", 200), ("/everybody/", 200),
])
def test_rules_for_ipv6(by_address, path, status):
    assert by_address.get(path, index=1).status == status


@pytest.mark.parametrize("path, status", [
    ("/one/", 403), ("/socket/", 200), ("/none-fits/", 403), ("/everybody/", 200), ("/order/", 200),
])
def test_rules_for_unix_sockets(by_address, path, status):
    """`all` and `unix:` are about them, networks are not."""
    assert by_address.get(path, index=2).status == status


def test_ipv4_address_in_ipv6_is_one_of_ipv4(serve):
    """On a socket for both, an IPv4 client comes as ::ffff:127.0.0.1."""
    server = serve("""
        server { listen [::]:0 ipv6only=off; root www;
            location /four/ { allow 127.0.0.1; deny all; }
            location /six/ { allow ::/0; deny all; }
        }
    """, {"www/four/index.html": "4", "www/six/index.html": "6"})
    port = int(server.endpoints[0].rsplit(":", 1)[1])

    def status(host, path):
        with Client((host, port)) as client:
            return client.get(path).status

    assert [status("127.0.0.1", "/four/"), status("127.0.0.1", "/six/")] == [200, 403]
    assert [status("::1", "/four/"), status("::1", "/six/")] == [403, 200]


def test_block_with_a_rule_takes_none_of_the_outer_ones(serve):
    server = serve("""
        deny all;
        server { listen 127.0.0.1:0; root www;
            location /inherits/ { satisfy all; }
            location /own/ { deny 10.0.0.1; }
            location /own-allow/ { allow 127.0.0.1; }
        }
    """, {f"www/{name}/index.html": name for name in ("inherits", "own", "own-allow")})
    assert [server.get(f"/{name}/").status for name in ("inherits", "own", "own-allow")] == [403, 200, 200]


def test_refusal_names_the_rule(by_address):
    """Who, which line, in one line of the error log."""
    by_address.get("/one/")
    line = by_address.wait_for_error("access forbidden by rule", "deny all", "client: 127.0.0.1")
    number = 1 + next(i for i, text in enumerate(by_address.config.read_text().splitlines()) if "/one/" in text)
    assert f"webserv.conf:{number}" in line


def test_return_answers_before_access_is_looked_at(serve):
    """As in nginx: return belongs to an earlier phase."""
    server = serve("""server { listen 127.0.0.1:0; deny all; location / { return 200 "here"; } }""")
    assert server.get("/").text == "here"


def test_access_goes_before_the_method(serve):
    """As in nginx: who may not have it isn't told what could be done with it."""
    server = serve("server { listen 127.0.0.1:0; root www; deny all; }", FILES)
    assert server.ask(request("POST / HTTP/1.1", "Content-Length: 0")).status == 403


def test_error_page_is_subject_to_the_rules_of_its_place(serve):
    """As in nginx; where it may not be shown either, the built-in page is."""
    server = serve("""
        server { listen 127.0.0.1:0; root www;
            location /shown/ { deny all; error_page 403 /open/403.html; }
            location /hidden/ { deny all; error_page 403 /hidden/403.html; }
            location /open/ { }
        }
    """, {"www/open/403.html": "a page of ours", "www/hidden/403.html": "never seen"})
    shown, hidden = server.get("/shown/"), server.get("/hidden/")
    assert (shown.status, shown.text) == (403, "a page of ours")
    assert hidden.status == 403 and "never seen" not in hidden.text
    server.wait_for_error("access forbidden by rule", 'error_page "/hidden/403.html" answers 403')


def test_index_of_a_folder_is_subject_to_the_rules_of_its_place(serve):
    server = serve("""
        server { listen 127.0.0.1:0; root www;
            location / { index index.html; }
            location = /index.html { deny all; }
        }
    """, FILES)
    assert server.get("/").status == 403


# --- by name and password ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", [*FAST, *SLOW])
def test_known_hashes(members, name):
    """What other programs wrote is understood, and one letter makes a difference."""
    server = members({name: {**FAST, **SLOW}[name]})
    assert login(server, name, "geheim") == 200
    assert [login(server, name, wrong) for wrong in ("geheiM", "geheim ", "", "gehei")] == [401] * 4
    assert login(server, name, "geheim") == 200


def test_rfc7617_2_challenge(members):
    """401 says the scheme, the realm as a quoted-string, and the charset."""
    server = members({"u": "{PLAIN}p"}, MEMBERS.replace('"Members"', r'"The \"Club\" \\ Ä"'))
    answer = server.get("/members/")
    assert answer.status == 401
    assert answer["WWW-Authenticate"].encode("latin-1").decode() == \
        r'Basic realm="The \"Club\" \\ Ä", charset="UTF-8"'
    assert server.ask(request("HEAD /members/ HTTP/1.1")).status == 401
    assert server.get("/").status == 200


@pytest.mark.parametrize("field", [
    None, "Authorization: Basic", "Authorization: Basic ", "Authorization: Basic dTpw=", "Authorization: Basic !!!!",
    "Authorization: Basic dXA=", "Authorization: Bearer dTpw", "Authorization: BasicdTpw", "Authorization: dTpw",
    "Authorization: Basic dTpw extra", "Authorization: Basic dTpwCg==", "Authorization: Basic OnA=",
    "Authorization: Basic " + "A" * 4000, "Authorization: Basic dToAcA==",
])
def test_malformed_credentials_are_none(members, field):
    """Not Base64, no colon, control characters, no name, another scheme: as if nothing was said."""
    server = members({"u": "{PLAIN}p"})
    assert server.get("/members/", *([field] if field else [])).status == 401
    server.wait_for_error("[info]", "no user/password was provided for basic authentication")


def test_two_authorization_lines_are_none(members):
    """Whose would they be?"""
    server = members({"u": "{PLAIN}p"})
    assert server.get("/members/", basic("u", "p"), basic("u", "p")).status == 401


@pytest.mark.parametrize("field", ["Authorization: basic dTpw", "authorization: BASIC dTpw",
                                   "Authorization: Basic   dTpw"])
def test_rfc7617_2_scheme_is_case_insensitive(members, field):
    server = members({"u": "{PLAIN}p"})
    assert server.get("/members/", field).status == 200


@pytest.mark.parametrize("name, password, line", [
    ("colon", "a:b:c", "colon:{SHA}cLzgnoJ6mP5qz3w+mwvPE2vDgu0="), ("empty", "", "empty:{PLAIN}"),
    ("jürgen", "pä:ss", "jürgen:$2y$04$abcdefghijklmnopqrstuuhC0bPoUtF5o8bp2gaL0R3/vQ51MSUoO"),
    ("comment", "x", "comment:{PLAIN}x:what a comment"),
    ("twice", "1", "twice:{PLAIN}1\ntwice:{PLAIN}2"), ("crlf", "x", "crlf:{PLAIN}x\r"),
])
def test_lines_of_a_password_file(members, name, password, line):
    """Colons in passwords, none, UTF-8, comments; of two lines for one name the first counts."""
    server = members(f"# a comment: with a colon\n\n{line}\nlast:{{PLAIN}}end")
    assert login(server, name, password) == 200
    assert login(server, name, password + "x") == 401
    assert login(server, "last", "end") == 200
    assert login(server, "# a comment", " with a colon") == 401


def test_unpadded_base64_is_taken(members):
    """Some clients leave the padding out."""
    server = members({"u": "{PLAIN}pq"})
    assert server.get("/members/", "Authorization: Basic dTpwcQ").status == 200


def test_off_ends_what_was_inherited(serve, tmp_path):
    write_users(tmp_path, {"u": "{PLAIN}p"})
    server = serve("""
        auth_basic_user_file users;
        server { listen 127.0.0.1:0; root www; auth_basic "All";
            location /open/ { auth_basic off; }
        }
    """, {"www/index.html": "home", "www/open/index.html": "open"})
    assert [server.get("/").status, server.get("/open/").status, login(server, "u", "p", "/")] == [401, 200, 200]


@pytest.mark.parametrize("satisfy, address, password, status", [
    ("all", "allow all", True, 200), ("all", "allow all", False, 401), ("all", "deny all", True, 403),
    ("all", "deny all", False, 403), ("any", "allow all", False, 200), ("any", "deny all", True, 200),
    ("any", "deny all", False, 401), ("any", "allow 10.0.0.1", True, 200), ("any", "allow 10.0.0.1", False, 401),
])
def test_satisfy(members, satisfy, address, password, status):
    """nginx's table: with `any`, an address that no rule is about leaves it to the password."""
    rules = f"satisfy {satisfy}; {address}; auth_basic_user"
    server = members({"u": SLOW["apr1"]}, MEMBERS.replace("auth_basic_user", rules))
    answer = server.get("/members/", *([basic("u", "geheim")] if password else []))
    assert answer.status == status
    assert (answer["WWW-Authenticate"] is not None) == (status == 401)


def test_satisfy_any_without_passwords(serve):
    server = serve("server { listen 127.0.0.1:0; root www; satisfy any; deny all; }", FILES)
    answer = server.get("/")
    assert answer.status == 403 and "home" not in answer.text


def test_limit_except_holds_rules_for_the_other_methods(members):
    """Whoever may read needs no password; for the rest one is asked for, and what is inherited holds there too."""
    server = members({"u": "{PLAIN}p"}, """
        server { listen 127.0.0.1:0; root www;
            location /a/ { limit_except GET { auth_basic "Writers"; auth_basic_user_file users; } }
            location /b/ { deny all; limit_except GET { allow 127.0.0.1; } }
            location /c/ { limit_except GET { allow 10.0.0.1; deny all; }
                auth_basic "Late"; auth_basic_user_file users;
            }
        }
    """, {f"www/{name}/index.html": name for name in "abc"})

    def status(method, path, *fields):
        return server.ask(request(f"{method} {path} HTTP/1.1", *fields)).status

    assert [status("GET", "/a/"), status("HEAD", "/a/"), status("DELETE", "/a/")] == [200, 200, 401]
    assert status("DELETE", "/a/", basic("u", "p")) == 405
    assert [status("GET", "/b/"), status("DELETE", "/b/")] == [403, 405]
    assert [status("GET", "/c/"), status("GET", "/c/", basic("u", "p"))] == [401, 200]
    assert status("DELETE", "/c/", basic("u", "p")) == 403


def test_nested_location_inherits_rules_but_no_limit_except(members):
    """As in nginx."""
    server = members({"u": "{PLAIN}p"}, """
        server { listen 127.0.0.1:0; root www;
            location /a/ {
                auth_basic "Outer"; auth_basic_user_file users;
                limit_except GET { deny all; allow all; }
                location /a/inner/ { }
                location /a/open/ { auth_basic off; }
            }
        }
    """, {f"www/a/{name}/index.html": name for name in ("inner", "open")})

    def status(method, path, *fields):
        return server.ask(request(f"{method} {path} HTTP/1.1", *fields)).status

    assert [status("GET", "/a/inner/"), status("GET", "/a/inner/", basic("u", "p"))] == [401, 200]
    assert [status("DELETE", "/a/x", basic("u", "p")), status("DELETE", "/a/inner/", basic("u", "p"))] == [403, 405]
    assert [status("GET", "/a/open/"), status("DELETE", "/a/open/")] == [200, 405]


def test_files_that_are_tried_lead_to_places_with_rules_of_their_own(members):
    """try_files comes after the rules of its location, and where it leads is looked at again; a slow password is
    waited for on the way."""
    server = members({"u": SLOW["apr1"]}, """
        server { listen 127.0.0.1:0; root www;
            location /app/ { try_files $uri /members/index.html; }
            location /named/ { try_files $uri @members; }
            location /members/ { auth_basic "Members"; auth_basic_user_file users; }
            location @members { auth_basic "Named"; auth_basic_user_file users; return 404; }
            location @closed { deny all; root www; }
            location /closed/ { try_files /nothing @closed; }
        }
    """)
    assert [server.get("/app/x").status, login(server, "u", "geheim", "/app/x")] == [401, 200]
    assert login(server, "u", "wrong", "/app/x") == 401
    assert server.get("/named/x").status == 404
    assert server.get("/closed/x").status == 403


def test_error_page_of_401_keeps_the_challenge(members):
    """RFC 9110 15.5.2: a 401 has one, whatever its content is."""
    server = members({"u": "{PLAIN}p"}, MEMBERS.replace("root www;", "root www; error_page 401 /401.html;"),
                     {"www/401.html": "who are you?"})
    answer = server.get("/members/")
    assert (answer.status, answer.text) == (401, "who are you?")
    assert answer["WWW-Authenticate"] == 'Basic realm="Members", charset="UTF-8"'


def test_error_page_with_a_slow_password_file_of_its_own(members, tmp_path):
    """Two files that know the same name: neither's answer is taken for the other's, and the request ends."""
    write_users(tmp_path, {"u": SLOW["bcrypt"]}, "others")
    server = members({"u": SLOW["apr1"].replace("9/tM", "9/tN")}, """
        server { listen 127.0.0.1:0; root www; error_page 401 /other/401.html;
            location /members/ { auth_basic "Members"; auth_basic_user_file users; }
            location /other/ { auth_basic "Others"; auth_basic_user_file others; }
        }
    """, {"www/other/401.html": "for others"})
    answer = server.get("/members/", basic("u", "geheim"))
    assert (answer.status, answer.text) == (401, "for others")
    answer = server.get("/members/", basic("u", "wrong"))
    assert answer.status == 401 and "for others" not in answer.text


def test_keep_alive_and_pipelining_go_on_after_a_slow_login(members):
    """Answers come in the order of the questions."""
    server = members({"u": SLOW["sha512"]})
    with server.connect() as client:
        client.send(request("GET /members/ HTTP/1.1", basic("u", "no")) + request("GET / HTTP/1.1") +
                    request("GET /members/ HTTP/1.1", basic("u", "geheim")) + request("GET / HTTP/1.1"))
        assert [client.response().status for _ in range(4)] == [401, 200, 200, 200]


# --- what is logged ---------------------------------------------------------------------------------------------------

def test_logs_say_who_and_why_and_no_password(members):
    """nginx's words; the name in the access log, the password nowhere."""
    server = members({"known": "{PLAIN}correct-horse", "slow": SLOW["apr1"]})
    answers = [login(server, "known", "battery-staple"), login(server, "known", "correct-horse"),
               login(server, "slow", "battery-staple"), login(server, 'x"y\\', "battery-staple"),
               server.get("/", basic("known", "battery-staple")).status, server.get("/members/").status]
    assert answers == [401, 200, 401, 401, 200, 401]
    server.wait_for_error("[error]", 'user "known": password mismatch', "line 1 of")
    server.wait_for_error("[error]", 'user "slow": password mismatch', "line 2 of")
    server.wait_for_error("[error]", "was not found in", str(server.folder / "users"))
    users = [line.split(" [")[0] for line in server.wait_for_accesses(6)]
    assert users == ["127.0.0.1 - known", "127.0.0.1 - known", "127.0.0.1 - slow", r"127.0.0.1 - x\x22y\x5C",
                     "127.0.0.1 - known", "127.0.0.1 - -"]
    said = server.errors + server.access_log.read_text()
    for secret in ("battery-staple", "correct-horse"):
        assert secret not in said
        assert base64.b64encode(b"known:" + secret.encode()).decode() not in said


# --- the file ---------------------------------------------------------------------------------------------------------

def test_changes_of_the_file_count_from_the_next_request_on(members, tmp_path):
    server = members({"u": "{PLAIN}one", "s": SLOW["sha256"]})
    assert [login(server, "u", "one"), login(server, "s", "geheim")] == [200, 200]
    write_users(tmp_path, {"u": "{PLAIN}two"})
    assert [login(server, "u", "one"), login(server, "u", "two"), login(server, "s", "geheim")] == [401, 200, 401]
    for password in range(100, 200):  # in place, of equal size, within one tick of the file system's clock
        (tmp_path / "users").write_text(f"u:{{PLAIN}}{password}")
        assert login(server, "u", password) == 200
    (tmp_path / "users").unlink()
    assert login(server, "u", "199") == 403
    server.wait_for_error("there is no password file", str(tmp_path / "users"))
    (tmp_path / "users").mkdir()
    assert login(server, "u", "199") == 500
    server.wait_for_error("[crit]", "password file can't be read", "is a directory")
    (tmp_path / "users").rmdir()
    write_users(tmp_path, {"u": "{PLAIN}again"})
    assert login(server, "u", "again") == 200


def test_line_that_becomes_unusable_locks_out_its_user_alone(members, tmp_path):
    server = members({"u": "{PLAIN}p"})
    write_users(tmp_path, "u:{PLAIN}p\nplain:secret\nother:$99$salt$hash\nno colon here\n")
    assert [login(server, "u", "p"), login(server, "plain", "secret"), login(server, "other", "x")] == [200, 500, 500]
    server.wait_for_error("[crit]", 'user "plain"', "line 2 of", "not hashed in a known way")
    server.wait_for_error("[crit]", 'user "other"', "line 3 of", '"$99$"')


def test_file_that_may_not_be_read(serve, tmp_path):
    """500, as in nginx: it is the server's fault."""
    write_users(tmp_path, {"u": "{PLAIN}p"})
    (tmp_path / "users").chmod(0)
    server = serve(MEMBERS, FILES, unprivileged=True)
    server.expected_stderr.append(r".*")
    assert login(server, "u", "p") == 500
    server.wait_for_error("[crit]", "password file can't be read", "permission denied")


# --- the process that checks ------------------------------------------------------------------------------------------

def checkers(server):
    return [int(pid) for pid in pathlib.Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()]


def wait_until_stopped(pid):
    wait_for(lambda: pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T", "it stopped")


@contextlib.contextmanager
def stopped_checker(server):
    """The process that checks passwords does nothing meanwhile."""
    [pid] = checkers(server)
    os.kill(pid, signal.SIGSTOP)
    wait_until_stopped(pid)
    try:
        yield pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def count_new_checker_in(server):
    """The pidfd and the socket of a process that took another one's place stay open, in place of the old ones."""
    for client in server.clients:
        client.close()
    wait_for(lambda: len(server.beyond_baseline()) == 2, "all but two descriptors are closed again")
    assert {what.split("[")[0] for what in server.beyond_baseline()} == {"anon_inode:", "socket:"}
    server.baseline = server.descriptors()


def ask_to_log_in(server, name, password, **options):
    client = server.connect(**options)
    client.send(request("GET /members/ HTTP/1.1", basic(name, password)))
    return client


def test_nobody_else_waits_for_a_slow_password(members):
    """While passwords are being checked, all else goes on; the one with a fast hash, too."""
    server = members({"slow": SLOW["bcrypt"], "fast": "{PLAIN}p"})
    with stopped_checker(server):
        waiting = [ask_to_log_in(server, "slow", password) for password in ("geheim", "wrong")]
        for _ in range(20):
            assert server.get("/").status == 200
        assert login(server, "fast", "p") == 200
        assert not any(client.closed_by_server() or client.received for client in waiting)
    assert [client.response().status for client in waiting] == [200, 401]


def test_unknown_name_takes_the_same_way(members):
    """Else it would be known from how quick the answer is. A password that fits the stand-in is none of his."""
    server = members({"slow": SLOW["bcrypt"]})
    with stopped_checker(server):
        waiting = ask_to_log_in(server, "nobody", "geheim")
        assert server.get("/").status == 200
        waiting.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            waiting.socket.recv(1)
        waiting.socket.setblocking(True)
    assert waiting.response().status == 401
    assert login(server, "nobody", "geheim") == 401


def test_right_answers_are_remembered_wrong_ones_are_not(members, tmp_path):
    server = members({"slow": SLOW["bcrypt"]})
    assert [login(server, "slow", "geheim"), login(server, "slow", "wrong")] == [200, 401]
    with stopped_checker(server):
        for _ in range(5):
            assert login(server, "slow", "geheim") == 200
        again = ask_to_log_in(server, "slow", "wrong")
        assert server.get("/").status == 200
        # Another hash is another question, whatever was right for the old one.
        write_users(tmp_path, {"slow": SLOW["sha256"]})
        changed = ask_to_log_in(server, "slow", "geheim")
        assert server.get("/").status == 200
        for client in (again, changed):
            client.socket.setblocking(False)
            with pytest.raises(BlockingIOError):
                client.socket.recv(1)
            client.socket.settimeout(10)
    assert [again.response().status, changed.response().status] == [401, 200]


def test_same_question_is_asked_once_and_the_queue_has_an_end(members):
    """256 different questions wait at the most, the next gets 503; any number wait for the same answer. Who goes away
    makes room."""
    server = members({"slow": SLOW["md5"]}, "worker_connections 1000;\n" + MEMBERS)
    with stopped_checker(server):
        same = [ask_to_log_in(server, "slow", "geheim") for _ in range(300)]
        others = [ask_to_log_in(server, "slow", f"wrong {i}") for i in range(255)]
        assert server.get("/").status == 200
        assert login(server, "slow", "one too many") == 503
        server.wait_for_error("too many passwords wait")
        for client in others[100:]:
            client.reset()
        wait_for(lambda: len(server.accesses) >= 155 + 2, "those who went are gone", 10)
        late = [ask_to_log_in(server, "slow", f"late {i}") for i in range(155)]
        assert server.get("/").status == 200
        assert login(server, "slow", "one too many") == 503
    assert {client.response().status for client in same} == {200}
    assert {client.response().status for client in others[:100] + late} == {401}
    for client in same + others + late:
        client.close()


def test_who_asks_a_lot_holds_up_nobody_else(members):
    """Clients take turns by their addresses: one that tries passwords by the hundred keeps nobody else waiting."""
    server = members({"slow": SLOW["bcrypt"]}, "worker_connections 1000;\n" + MEMBERS)
    with stopped_checker(server):
        many = [ask_to_log_in(server, "slow", f"wrong {i}") for i in range(256)]
        assert server.get("/").status == 200
        assert login(server, "slow", "one too many") == 503
        other = ask_to_log_in(server, "slow", "geheim", source="127.0.0.2")
        assert server.get("/").status == 200
    assert other.response().status == 200
    answered, _, _ = select.select([client.socket for client in many], [], [], 0)
    assert len(answered) < 64, f"{len(answered)} of the many were answered before"
    for client in many:
        client.reset()
    other.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_checker_that_dies_is_replaced(members, number):
    """Who waited gets his answer from the next one."""
    server = members({"slow": SLOW["bcrypt"]})
    with stopped_checker(server) as pid:
        waiting = [ask_to_log_in(server, "slow", password) for password in ("geheim", "wrong")]
        assert server.get("/").status == 200
        os.kill(pid, number)
    assert [client.response().status for client in waiting] == [200, 401]
    line = server.wait_for_error("[alert]", "process that checks passwords", "another one takes its place")
    assert signal.Signals(number).name in line
    assert len(checkers(server)) == 1 and checkers(server) != [pid]
    count_new_checker_in(server)


def test_checker_that_dies_idle_is_replaced(members):
    server = members({"slow": SLOW["bcrypt"]})
    [pid] = checkers(server)
    os.kill(pid, signal.SIGKILL)
    server.wait_for_error("process that checks passwords", "SIGKILL")
    assert [login(server, "slow", "geheim"), login(server, "slow", "wrong")] == [200, 401]
    count_new_checker_in(server)


def test_question_that_ends_two_processes_is_given_up(members):
    """A hash that the library chokes on must not take every process with it, one after the other. This one takes
    minutes, so that whoever has it can be ended."""
    endless = "$6$rounds=99999999$saltsalt$" + SLOW["sha512"].rsplit("$", 1)[1]
    server = members({"endless": endless, "slow": SLOW["bcrypt"]})
    [first] = checkers(server)
    waiting = ask_to_log_in(server, "endless", "geheim")
    assert server.get("/").status == 200
    os.kill(first, signal.SIGKILL)
    [second] = wait_for(lambda: [pid for pid in checkers(server) if pid != first], "another process")
    behind = ask_to_log_in(server, "slow", "geheim")
    assert server.get("/").status == 200
    os.kill(second, signal.SIGKILL)
    assert [waiting.response().status, behind.response().status] == [500, 200]
    server.wait_for_error('user "endless": the password could not be checked')
    count_new_checker_in(server)


def test_checker_holds_nothing_of_the_server(members):
    """No socket of a client or of a log: when the server closes one, it is closed."""
    server = members({"slow": SLOW["bcrypt"]})
    with server.connect() as client:
        assert client.get("/").status == 200
        [pid] = checkers(server)
        os.kill(pid, signal.SIGKILL)
        server.wait_for_error("process that checks passwords")
        assert login(server, "slow", "geheim") == 200
        [pid] = checkers(server)
        held = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd") if int(fd) > 2]
        assert len(held) == 1 and held[0].startswith("socket:")
    count_new_checker_in(server)


def test_checker_ends_with_its_server(members):
    """Whatever ends it."""
    server = members({"slow": SLOW["bcrypt"]})
    [pid] = checkers(server)
    server.process.kill()
    server.process.wait()
    server.stopped = True
    wait_for(lambda: not pathlib.Path(f"/proc/{pid}").exists() or "\nState:\tZ" in
             pathlib.Path(f"/proc/{pid}/status").read_text(), "it is gone")


def test_no_process_without_a_password_file(serve):
    server = serve("server { listen 127.0.0.1:0; root www; deny all; }", FILES)
    assert server.get("/").status == 403
    assert checkers(server) == []


def test_each_worker_has_its_checker(members):
    server = members({"slow": SLOW["bcrypt"]}, "worker_processes 2;\n" + MEMBERS)
    for _ in range(8):
        assert [login(server, "slow", "geheim"), login(server, "slow", "wrong")] == [200, 401]


def test_login_that_is_being_checked_is_answered_before_the_end(members):
    """A stop loses nothing."""
    server = members({"slow": SLOW["bcrypt"]})
    with stopped_checker(server):
        waiting = ask_to_log_in(server, "slow", "geheim")
        assert server.get("/").status == 200
        server.process.send_signal(signal.SIGTERM)
        server.wait_for_error("draining")
    assert waiting.response().status == 200


# --- what -t says -----------------------------------------------------------------------------------------------------

def check(folder, location, users=None, mode=0o600, name="users"):
    (folder / "www").mkdir(exist_ok=True)
    if users is not None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(users)
        (folder / name).chmod(mode)
    config = f"server {{ listen 8080; root www; location / {{ {location} }} }}\n"
    (folder / "x.conf").write_text(config)
    done = run("-t", "-c", "x.conf", cwd=folder)
    return done.returncode, done.stderr


def protected(name="users"):
    return f'auth_basic "r"; auth_basic_user_file {name};'


def test_plain_text_is_refused_with_its_line(tmp_path):
    status, said = check(tmp_path, protected(), "# users\nok:{PLAIN}x\nsome:secret\nno colon\nlib:$99$a$b\n")
    assert status == 1
    assert 'users:3: user "some" can\'t log in: its password is not hashed in a known way' in said
    assert 'users:4 has no ":"' in said
    assert 'users:5: user "lib" can\'t log in' in said and '"$99$"' in said
    assert "secret" not in said


@pytest.mark.parametrize("name, users, mode, warning", [
    ("users", "u:{PLAIN}p\n", 0o644, "can be read by every user of this machine"),
    ("www/users", "u:{PLAIN}p\n", 0o600, "lies beneath a folder that is served"),
    ("users", None, None, "no such file or directory; until it is there, everybody gets 403"),
])
def test_password_file_is_warned_of(tmp_path, name, users, mode, warning):
    status, said = check(tmp_path, protected(name), users, mode, name)
    assert (status, said.count("warning: ")) == (0, 1)
    assert warning in said and "x.conf:1:" in said


def test_password_file_beneath_the_root_that_is_never_served(tmp_path):
    """A name that begins with a dot is refused anyway."""
    assert "warning" not in check(tmp_path, protected("www/.htpasswd"), "u:{PLAIN}p\n", 0o600, "www/.htpasswd")[1]


def test_auth_basic_without_a_file_lets_nobody_in(serve, tmp_path):
    """nginx lets everybody in."""
    status, said = check(tmp_path, 'auth_basic "r";')
    assert status == 0 and "auth_basic without auth_basic_user_file: nobody gets in here" in said
    server = serve('server { listen 127.0.0.1:0; root www; location / { auth_basic "r"; } }', FILES)
    server.expected_stderr.append(r".*")
    assert server.get("/", basic("u", "p")).status == 403


def test_a_realm_with_variables(serve):
    """Their values are in it, off asks for nothing, and no byte of them ends the field line."""
    server = serve("""
        server {
            listen 127.0.0.1:0;
            root www;
            auth_basic_user_file users;
            location /of/ { auth_basic "the realm of $uri"; }
            location /or-off/ { auth_basic $arg_realm; alias www/of/; }
        }
    """, {"users": "ada:{PLAIN}love\n", "www/of/a.txt": "a"})
    server.expected_stderr.append(r".*users can be read by every user.*|\s.*")
    assert server.get('/of/%22b%0D%0AX-Evil:%20yes')["WWW-Authenticate"].startswith(
        'Basic realm="the realm of /of/\\"b  X-Evil: yes"')
    assert server.get("/or-off/a.txt?realm=off").text == "a"
    answer = server.get("/or-off/a.txt?realm=on")
    assert answer.status == 401 and answer["WWW-Authenticate"].startswith('Basic realm="on"')
    assert server.get("/or-off/a.txt").status == 401

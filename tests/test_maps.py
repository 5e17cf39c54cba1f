"""Computed variables: map, geo, split_clients, valid_referers.

What is expected was seen from nginx 1.22 with the same lines and requests, unless a test says otherwise.
"""

import ipaddress
import pathlib
import random

import pytest

from webserv_process import has_sanitizers, request, run

# name -> lines of http { }, lines of server { }, the text of the answer, requests: (target, field lines, the text)
CASES = {
    "map_texts": (r"""
        map $arg_x $m {
            plain            one;
            UPPER            two;
            "with space"     three;
            ""               empty;
            \default         word;
            \hostnames       hosts;
            \~x              tilde;
            "a;b{c}"         odd;
            default          other;
        }
    """, "", "<$m>", [
        ("/?x=plain", (), "<one>"), ("/?x=PLAIN", (), "<one>"), ("/?x=upper", (), "<two>"),
        ("/?x=plai", (), "<other>"), ("/?x=plainx", (), "<other>"), ("/", (), "<empty>"), ("/?x=", (), "<empty>"),
        ("/?x=default", (), "<word>"), ("/?x=hostnames", (), "<hosts>"), ("/?x=~x", (), "<tilde>"),
        ("/?x=a;b{c}", (), "<odd>"), ("/?x=with%20space", (), "<other>"),
    ]),
    "map_header_with_spaces": (r"""
        map $http_x $m { "with space" yes; default no; }
    """, "", "<$m>", [("/", ("X: with space",), "<yes>"), ("/", ("X: WITH SPACE",), "<yes>"), ("/", (), "<no>")]),
    "map_without_default": ("map $arg_x $m { a 1; }", "", "<$m>", [("/?x=a", (), "<1>"), ("/?x=b", (), "<>")]),
    "map_expressions": (r"""
        map $arg_x $m {
            ~^a(?<rest>.*)z$   "named $rest";
            ~*^B(.)(.)         "groups $2$1";
            ~c                 first;
            ~cc                second;
            abz                exact;
            default            none;
        }
    """, "", "<$m>", [
        ("/?x=a123z", (), "<named 123>"), ("/?x=A123Z", (), "<none>"), ("/?x=abz", (), "<exact>"),
        ("/?x=ABZ", (), "<exact>"), ("/?x=bXY", (), "<groups YX>"), ("/?x=BXY", (), "<groups YX>"),
        ("/?x=xccx", (), "<first>"), ("/", (), "<none>"),
    ]),
    "map_expression_is_not_tried_on_nothing": (r"map $arg_x $m { ~^$ blank; default none; }", "", "<$m>",
                                               [("/", (), "<none>"), ("/?x=1", (), "<none>")]),
    "map_groups_take_the_place_of_the_locations": (r"map $arg_x $m { ~^(.) got; default none; }",
                                                   r"location ~ ^/(.*)$ { return 200 '<$m $1>'; }", None,
                                                   [("/path?x=y", (), "<got y>"),
                                                    ("/path", (), "<none path>")]),
    "map_hostnames": (r"""
        map $http_host $m {
            hostnames;
            example.org      exact;
            *.example.org    sub;
            *.deep.example.org deeper;
            .example.net     both;
            www.example.*    behind;
            www.example.co.* longer;
            ~^re             expression;
            default          none;
        }
    """, "", "<$m>", [
        ("/", ("Host: example.org",), "<exact>"), ("/", ("Host: EXAMPLE.org",), "<exact>"),
        ("/", ("Host: example.org.",), "<exact>"), ("/", ("Host: a.example.org",), "<sub>"),
        ("/", ("Host: a.b.example.org",), "<sub>"), ("/", ("Host: a.deep.example.org",), "<deeper>"),
        ("/", ("Host: deep.example.org",), "<sub>"), ("/", ("Host: aexample.org",), "<none>"),
        ("/", ("Host: example.net",), "<both>"), ("/", ("Host: x.example.net",), "<both>"),
        ("/", ("Host: www.example.com",), "<behind>"), ("/", ("Host: www.example.co.uk",), "<longer>"),
        ("/", ("Host: www.example",), "<none>"), ("/", ("Host: x.www.example.com",), "<none>"),
        ("/", ("Host: re.example.org",), "<sub>"), ("/", ("Host: re.x",), "<expression>"),
    ]),
    "map_values_with_variables": (r"""
        map $arg_x $m { a "$uri?$b/${arg_y}z"; default $b; }
        map $arg_y $b { default "b-$arg_y"; }
    """, "", "<$m>", [("/p?x=a&y=1", (), "</p?b-1/1z>"), ("/p?y=2", (), "<b-2>")]),
    "map_source_of_several": (r"map $request_method:$arg_x $m { get:1 yes; GET:2 two; default no; }", "", "<$m>",
                              [("/?x=1", (), "<yes>"), ("/?x=2", (), "<two>"), ("/?x=3", (), "<no>")]),
    "map_is_kept_for_the_request": (r"""
        map $args $kept { default "$args"; }
        map $args $fresh { volatile; default "$args"; }
    """, "set $first '$kept/$fresh'; set $args changed;", "<$first $kept/$fresh>",
        [("/?x=1", (), "<x=1/x=1 x=1/changed>")]),
    "set_overrides_map": ("map $arg_x $m { default mapped; }", "if ($arg_y) { set $m assigned; }", "<$m>",
                          [("/", (), "<mapped>"), ("/?y=1", (), "<assigned>")]),
    "geo_of_client": (r"""
        geo $g { default other; 127.0.0.0/8 loop; 127.0.0.1 me; 10.0.0.0/8 ten; }
    """, "", "<$g>", [("/", (), "<me>")]),
    "geo_of_variable": (r"""
        geo $arg_a $g {
            default        other;
            10.0.0.0/8     ten;
            10.1.0.0/16    "ten one";
            10.1.2.0/24    ten-one-two;
            10.1.2.3       single;
            10.1.2.4/32    single;
            192.168.0.0/16 private;
            192.168.1.0/24 hole;
            delete         192.168.1.0/24;
            2001:db8::/32  docs;
            2001:db8:0:1::/64 sub;
            ::1            loop;
            255.255.255.255 nowhere;
        }
    """, "", "<$g>", [
        ("/?a=10.9.9.9", (), "<ten>"), ("/?a=10.1.9.9", (), "<ten one>"), ("/?a=10.1.2.9", (), "<ten-one-two>"),
        ("/?a=10.1.2.3", (), "<single>"), ("/?a=10.1.2.4", (), "<single>"), ("/?a=10.1.2.5", (), "<ten-one-two>"),
        ("/?a=10.0.0.0", (), "<ten>"), ("/?a=10.255.255.255", (), "<ten>"), ("/?a=11.0.0.0", (), "<other>"),
        ("/?a=9.255.255.255", (), "<other>"), ("/?a=192.168.1.5", (), "<private>"),
        ("/?a=2001:db8::5", (), "<docs>"), ("/?a=2001:db8:0:1::5", (), "<sub>"), ("/?a=2001:db8:0:2::", (), "<docs>"),
        ("/?a=2001:db9::", (), "<other>"), ("/?a=::1", (), "<loop>"), ("/?a=::ffff:10.1.2.3", (), "<single>"),
        ("/?a=nonsense", (), "<nowhere>"), ("/", (), "<nowhere>"), ("/?a=10.1.2.3:80", (), "<nowhere>"),
        ("/?a=0.0.0.0", (), "<other>"), ("/?a=255.255.255.254", (), "<other>"),
    ]),
    "geo_default_networks": ("geo $arg_a $g { 0.0.0.0/0 four; ::/0 six; 128.0.0.0/1 upper; }", "", "<$g>", [
        ("/?a=1.2.3.4", (), "<four>"), ("/?a=200.2.3.4", (), "<upper>"), ("/?a=::5", (), "<six>"), ("/", (), "<upper>"),
    ]),
    "geo_ranges": (r"""
        geo $arg_a $g {
            ranges;
            default other;
            10.0.0.0-10.0.0.255     low;
            10.0.0.16-10.0.0.31     inside;
            10.0.0.20-10.0.0.20     single;
            10.0.1.0-10.3.255.255   wide;
            10.2.0.0-10.2.0.9       within;
            10.4.0.0-10.4.0.1       gone;
            delete                  10.4.0.0-10.4.0.1;
        }
    """, "", "<$g>", [
        ("/?a=10.0.0.0", (), "<low>"), ("/?a=10.0.0.15", (), "<low>"), ("/?a=10.0.0.16", (), "<inside>"),
        ("/?a=10.0.0.20", (), "<single>"), ("/?a=10.0.0.21", (), "<inside>"), ("/?a=10.0.0.32", (), "<low>"),
        ("/?a=10.0.1.0", (), "<wide>"), ("/?a=10.2.0.5", (), "<within>"), ("/?a=10.2.0.10", (), "<wide>"),
        ("/?a=10.3.255.255", (), "<wide>"), ("/?a=10.4.0.0", (), "<other>"), ("/?a=9.9.9.9", (), "<other>"),
        ("/?a=::1", (), "<other>"), ("/?a=x", (), "<other>"), ("/?a=::ffff:10.0.0.20", (), "<single>"),
    ]),
    "geo_values_are_literal": ("geo $dollar { default '$'; }", "", "<${dollar}uri $dollar>",
                               [("/", (), "<$uri $>")]),
    "split_of_all": ("split_clients $arg_x $s { 100% all; }", "", "<$s>", [("/?x=1", (), "<all>"), ("/", (), "<all>")]),
    "split_without_rest": ("split_clients $arg_x $s { 0.01% few; }", "", "<$s>", [("/?x=1", (), "<>")]),
    "referers": ("", r"""
        server_name named.org *.wild.org;
        valid_referers none blocked server_names example.org *.example.net www.site.* path.org/ok ~\.google\. ~^re/;
    """, "<$invalid_referer>", [
        ("/", (), "<>"), ("/", ("Referer: http://example.org",), "<>"),
        ("/", ("Referer: HTTPS://EXAMPLE.ORG/x",), "<>"),
        ("/", ("Referer: http://example.org:8080/x",), "<>"), ("/", ("Referer: http://www.example.org/",), "<1>"),
        ("/", ("Referer: http://a.example.net/",), "<>"), ("/", ("Referer: http://example.net/",), "<1>"),
        ("/", ("Referer: http://www.site.com/",), "<>"), ("/", ("Referer: http://www.sites.com/",), "<1>"),
        ("/", ("Referer: http://path.org/ok/more",), "<>"), ("/", ("Referer: http://path.org/no",), "<1>"),
        ("/", ("Referer: http://path.org",), "<1>"), ("/", ("Referer: http://path.org:80/ok",), "<>"),
        ("/", ("Referer: http://www.google.com/",), "<>"), ("/", ("Referer: http://www.GOOGLE.com/",), "<>"),
        ("/", ("Referer: http://x.org/?q=a.google.b",), "<>"), ("/", ("Referer: https://re/x-----",), "<>"),
        ("/", ("Referer: http://named.org/",), "<>"), ("/", ("Referer: http://a.wild.org/",), "<>"),
        ("/", ("Referer: http://evil.org/",), "<1>"), ("/", ("Referer: ftp://evil.org/",), "<>"),
        ("/", ("Referer: -",), "<>"), ("/", ("Referer: http://x",), "<>"), ("/", ("Referer:",), "<>"),
    ]),
    "referers_of_names_alone": ("", "valid_referers example.org;", "<$invalid_referer>", [
        ("/", (), "<1>"), ("/", ("Referer: masked",), "<1>"), ("/", ("Referer: http://example.org/",), "<>"),
    ]),
    "referers_of_nobody": ("", "", "<$invalid_referer>", [("/", ("Referer: http://evil.org/",), "<>")]),
    "referers_in_locations": ("", r"""
        valid_referers none example.org;
        location /own/ {
            valid_referers none example.net;
            if ($invalid_referer) { return 403 "<no>"; }
            return 200 "<yes>";
        }
        location /outer/ { if ($invalid_referer = 1) { return 403 "<no>"; } return 200 "<yes>"; }
    """, None, [
        ("/own/", (), "<yes>"), ("/own/", ("Referer: http://example.org/",), "<no>"),
        ("/own/", ("Referer: http://example.net/",), "<yes>"), ("/outer/", ("Referer: http://example.org/",), "<yes>"),
        ("/outer/", ("Referer: http://example.net/",), "<no>"),
    ]),
}


def configuration(lines, inner, text, listen="127.0.0.1:0"):
    answer = f"location / {{ return 200 '{text}'; }}" if text else ""
    return f"{lines}\nserver {{\nlisten {listen};\n{inner}\n{answer}\n}}\n"


@pytest.mark.parametrize("name", CASES)
def test_as_nginx(serve, name):
    """The value for each request."""
    lines, inner, text, asks = CASES[name]
    server = serve(configuration(lines, inner, text))
    with server.connect() as client:
        for target, fields, expected in asks:
            assert client.ask(request(f"GET {target} HTTP/1.1", *fields)).text == expected, (target, fields)


# What nginx 1.22 said for `split_clients $arg_x $s { 10% a; 20.5% b; 0.01% c; 33.33% d; * e; }` and x = 0 to 299.
SPLIT_LINES = "split_clients $arg_x $s { 10% a; 20.5% b; 0.01% c; 33.33% d; * e; }"
SPLIT_SEEN = ("bdeaddaeddddbdedebedadebeddabdeaedbdddbdeedbeeeeddeddeddedbedbdeeddeeebebbdabeebdededadebeddeabdeeeb"
              "addebbaedbdeedbdedddebabeebededdeeddbeebebdeeadddebddbbdedbeedeaaddedebdededbddeedbdeeebdbeaebbdbbba"
              "edbeadeedebdbaeddddaddebeedddbdaedbeddedddedbebdededdbbeedeaaaeedbeeddeeddddbaebbeedbbabaddebedeedde")


def test_split_clients_as_nginx(serve):
    """Each client stays in the bucket that it had with nginx, whatever the length of the text."""
    server = serve(configuration(SPLIT_LINES, "", "$s"))
    with server.connect() as client:
        seen = [client.get(f"/?x={'k' * (i % 7)}{i}").text for i in range(len(SPLIT_SEEN))]
    assert "".join(seen) == SPLIT_SEEN


def test_include_in_a_block(serve):
    """`include` takes in lines of the block from files, relative to the main one."""
    server = serve("""
        map $arg_x $m { include lines/*.map; default none; }
        geo $arg_a $g { include nets; default none; }
        server { listen 127.0.0.1:0; return 200 "$m $g"; }
    """, {"lines/a.map": "a 1;\n", "lines/b.map": "~^b(.) 2$1;\n", "nets": "10.0.0.0/8 ten;\n"})
    assert server.get("/?x=a&a=10.1.1.1").text == "1 ten"
    assert server.get("/?x=bc&a=11.1.1.1").text == "2c none"


def test_map_of_the_answer(serve):
    """When a request is logged, the answer is known; before, the status is 000, and a value found then is kept."""
    server = serve("""
        map $status $m { 000 early; default late; }
        map $status $loggable { ~^[23] 0; default 1; }
        log_format short "$request_uri $m";
        access_log access.log short if=$loggable;
        server {
            listen 127.0.0.1:0;
            location / { return 404; }
            location /fine { return 200; }
            location /early { set $early $m; return 404 $early; }
        }
    """)
    assert server.get("/early").text == "early"
    assert server.get("/fine").status == 200
    assert server.get("/late").status == 404
    assert server.wait_for_accesses(2) == ["/early early", "/late late"]


def test_root_of_a_map(serve):
    """A folder that a map chooses, and one that needs itself: that has no value, and nothing hangs."""
    server = serve("""
        map $host $site { default one; two.org two; }
        map $document_root $circle { default "www"; ~one bad; }
        server { listen 127.0.0.1:0; root ./sites/$site; location /circle/ { root ./sites/$circle; } }
    """, {"sites/one/f": "1", "sites/two/f": "2", "sites/www/circle/f": "3"})
    assert server.get("/f").text == "1"
    assert server.get("/f", host="two.org").text == "2"
    assert server.get("/circle/f").text == "3"


def test_map_for_rewriting(serve):
    """The usual uses: redirects from a list, a condition of several variables."""
    server = serve(r"""
        map $uri $target { /old /new; ~^/blog/(\d+)$ /posts/$1; }
        map "$request_method:$http_x" $refused { ~^GET:bad$ 1; default 0; }
        server {
            listen 127.0.0.1:0;
            if ($target) { return 301 $target; }
            if ($refused) { return 403; }
            return 200 "fine";
        }
    """)
    assert server.get("/old")["Location"] == "/new"
    assert server.get("/blog/12")["Location"] == "/posts/12"
    assert server.get("/else").text == "fine"
    assert server.get("/else", "X: bad").status == 403


def test_map_on_long_sources(serve):
    """8 KiB of source, no value to be found in it: answered like any other."""
    server = serve(r"""
        map $arg_x $m { ~(a+)+$ deep; ~^(?:x|xx)*y$ alternating; default none; }
        server { listen 127.0.0.1:0; return 200 "$m"; large_client_header_buffers 4 16k; }
    """)
    assert server.get("/?x=" + "a" * 8000 + "b").text == "none"
    assert server.get("/?x=" + "x" * 8000).text == "none"
    assert server.get("/?x=" + "x" * 8000 + "y").text == "alternating"


def test_chain_of_maps(serve):
    """A hundred maps that need each other are the most; each is found once."""
    maps = "".join(f"map $m{i + 1} $m{i} {{ default $m{i + 1}; }}\n" for i in range(99))
    server = serve(maps + "map $arg_x $m99 { default \"<$arg_x>\"; }\n"
                   "server { listen 127.0.0.1:0; return 200 $m0$m50; }")
    assert server.get("/?x=1").text == "<1><1>"


def test_geo_of_a_unix_socket(serve, tmp_path):
    """nginx: a client without an IP address counts as 255.255.255.255."""
    server = serve(f"""
        geo $g {{ default other; 255.255.255.255 local; }}
        server {{ listen unix:{tmp_path}/s; return 200 "$g"; }}
    """)
    assert server.get("/").text == "local"


def test_geo_of_ipv6_clients(serve):
    server = serve("""
        geo $g { default other; ::/64 near; 127.0.0.0/8 four; }
        server { listen [::1]:0; return 200 "$g"; }
    """)
    assert server.get("/").text == "near"


def test_hundred_thousand_networks(serve, tmp_path):
    """They load in a moment, take little memory, and each lookup finds what a plain search finds."""
    rng = random.Random(1)
    networks = {}
    while len(networks) < 100_000:
        length = rng.choice((12, 16, 20, 24, 24, 24, 28, 32))
        network = ipaddress.ip_network((rng.getrandbits(32) >> (32 - length) << (32 - length), length))
        networks[network] = f"v{len(networks) % 500}"
    for half in range(2):
        lines = list(networks.items())[half * 50_000:(half + 1) * 50_000]
        (tmp_path / f"nets{half}").write_text("".join(f"{network} {value};\n" for network, value in lines))
    server = serve("""
        geo $arg_a $g { default none; include nets0; include nets1; }
        server { listen 127.0.0.1:0; return 200 "$g"; keepalive_requests 100000; }
    """)

    def expected(address):
        for length in (32, 28, 24, 20, 16, 12):
            found = networks.get(ipaddress.ip_network((int(address) >> (32 - length) << (32 - length), length)))
            if found:
                return found
        return "none"

    some = rng.sample(sorted(networks), 300)
    addresses = [network.network_address for network in some] + [network.broadcast_address for network in some]
    addresses += [ipaddress.ip_address(rng.getrandbits(32)) for _ in range(300)]
    with server.connect() as client:
        for address in addresses:
            assert client.get(f"/?a={address}").text == expected(address), address
    status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
    resident = int(status.split("VmRSS:")[1].split()[0])
    most = 400_000 if has_sanitizers() else 60_000  # AddressSanitizer holds on to what was freed
    assert resident < most, f"{resident} KiB"

"""The same requests to nginx and webserv, with the same configuration file: the same status, fields and content.

Each `like_nginx/NAME.conf` is a configuration with its requests in comments (`#> GET /path`), so each line is one test.
Expected differences are in `DIFFERENCES` with their reasons; one that is no longer there fails too. What webserv shows
by default and nginx only when told so (relative redirects, `charset utf-8`, no dot files) is set or left alone by
`like_nginx/common.conf`, and is tested elsewhere.
"""

import dataclasses
import fnmatch
import pathlib
import re

import pytest

from like_nginx.peers import both, differences, everywhere, find_nginx, requests_in
from like_nginx.tree import make_tree

FOLDER = pathlib.Path(__file__).resolve().parent / "like_nginx"
NAMES = sorted(path.stem for path in FOLDER.glob("*.conf") if path.stem != "common")
TEXTS = {name: (FOLDER / f"{name}.conf").read_text(encoding="utf-8") for name in NAMES}
REQUESTS = {name: requests_in(text) for name, text in TEXTS.items()}


@dataclasses.dataclass(frozen=True)
class Difference:
    """Where webserv differs on purpose: in the answers to which request of which configuration, in what, and why."""

    name: str
    request: str
    aspects: str
    reason: str

    def covers(self, name, request):
        return fnmatch.fnmatchcase(name, self.name) and fnmatch.fnmatchcase(request.text, self.request)


WHOLE = "*"  # the whole answer differs, status and all

DIFFERENCES = [
    # Targets and requests
    Difference("paths", "GET /show#fragment", WHOLE, "a fragment is never sent (RFC 9112 3.2): 400, not cut off"),
    Difference("variables", "GET /uri/../uri/./c?x#y", WHOLE, "a fragment is never sent (RFC 9112 3.2)"),
    Difference("requests", "GET /show | Host:", WHOLE, "an empty Host is valid (RFC 9112 3.2)"),
    Difference("requests", "OPTIONS [*]", WHOLE, "asks about the server as such (RFC 9110 9.3.7)"),
    Difference("requests", "CONNECT *", WHOLE, "known, but not allowed: 405"),
    Difference("requests", "GET /a.txt | Expect: something", WHOLE, "what can't be met is a 417 (RFC 9110 10.1.1)"),
    Difference("methods", "get *", WHOLE, "methods have a case, and an unknown one is 501 (RFC 9110 9.1)"),
    Difference("methods", "POST /none *", WHOLE, "the method is looked at before the file"),
    Difference("error_pages", "POST /nowhere *", WHOLE, "the method is looked at before the file"),
    Difference("methods", "POST /limited/*", WHOLE, "limit_except answers 405 with Allow"),
    Difference("autoindex", "POST /empty/*", WHOLE, "405 and not 403: the method is what is wrong"),
    Difference("autoindex", "HEAD /json/", "content-length", "what GET would have, is said (RFC 9110 8.6)"),
    Difference("requests", "GET /show HTTP/1.2", "content", "served as HTTP/1.1, the version spoken here"),
    # Variables, rewrites
    Difference("variables", "GET /headers | X-Y: 1 | X-Y: 2", "content content-length",
               "joined, as nginx does from 1.23 on"),
    Difference("variables", "GET /headers | Accept: a | *", "content content-length",
               "joined, as nginx does from 1.23 on"),
    Difference("variables", "GET /escaped/*", "location", "a URL has no spaces"),
    Difference("rewrite", "GET /permanent/a%3Fb", "location", "what was part of the path stays part of the path"),
    Difference("set_if", "GET /broken-off[?]stop=1", WHOLE, "try_files holds although the request went through an if"),
    # Preconditions and ranges
    Difference("validators", "GET /a.txt | If-None-Match: @etag:/a.txt@ | If-Modified-Since: Fri*", WHOLE,
               "If-Modified-Since is ignored beside If-None-Match (RFC 9110 13.1.3)"),
    Difference("validators", "* | If-Unmodified-Since: no date", WHOLE, "no date is ignored (RFC 9110 13.1.4)"),
    Difference("validators", "GET /ims-before/a.txt | If-Modified-Since: Mon*", WHOLE,
               "the date is before the file came to be as it is, whatever its own date says"),
    Difference("ranges", "HEAD * | Range: *", WHOLE, "Range is defined for GET alone (RFC 9110 14.2)"),
    Difference("ranges", "GET /abc.txt | Range: bytes=5-2", WHOLE, "an invalid range is ignored (RFC 9110 14.1.1)"),
    Difference("ranges", "GET /abc.txt | Range: bytes=x-y", WHOLE, "an invalid range is ignored"),
    Difference("ranges", "GET /abc.txt | Range: bytes=0-1,,4-5", WHOLE, "empty elements are ignored (RFC 9110 5.6.1)"),
    Difference("ranges", "GET /abc.txt | Range: bytes=0-9999*", WHOLE, "it ends with the last byte, however large"),
    Difference("ranges", "GET /empty.txt | Range: bytes=0-1", WHOLE, "unsatisfiable: 416 (RFC 9110 15.5.17)"),
    Difference("ranges", "GET /abc.txt | Range: bytes=0-1,4-5", WHOLE, "near ranges become one (RFC 9110 15.3.7.2)"),
    Difference("ranges", "GET /abc.txt | Range: bytes=4-5,0-1", WHOLE, "near ranges become one"),
    Difference("ranges", "GET /abc.txt | Range: bytes=0-1, 4-5 , -2", WHOLE, "near ranges become the whole"),
    Difference("ranges", "GET * | If-Range: @etag:/abc.txt@", "content-type last-modified",
               "the client has them (RFC 9110 15.3.7)"),
    Difference("ranges", "GET * | If-Range: Mon, 01 Jan 2024*", "content-type last-modified", "the client has them"),
    Difference("methods", "OPTIONS /a.txt", WHOLE, "tells what is allowed (RFC 9110 9.3.7)"),
    # Codings
    Difference("gzip_static", "* | Accept-Encoding: x-gzip", WHOLE, "x-gzip is gzip (RFC 9110 8.4.1.3)"),
    Difference("gzip_static", "GET /style.css | * | Range: bytes=0-9", WHOLE, "a range of the encoded bytes"),
    Difference("gzip_static", "GET /only.html | *", WHOLE, "gzip_static on: no coding of a file that isn't there"),
    # return and error_page
    Difference("error_pages", "GET /not-recursive", WHOLE, "a page that fails doesn't hide why it was wanted"),
    Difference("return", "GET /444-text", WHOLE, "444 closes the connection, whatever stands behind it"),
    Difference("return", "GET /not-modified", "content-type content-length", "not those of the 200 (RFC 9110 15.4.5)"),
    Difference("error_pages", "GET /304", "content-type content-length", "not those of the 200 (RFC 9110 15.4.5)"),
    Difference("error_pages", "GET /redirect-replaced", "location", "no redirect any more, so no Location"),
    Difference("types", "GET /octets", "content-type", "a text is text unless something else is said"),
    # Files
    Difference("nested", "GET /aliased/*.image", "content-type", "the type is that of the file, not of the path"),
    Difference("headers", "GET /a.txt | Range: bytes=99-", "x-always x-server", "nginx adds them before and after 416"),
    Difference("headers", "GET /status/none", "x-type", "a built-in page says its charset"),
    Difference("variables", "GET /alias/p.png", "x-file", "folders are named without a slash at their end"),
    Difference("variables", "GET /sent/* | Range: *", "x-sent", "what is sent, not the file without the range"),
    Difference("types", "GET /utf/style.css", "content-type", "text is text, whichever: unless charset_types is there"),
    Difference("nested", "GET /settings/noext", "content-type", "text is text, whichever"),
    Difference("symlinks", "GET /on/linked/*", WHOLE, "a link within the path is refused as one at its end is: 403"),
]

def is_expected(name, request, answer, difference):
    aspect = difference[0]
    return everywhere(answer, *difference) or any(
        row.aspects == WHOLE or aspect in row.aspects.split()
        for row in DIFFERENCES if row.covers(name, request))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """runs(name): both servers' answers to all requests of one configuration, asked once."""
    found = {}

    def run(name):
        if name not in found:
            folder = tmp_path_factory.mktemp(name)
            found[name] = both(folder, TEXTS[name], REQUESTS[name], make_tree)
        return found[name]

    return run


@pytest.fixture(autouse=True)
def nginx(tool):
    if not find_nginx():
        tool("nginx")


def cases():
    for name, requests in REQUESTS.items():
        for number, request in enumerate(requests):
            yield pytest.param(name, number, id=f"{name}: {request.text}")


@pytest.mark.parametrize("name, number", cases())
def test_answers_as_nginx_does(runs, name, number):
    nginx, webserv = runs(name)
    assert not webserv.refused, webserv.refused
    request = REQUESTS[name][number]
    answer = webserv.answers[number]
    found = differences(request, nginx.answers[number], answer)
    unexpected = [f"{aspect}: nginx {theirs!r}, webserv {ours!r}"
                  for aspect, theirs, ours in found if not is_expected(name, request, answer, (aspect, theirs, ours))]
    assert not unexpected, "\n".join([request.text, *unexpected])


@pytest.mark.parametrize("row", DIFFERENCES, ids=lambda row: f"{row.name}: {row.request}")
def test_differs_where_it_is_said_to(runs, row):
    """A row of the table that covers nothing, or nothing any more, says something that isn't true."""
    nginx, webserv = runs(row.name)
    assert not webserv.refused, webserv.refused
    covered = [number for number, request in enumerate(REQUESTS[row.name]) if row.covers(row.name, request)]
    assert covered, "no such request"
    for number in covered:
        found = differences(REQUESTS[row.name][number], nginx.answers[number], webserv.answers[number])
        aspects = {aspect for aspect, _, _ in found}
        assert aspects if row.aspects == WHOLE else aspects & set(row.aspects.split()),\
            f"{REQUESTS[row.name][number].text}: as in nginx: {row.reason}"


def logs_of(name):
    return sorted(set(re.findall(r"access_log logs/([\w.-]+)", TEXTS[name])))


@pytest.mark.parametrize("name, log", [pytest.param(name, log, id=f"{name}: {log}")
                                       for name in NAMES for log in logs_of(name)])
def test_logs_as_nginx_does(runs, name, log):
    nginx, webserv = runs(name)
    assert not webserv.refused, webserv.refused
    assert nginx.logs[log], "nothing was logged"
    assert webserv.logs.get(log) == nginx.logs[log]


def test_every_request_shows_something(runs):
    """nginx answers each, or closes the connection as `return 444` says: none is cut short or badly written."""
    for name in NAMES:
        nginx, _ = runs(name)
        for request, answer in zip(REQUESTS[name], nginx.answers):
            assert answer.status or answer.problem == "closed", f"{name}: {request.text}: {answer}"

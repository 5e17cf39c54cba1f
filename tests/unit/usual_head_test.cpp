// What the usual lines of a head are, and that reading them fast means the same as reading them by the book. A parser
// that is shown a head byte by byte has seen a part of each line before, and reads all of it by the book.
#include "http/usual_head.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>

#include "check.hpp"
#include "http/request_parser.hpp"

int test_usual_head();

namespace {

using Verdict = http::RequestParser::Verdict;

constexpr std::string_view usual_head =
    "GET /a/b.html?x=1 HTTP/1.1\r\nHost: www.example.org:8080\r\nUser-Agent:  Mozilla/5.0 (X11; Linux) \r\nX-Empty:\r\n"
    "Accept: */*\r\naccept: text/html\r\nUpgrade-Insecure-Requests: 1\r\n\r\n";

struct Reading {
    http::RequestHead head;
    http::RequestParser parser;
    Verdict verdict = Verdict::need_more;
};

void read(Reading& reading, std::string_view bytes, const http::HeadLimits& limits, std::size_t step) {
    reading.parser.start(limits);
    for (std::size_t shown = std::min(step, bytes.size());; shown = std::min(shown + step, bytes.size())) {
        reading.verdict = reading.parser.feed(bytes.substr(0, shown), reading.head);
        if (reading.verdict != Verdict::need_more || shown == bytes.size()) return;
    }
}

bool same_fields(const http::Fields& a, const http::Fields& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i].name != b[i].name || a[i].value != b[i].value || a[i].known != b[i].known) return false;
    for (unsigned row = 0; row < http::known_field_count; ++row) {
        const auto name = static_cast<http::FieldName>(row);
        if (a.count(name) != b.count(name) || a.first(name) != b.first(name)) return false;
    }
    return true;
}

bool same_head(const http::RequestHead& a, const http::RequestHead& b) {
    return a.method == b.method && a.version == b.version && a.form == b.form && a.has_query == b.has_query &&
           a.path == b.path && a.host == b.host && a.request_line() == b.request_line() && a.target() == b.target() &&
           a.query() == b.query() && same_fields(a.fields, b.fields);
}

bool reads_the_same(std::string_view bytes, const http::HeadLimits& limits) {
    Reading fast;
    Reading by_the_book;
    read(fast, bytes, limits, bytes.size());
    read(by_the_book, bytes, limits, 1);
    if (fast.verdict != by_the_book.verdict || fast.parser.consumed() != by_the_book.parser.consumed() ||
        fast.parser.rejection().slug != by_the_book.parser.rejection().slug) {
        return false;
    }
    return fast.verdict != Verdict::complete || same_head(fast.head, by_the_book.head);
}

// A head that is usual but for one byte, which takes every value at every place.
void test_one_byte_off(Checks& checks) {
    for (std::size_t at = 0; at < usual_head.size(); ++at) {
        std::string bytes{usual_head};
        for (int value = 0; value < 256; ++value) {
            bytes[at] = static_cast<char>(value);
            checks.expect(reads_the_same(bytes, {}), "byte " + std::to_string(value) + " at " + std::to_string(at));
        }
    }
}

void test_every_end(Checks& checks) {
    for (std::size_t size = 0; size <= usual_head.size(); ++size) {
        checks.expect(reads_the_same(usual_head.substr(0, size), {}), "cut behind byte " + std::to_string(size));
        checks.expect(reads_the_same(usual_head, {.line = size}), "lines of at most " + std::to_string(size));
        checks.expect(reads_the_same(usual_head, {.head = size}), "a head of at most " + std::to_string(size));
    }
}

// Pieces of grammar in random order, many of which mean something together.
void test_random_heads(Checks& checks) {
    constexpr std::string_view pieces[] = {
        "GET ",     "HEAD ",     "/",         ".",    "..",         "//",     "?",        "#",  "%2e", "*",
        "http://a", " HTTP/1.1", " HTTP/1.0", "\r\n", "\r\nHost: ", "\r\nTE", ":",        ":",  " ",   "\t",
        "-",        "a",         "Z",         "\x7F", "\xC3\xA9",   "65536",  "\r\n\r\n", "\n",
    };
    std::minstd_rand random{1};  // the same heads in each run
    const auto pick = [&](std::size_t below) { return (random() >> 8) % below; };
    for (int round = 0; round < 50'000; ++round) {
        std::string bytes = pick(4) == 0 ? "" : "GET /";
        for (std::size_t count = pick(24); count > 0; --count) bytes += pieces[pick(std::size(pieces))];
        if (pick(2) == 0) bytes += " HTTP/1.1\r\nHost: a.example\r\nA-b: c\r\n\r\n";
        const http::HeadLimits limits{.line = pick(8) == 0 ? 40U : 8192U,
                                      .strict_lines = pick(2) == 0,
                                      .slashes = pick(2) == 0 ? http::Slashes::merged : http::Slashes::kept};
        checks.expect(reads_the_same(bytes, limits), bytes);
    }
}

bool host_reads_the_same(const std::string& host) {
    return reads_the_same("GET / HTTP/1.1\r\nHost: " + host + "\r\nAccept: */*\r\n\r\n", {});
}

void test_hosts(Checks& checks) {
    for (unsigned port = 59'990; port < 70'010; ++port)
        checks.expect(host_reads_the_same("a.example:" + std::to_string(port)), "port " + std::to_string(port));
    for (std::string_view host :
         {"", ":80", "a:", "a:0", "a:00080", "a:000080", "a:99999", "a:8o", "a:80 ", "[::1]:80"})
        checks.expect(host_reads_the_same(std::string{host}), host);
    for (std::string_view special : {".", "..", "/", ":", "A", "%", "_"}) {
        for (std::size_t at = 0; at <= 40; ++at) {
            std::string host(40, 'a');
            host.insert(at, special);
            checks.expect(host_reads_the_same(host), host);
        }
    }
    for (std::string_view lines : {"", "Host: a\r\nHost: a\r\n", "Host: a\r\nhost: b\r\n", "Host: a\nHost: a\r\n"}) {
        for (std::string_view version : {"0", "1"}) {
            std::string bytes = "GET / HTTP/1.";
            bytes.append(version).append("\r\n").append(lines).append("\r\n");
            checks.expect(reads_the_same(bytes, {}), bytes);
        }
    }
}

// What the parts of a path mean together, at every place in a block.
void test_paths(Checks& checks) {
    for (std::string_view special : {"//", "/.", "/./", "/..", ".", "%2f", "?a/../b", "#", "!"}) {
        for (std::size_t at = 0; at <= 40; ++at) {
            std::string path(40, 'a');
            path.insert(at, special);
            checks.expect(reads_the_same("GET /" + path + " HTTP/1.1\r\nHost: a\r\n\r\n", {}), path);
        }
    }
}

// The lines that must take the fast way, or it is of no use.
void test_what_is_usual(Checks& checks) {
    http::RequestHead head;
    head.bind(usual_head.data());
    const http::UsualHead usual{usual_head, 0, 8192};
    const std::size_t fields = usual.take_request_line(0, head);
    checks.expect(fields == 28, "the request-line is taken");
    const std::size_t end = usual.take_field_lines(fields, head);
    checks.expect(end == usual_head.size() - 2 && head.fields.size() == 6, "so are all field lines");
    checks.expect(usual.take_end(end, head) && head.host == "www.example.org", "and the end, with its Host");
}

void test_what_is_left(Checks& checks) {
    for (std::string_view line : {"POST / HTTP/1.1\r\n", "GET /a//b HTTP/1.1\r\n", "GET /%41 HTTP/1.1\r\n",
                                  "GET /0123456789abcde/.x HTTP/1.1\r\n", "GET /0123456789abcde//x HTTP/1.1\r\n",
                                  "GET / HTTP/1.2\r\n", "GET /a#b HTTP/1.1\r\n", "GET /a HTTP/1.1\n "}) {
        http::RequestHead head;
        checks.expect(http::UsualHead{line, 0, 8192}.take_request_line(0, head) == 0, line);
    }
    for (std::string_view line : {"Name : value 0123456\r\n", ": value 0123456789\r\n", "Name: va\tlue 01234\r\n",
                                  "Name: value 01234567\n", "N\xFF: value 01234567\r\n", "Name: value\r 0123456\r\n"}) {
        http::RequestHead head;
        checks.expect(http::UsualHead{line, 0, 8192}.take_field_lines(0, head) == 0, line);
        checks.expect(head.fields.size() == 0, "and nothing of it is kept");
    }
}

}  // namespace

int test_usual_head() {
    Checks checks;
    test_one_byte_off(checks);
    test_every_end(checks);
    test_random_heads(checks);
    test_hosts(checks);
    test_paths(checks);
    test_what_is_usual(checks);
    test_what_is_left(checks);
    return checks.failures();
}

// Preconditions and ranges: RFC 9110 13 and 14 as tables. The representation has 1000 bytes, the ETag "now", and was
// last modified on 6 November 1994, 08:49:37.
#include "check.hpp"
#include "http/conditional.hpp"

#include <string>

#include "http/request_parser.hpp"

int test_conditional();

namespace {

constexpr std::time_t modified = 784111777;
constexpr std::time_t much_later = modified + 86400;

constexpr std::string_view the_date = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view earlier = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view later = "Sun, 06 Nov 1994 08:49:38 GMT";

http::Representation representation(std::string_view etag = "\"now\"", std::uint64_t size = 1000) {
    return {size, modified, etag};
}

// The selection as a word: "whole", "304", "412", "416", or "first-last".
std::string select(std::string_view method, const std::string& fields,
                   const http::Representation& of = representation(), std::time_t now = much_later) {
    const std::string text = std::string{method} + " / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
    http::RequestHead head;
    http::RequestParser parser;
    parser.start({});
    if (parser.feed(text, head) != http::RequestParser::Verdict::complete) return "no request";
    const http::Selection selection = http::select(head, of, now);
    if (std::holds_alternative<http::NotModified>(selection)) return "304";
    if (std::holds_alternative<http::PreconditionFailed>(selection)) return "412";
    if (std::holds_alternative<http::RangeNotSatisfiable>(selection)) return "416";
    const auto* range = std::get_if<http::ByteRange>(&selection);
    return range ? std::to_string(range->first) + "-" + std::to_string(range->last) : "whole";
}

std::string line(std::string_view name, std::string_view value) {
    return std::string{name}.append(": ").append(value).append("\r\n");
}

struct Row {
    std::string_view name;
    std::string_view value;
    std::string_view expected;
};

void check_rows(Checks& checks, std::initializer_list<Row> rows) {
    for (const Row& row : rows)
        checks.expect(select("GET", line(row.name, row.value)) == row.expected, line(row.name, row.value));
}

void test_rfc9110_13_1_entity_tags(Checks& checks) {
    check_rows(checks, {
        {"If-None-Match", "\"now\"", "304"},
        {"If-None-Match", "W/\"now\"", "304"},
        {"If-None-Match", "\"a\", W/\"b\" ,\"now\"", "304"},
        {"If-None-Match", ",, \"a\",,\"now\"", "304"},
        {"If-None-Match", "\"a,b\", \"now\"", "304"},
        {"If-None-Match", "*", "304"},
        {"If-None-Match", "\"NOW\"", "whole"},
        {"If-None-Match", "\"a\"", "whole"},
        {"If-None-Match", "now", "whole"},
        {"If-None-Match", "w/\"now\"", "whole"},
        {"If-None-Match", "\"now", "whole"},
        {"If-None-Match", "\"a\" \"now\"", "whole"},
        {"If-None-Match", "\"x\"now\"", "whole"},
        {"If-None-Match", "", "whole"},
        {"If-Match", "\"now\"", "whole"},
        {"If-Match", "\"a\", \"now\"", "whole"},
        {"If-Match", "*", "whole"},
        {"If-Match", "\"a\"", "412"},
        {"If-Match", "W/\"now\"", "412"},
        {"If-Match", "", "412"},
    });
    const auto two_lines = [](std::string_view name) { return line(name, "\"a\"") + line(name, "\"now\""); };
    checks.expect(select("GET", two_lines("If-None-Match")) == "304", "two lines are one list");
    checks.expect(select("GET", two_lines("If-Match")) == "whole", "two lines are one list");
    const auto weak = representation("W/\"now\"");
    checks.expect(select("GET", line("If-None-Match", "\"now\""), weak) == "304", "weak comparison");
    checks.expect(select("GET", line("If-Match", "W/\"now\""), weak) == "412", "strong comparison");
    const auto none = representation("");
    checks.expect(select("GET", line("If-None-Match", "\"\""), none) == "whole", "no ETag matches none");
    checks.expect(select("GET", line("If-Match", "\"now\""), none) == "412", "no ETag matches none");
    checks.expect(select("GET", line("If-None-Match", "*"), none) == "304", "* matches what exists");
}

void test_rfc9110_13_1_dates(Checks& checks) {
    check_rows(checks, {
        {"If-Modified-Since", the_date, "304"},
        {"If-Modified-Since", later, "304"},
        {"If-Modified-Since", earlier, "whole"},
        {"If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT", "304"},
        {"If-Modified-Since", "yesterday", "whole"},
        {"If-Modified-Since", "", "whole"},
        {"If-Unmodified-Since", the_date, "whole"},
        {"If-Unmodified-Since", later, "whole"},
        {"If-Unmodified-Since", earlier, "412"},
        {"If-Unmodified-Since", "yesterday", "whole"},
    });
    const std::string twice = line("If-Modified-Since", the_date) + line("If-Modified-Since", the_date);
    checks.expect(select("GET", twice) == "whole", "more than one member: ignored (RFC 9110 13.1.3)");
    const http::Representation set_back{1000, modified, "\"now\"", modified + 2};
    checks.expect(select("GET", line("If-Modified-Since", the_date), set_back) == "304", "our own date");
    checks.expect(select("GET", line("If-Modified-Since", later), set_back) == "whole",
                  "a date between modification and change may be that of an older version");
    const http::Representation dateless{1000, std::nullopt, "\"now\""};
    checks.expect(select("GET", line("If-Modified-Since", the_date), dateless) == "whole", "no date to compare");
    checks.expect(select("GET", line("If-Unmodified-Since", earlier), dateless) == "whole", "no date to compare");
}

void test_rfc9110_13_2_2_order(Checks& checks) {
    const auto both = [](std::string_view a, std::string_view x, std::string_view b, std::string_view y) {
        return select("GET", line(a, x) + line(b, y));
    };
    checks.expect(both("If-Match", "\"now\"", "If-Unmodified-Since", earlier) == "whole", "If-Match hides the date");
    checks.expect(both("If-None-Match", "\"a\"", "If-Modified-Since", later) == "whole", "ETags hide the date");
    checks.expect(both("If-Match", "\"a\"", "If-None-Match", "\"now\"") == "412", "If-Match comes first");
    checks.expect(both("If-Match", "\"now\"", "If-None-Match", "\"now\"") == "304", "and then If-None-Match");
    checks.expect(both("If-Unmodified-Since", later, "If-Modified-Since", later) == "304", "dates, in order");
    checks.expect(both("If-None-Match", "\"now\"", "Range", "bytes=0-1") == "304", "a range comes last");
    checks.expect(select("HEAD", line("If-None-Match", "\"now\"")) == "304", "HEAD as GET");
    checks.expect(select("PUT", line("If-None-Match", "*")) == "412", "others are forbidden");
    checks.expect(select("PUT", line("If-Modified-Since", later)) == "whole", "counts for GET and HEAD only");
    checks.expect(select("HEAD", line("Range", "bytes=0-1")) == "whole", "Range counts for GET only");
}

void test_rfc9110_14_ranges(Checks& checks) {
    check_rows(checks, {
        {"Range", "bytes=0-0", "0-0"},
        {"Range", "bytes=0-499", "0-499"},
        {"Range", "bytes=500-999", "500-999"},
        {"Range", "bytes=500-", "500-999"},
        {"Range", "bytes=500-100000", "500-999"},
        {"Range", "bytes=999-", "999-999"},
        {"Range", "bytes=-500", "500-999"},
        {"Range", "bytes=-1", "999-999"},
        {"Range", "bytes=-5000", "0-999"},
        {"Range", "BYTES=0-1", "0-1"},
        {"Range", "bytes= 0-1 ", "0-1"},
        {"Range", "bytes=,0-1,", "0-1"},
        {"Range", "bytes=1000-", "416"},
        {"Range", "bytes=1000-1001", "416"},
        {"Range", "bytes=-0", "416"},
        {"Range", "bytes=18446744073709551616-", "416"},
        {"Range", "bytes=99999999999999999999999-99999999999999999999999", "416"},
        {"Range", "bytes=0-18446744073709551616", "0-999"},
        {"Range", "bytes=-18446744073709551616", "0-999"},
        {"Range", "bytes=5-4", "whole"},
        {"Range", "bytes=-", "whole"},
        {"Range", "bytes=", "whole"},
        {"Range", "bytes=5", "whole"},
        {"Range", "bytes=a-b", "whole"},
        {"Range", "bytes=0-a", "whole"},
        {"Range", "bytes=+0-1", "whole"},
        {"Range", "bytes=0 - 1", "whole"},
        {"Range", "bytes=0-1-2", "whole"},
        {"Range", "bytes=--1", "whole"},
        {"Range", "bytes 0-1", "whole"},
        {"Range", "lines=0-1", "whole"},
        {"Range", "0-1", "whole"},
        {"Range", "bytes=0-1,3-4", "whole"},
        {"Range", "bytes=0-1,x", "whole"},
    });
    checks.expect(select("GET", line("Range", "bytes=0-1") + line("Range", "bytes=0-1")) == "whole", "two fields");
    const auto empty = representation("\"now\"", 0);
    checks.expect(select("GET", line("Range", "bytes=0-"), empty) == "416", "no first byte");
    checks.expect(select("GET", line("Range", "bytes=-1"), empty) == "whole", "no last byte, but satisfiable");
}

void test_rfc9110_13_1_5_if_range(Checks& checks) {
    const auto with = [](std::string_view value, const http::Representation& of = representation(),
                         std::time_t now = much_later) {
        return select("GET", line("Range", "bytes=0-1") + line("If-Range", value), of, now);
    };
    checks.expect(with("\"now\"") == "0-1", "the strong ETag");
    checks.expect(with("\"old\"") == "whole", "another ETag");
    checks.expect(with("W/\"now\"") == "whole", "a weak ETag never");
    checks.expect(with("W/\"now\"", representation("W/\"now\"")) == "whole", "a weak ETag never");
    checks.expect(with("\"now\", \"old\"") == "whole", "no list");
    checks.expect(with("*") == "whole", "no asterisk");
    checks.expect(with("\"now") == "whole", "not closed");
    checks.expect(with(the_date) == "0-1", "the exact date");
    checks.expect(with(later) == "whole", "a later date is no match");
    checks.expect(with(earlier) == "whole", "an earlier date is no match");
    checks.expect(with(the_date, representation(), modified) == "whole", "a date whose second isn't over is weak");
    checks.expect(select("GET", line("If-Range", "\"old\"")) == "whole", "nothing without Range");
    checks.expect(select("GET", line("Range", "bytes=2000-") + line("If-Range", "\"old\"")) == "whole", "no 416 then");
}

}  // namespace

int test_conditional() {
    Checks checks;
    test_rfc9110_13_1_entity_tags(checks);
    test_rfc9110_13_1_dates(checks);
    test_rfc9110_13_2_2_order(checks);
    test_rfc9110_14_ranges(checks);
    test_rfc9110_13_1_5_if_range(checks);
    return checks.failures();
}

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

// The selection as a word: "whole", "304", "412", "416", or "first-last", several with commas.
std::string select(std::string_view method, const std::string& fields,
                   const http::Representation& of = representation(), std::time_t now = much_later,
                   const http::SelectionRules& rules = {}) {
    const std::string text = std::string{method} + " / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
    http::RequestHead head;
    http::RequestParser parser;
    parser.start({});
    if (parser.feed(text, head) != http::RequestParser::Verdict::complete) return "no request";
    const http::Selection selection = http::select(head, of, rules, now);
    if (std::holds_alternative<http::NotModified>(selection)) return "304";
    if (std::holds_alternative<http::PreconditionFailed>(selection)) return "412";
    if (std::holds_alternative<http::RangeNotSatisfiable>(selection)) return "416";
    if (std::holds_alternative<http::WholeRepresentation>(selection)) return "whole";
    const auto* one = std::get_if<http::ByteRange>(&selection);
    std::string words;
    for (const http::ByteRange& range : one ? http::ByteRanges{*one} : std::get<http::ByteRanges>(selection)) {
        if (!words.empty()) words += ',';
        words += std::to_string(range.first) + "-" + std::to_string(range.last);
    }
    return words;
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
        {"Range", "bytes=0-1,x", "whole"},
    });
    checks.expect(select("GET", line("Range", "bytes=0-1") + line("Range", "bytes=0-1")) == "whole", "two fields");
    const auto none = [](std::string_view value) {
        return select("GET", line("Range", value), representation(), much_later, {.max_ranges = 0});
    };
    checks.expect(none("bytes=0-1") == "whole" && none("bytes=2000-") == "whole", "ranges are off");
    const auto empty = representation("\"now\"", 0);
    checks.expect(select("GET", line("Range", "bytes=0-"), empty) == "416", "no first byte");
    checks.expect(select("GET", line("Range", "bytes=-1"), empty) == "whole", "no last byte, but satisfiable");
}

// 80 bytes between two ranges are worth a part of their own, 79 aren't; and the parts must cost less than the whole.
void test_rfc9110_15_3_7_2_several_ranges(Checks& checks) {
    check_rows(checks, {
        {"Range", "bytes=0-1,500-501", "0-1,500-501"},
        {"Range", "bytes= 0-0 ,, 500-501 ,-1", "0-0,500-501,999-999"},
        {"Range", "bytes=500-501,0-1", "500-501,0-1"},
        {"Range", "bytes=-1,0-0", "999-999,0-0"},
        {"Range", "bytes=0-1,82-83", "0-1,82-83"},
        {"Range", "bytes=0-1,81-82", "0-82"},
        {"Range", "bytes=81-82,0-1", "0-82"},
        {"Range", "bytes=0-10,5-20,500-501", "0-20,500-501"},
        {"Range", "bytes=500-501,5-20,600-601,0-10", "500-501,0-20,600-601"},
        {"Range", "bytes=0-100,5-6", "0-100"},
        {"Range", "bytes=0-1,0-1,0-1", "0-1"},
        {"Range", "bytes=0-1,2000-", "0-1"},
        {"Range", "bytes=2000-,-1", "999-999"},
        {"Range", "bytes=0-1,-0,500-501", "0-1,500-501"},
        {"Range", "bytes=2000-,3000-3001", "416"},
        {"Range", "bytes=2000-,-0", "416"},
        {"Range", "bytes=500-600,601-999", "500-999"},
        {"Range", "bytes=500-700,601-999", "500-999"},
        {"Range", "bytes=0-,5-6", "whole"},
        {"Range", "bytes=0-499,500-999", "whole"},
        {"Range", "bytes=0-419,500-919", "whole"},
        {"Range", "bytes=0-418,500-919", "0-418,500-919"},
        {"Range", "bytes=0-1,5-4", "whole"},
        {"Range", "bytes=0-1,a-b", "whole"},
        {"Range", "bytes=0-1;500-501", "whole"},
        {"Range", "bytes=0-1,18446744073709551615-,500-18446744073709551616", "0-1,500-999"},
    });
    const auto limited = [](std::string_view value, std::size_t limit) {
        return select("GET", line("Range", value), representation(), much_later, {.max_ranges = limit});
    };
    checks.expect(limited("bytes=0-0,500-500", 2) == "0-0,500-500", "as many as allowed");
    checks.expect(limited("bytes=0-0,500-500,700-700", 2) == "whole", "more than allowed");
    checks.expect(limited("bytes=0-0,500-500", 1) == "whole", "more than allowed");
    checks.expect(limited("bytes=0-0,2000-", 1) == "0-0", "what can't be satisfied doesn't count");
    const auto many = [](std::size_t count) {
        std::string value = "bytes=-1";
        for (std::size_t i = 1; i < count; ++i) value += ",0-0";
        return http::select_ranges(value, 1'000'000, 1'000'000);
    };
    checks.expect(std::holds_alternative<http::ByteRanges>(many(http::most_ranges)), "the most there ever are");
    checks.expect(std::holds_alternative<http::WholeRepresentation>(many(http::most_ranges + 1)), "one more");
    const auto empty = representation("\"now\"", 0);
    checks.expect(select("GET", line("Range", "bytes=0-0,-1"), empty) == "whole", "one is satisfiable");
    checks.expect(select("GET", line("Range", "bytes=0-0,1-1"), empty) == "416", "none is");
}

void test_part_heads(Checks& checks) {
    const http::PartHeads heads = http::part_heads({{5, 9}, {90, 99}}, 100, "B", "text/plain");
    checks.expect(heads.text == "--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 5-9/100\r\n\r\n"
                                "\r\n--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 90-99/100\r\n\r\n"
                                "\r\n--B--\r\n",
                  "RFC 2046 5.1.1");
    checks.expect(heads.ends.size() == 2 && heads.text.substr(heads.ends[1]) == "\r\n--B--\r\n", "where heads end");
    checks.expect(http::boundary_from(0x123456789abcdef0, 0xf) == "0fedcba987654321f000000000000000", "a boundary");
}

void test_if_modified_since_means(Checks& checks) {
    const auto meant = [](http::ModifiedSince meaning, std::string_view date) {
        const std::string field = line("If-Modified-Since", date);
        return select("GET", field, representation(), much_later, {.modified_since = meaning});
    };
    using enum http::ModifiedSince;
    checks.expect(meant(exact, the_date) == "304" && meant(exact, later) == "whole", "exact");
    checks.expect(meant(before, the_date) == "304" && meant(before, later) == "304", "before");
    checks.expect(meant(ignored, the_date) == "whole" && meant(ignored, later) == "whole", "off");
    checks.expect(meant(exact, earlier) == "whole" && meant(before, earlier) == "whole", "newer");
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
    test_rfc9110_15_3_7_2_several_ranges(checks);
    test_part_heads(checks);
    test_if_modified_since_means(checks);
    test_rfc9110_13_1_5_if_range(checks);
    return checks.failures();
}

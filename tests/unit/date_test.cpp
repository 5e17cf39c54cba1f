// Dates in fields: the examples of RFC 9110 5.6.7, the edges of the calendar, and what is no date.
#include "check.hpp"
#include "http/date.hpp"

#include <string>

int test_date();

namespace {

using Date = std::optional<std::time_t>;

constexpr std::time_t rfc_example = 784111777;      // 1994-11-06 08:49:37
constexpr std::time_t first_of_2026 = 1767225600;   // 2026-01-01 00:00:00

Date parse(std::string_view text, std::time_t now = first_of_2026) { return http::parse_http_date(text, now); }

std::string written(std::time_t seconds) {
    const auto text = http::imf_fixdate(seconds);
    return {text.begin(), text.end()};
}

void test_rfc9110_5_6_7_examples(Checks& checks) {
    checks.expect(parse("Sun, 06 Nov 1994 08:49:37 GMT") == rfc_example, "IMF-fixdate");
    checks.expect(parse("Sunday, 06-Nov-94 08:49:37 GMT") == rfc_example, "RFC 850");
    checks.expect(parse("Sun Nov  6 08:49:37 1994") == rfc_example, "asctime");
    checks.expect(parse("Wed Nov 16 08:49:37 1994") == rfc_example + 10 * 86400, "asctime, two digits");
    checks.expect(written(rfc_example) == "Sun, 06 Nov 1994 08:49:37 GMT", "written");
}

// Expected values from `date -u -d @N`.
void test_written_dates(Checks& checks) {
    checks.expect(written(0) == "Thu, 01 Jan 1970 00:00:00 GMT", "the epoch");
    checks.expect(written(-1) == "Wed, 31 Dec 1969 23:59:59 GMT", "before the epoch");
    checks.expect(written(951782400) == "Tue, 29 Feb 2000 00:00:00 GMT", "a leap day");
    checks.expect(written(4107542399) == "Sun, 28 Feb 2100 23:59:59 GMT", "2100 has no leap day");
    checks.expect(written(4107542400) == "Mon, 01 Mar 2100 00:00:00 GMT", "2100 has no leap day");
    checks.expect(written(253402300799) == "Fri, 31 Dec 9999 23:59:59 GMT", "the last second");
    checks.expect(written(253402300800) == "Fri, 31 Dec 9999 23:59:59 GMT", "no fifth digit");
}

void test_there_and_back(Checks& checks) {
    // A prime step of about 40 days: hits every month, weekday, and hour.
    for (std::time_t seconds = 0; seconds < 8'000'000'000; seconds += 3'456'799)
        checks.expect(parse(written(seconds)) == seconds, "what was written is read back");
}

void test_edges(Checks& checks) {
    checks.expect(parse("Sat, 31 Dec 2016 23:59:60 GMT") == parse("Sat, 31 Dec 2016 23:59:59 GMT"), "a leap second");
    checks.expect(parse("Mon, 06 Nov 1994 08:49:37 GMT") == rfc_example, "a wrong day's name is not compared");
    checks.expect(parse("Tue, 29 Feb 2000 00:00:00 GMT") == 951782400, "a leap day");
}

// RFC 9110 5.6.7: a year that appears to be more than 50 years ahead is the most recent one in the past.
void test_rfc850_century(Checks& checks) {
    const Date past = parse("Sun, 06 Nov 1977 08:49:37 GMT");
    const Date ahead = parse("Sun, 06 Nov 2075 08:49:37 GMT");
    checks.expect(parse("Sunday, 06-Nov-77 08:49:37 GMT") == past, "51 years ahead is in the past");
    checks.expect(parse("Wednesday, 06-Nov-75 08:49:37 GMT") == ahead, "49 years ahead");
    checks.expect(parse("Wednesday, 01-Jan-76 00:00:00 GMT") == first_of_2026 + 50 * 365 * 86400LL + 12 * 86400LL,
                  "50 years ahead to the second");
    checks.expect(parse("Wednesday, 01-Jan-76 00:00:01 GMT") == parse("Thu, 01 Jan 1976 00:00:01 GMT"),
                  "one second more");
    const Date late = parse("Mon, 01 Jan 2096 00:00:00 GMT");
    checks.expect(parse("Saturday, 01-Jan-05 00:00:00 GMT", *late) == parse("Thu, 01 Jan 2105 00:00:00 GMT"),
                  "the next century is near");
    checks.expect(!parse("Monday, 29-Feb-27 00:00:00 GMT"), "no leap day in any century");
}

void test_no_dates(Checks& checks) {
    for (std::string_view text : {
             "", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT ", " Sun, 06 Nov 1994 08:49:37 GMT",
             "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +0000", "sun, 06 Nov 1994 08:49:37 GMT",
             "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
             "Sun, 06-Nov-94 08:49:37 GMT", "Sunday, 06 Nov 1994 08:49:37 GMT", "Xxx, 06 Nov 1994 08:49:37 GMT",
             "Sun, 06 Xxx 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
             "Tue, 29 Feb 2100 00:00:00 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
             "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT",
             "Sun, 06 Nov 1994 08.49.37 GMT", "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov -994 08:49:37 GMT",
             "Sun Nov 6 08:49:37 1994", "Sun Nov  6 08:49:37 94", "Sun Nov 06 08:49:37 1994 GMT", "784111777",
             "1994-11-06T08:49:37Z", "Sunday, 06-Nov-1994 08:49:37 GMT",
         }) {
        checks.expect(!parse(text), text);
    }
}

}  // namespace

int test_date() {
    Checks checks;
    test_rfc9110_5_6_7_examples(checks);
    test_written_dates(checks);
    test_there_and_back(checks);
    test_edges(checks);
    test_rfc850_century(checks);
    test_no_dates(checks);
    return checks.failures();
}

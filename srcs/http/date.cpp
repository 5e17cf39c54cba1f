#include "http/date.hpp"

#include <algorithm>
#include <chrono>
#include <span>

#include "base/ascii.hpp"

namespace http {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

// Names are case-sensitive (RFC 9110 5.6.7).
constexpr std::array<std::string_view, 7> day_names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> long_day_names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                         "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr std::time_t first_second = sys_seconds{sys_days{std::chrono::year{0} / 1 / 1}}.time_since_epoch().count();
constexpr std::time_t last_second =
    sys_seconds{sys_days{std::chrono::year{10000} / 1 / 1}}.time_since_epoch().count() - 1;

// Takes one piece of the text after the other; once a piece is missing, all that follow are.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    void literal(std::string_view wanted) {
        if (!rest_.starts_with(wanted)) fail();
        rest_.remove_prefix(std::min(wanted.size(), rest_.size()));
    }

    // Exactly `count` digits.
    unsigned digits(std::size_t count) {
        const auto number = base::parse_number<unsigned>(rest_.substr(0, count));
        if (!number || rest_.size() < count) return fail();
        rest_.remove_prefix(count);
        return *number;
    }

    // Two digits, or a space and one digit.
    unsigned padded_digits() {
        if (!rest_.starts_with(' ')) return digits(2);
        literal(" ");
        return digits(1);
    }

    // The index of the name that comes next.
    unsigned name(std::span<const std::string_view> names) {
        const auto found = std::ranges::find_if(names, [&](std::string_view name) { return rest_.starts_with(name); });
        if (found == names.end()) return fail();
        rest_.remove_prefix(found->size());
        return static_cast<unsigned>(found - names.begin());
    }

    bool finished() const { return !failed_ && rest_.empty(); }

private:
    unsigned fail() {
        failed_ = true;
        rest_ = {};
        return 0;
    }

    std::string_view rest_;
    bool failed_ = false;
};

struct Moment {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;

    // time-of-day = hour ":" minute ":" second
    void read_time_of_day(Reader& reader) {
        hour = reader.digits(2);
        reader.literal(":");
        minute = reader.digits(2);
        reader.literal(":");
        second = reader.digits(2);
    }

    std::optional<std::time_t> seconds() const {
        const year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
        if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
        const auto of_day = std::chrono::hours{hour} + std::chrono::minutes{minute} +
                            std::chrono::seconds{std::min(second, 59U)};  // a leap second is the one before it again
        return (sys_days{date} + of_day).time_since_epoch().count();
    }
};

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<std::time_t> parse_imf_fixdate(std::string_view text) {
    Reader reader{text};
    Moment moment;
    reader.name(day_names);
    reader.literal(", ");
    moment.day = reader.digits(2);
    reader.literal(" ");
    moment.month = reader.name(month_names) + 1;
    reader.literal(" ");
    moment.year = static_cast<int>(reader.digits(4));
    reader.literal(" ");
    moment.read_time_of_day(reader);
    reader.literal(" GMT");
    return reader.finished() ? moment.seconds() : std::nullopt;
}

// The latest year with these two last digits that is not more than 50 years ahead (RFC 9110 5.6.7).
std::optional<std::time_t> settle_century(Moment moment, std::time_t now) {
    const sys_seconds today{std::chrono::seconds{std::clamp(now, first_second, last_second)}};
    const year_month_day date{std::chrono::floor<days>(today)};
    const sys_seconds limit = sys_days{date + std::chrono::years{50}} + (today - std::chrono::floor<days>(today));
    const int this_year = static_cast<int>(date.year());
    moment.year += this_year - this_year % 100 + 100;
    for (int tries = 0; tries < 3; ++tries, moment.year -= 100) {
        const auto seconds = moment.seconds();
        if (seconds && *seconds <= limit.time_since_epoch().count()) return seconds;
    }
    return std::nullopt;
}

// "Sunday, 06-Nov-94 08:49:37 GMT"
std::optional<std::time_t> parse_rfc850_date(std::string_view text, std::time_t now) {
    Reader reader{text};
    Moment moment;
    reader.name(long_day_names);
    reader.literal(", ");
    moment.day = reader.digits(2);
    reader.literal("-");
    moment.month = reader.name(month_names) + 1;
    reader.literal("-");
    moment.year = static_cast<int>(reader.digits(2));
    reader.literal(" ");
    moment.read_time_of_day(reader);
    reader.literal(" GMT");
    return reader.finished() ? settle_century(moment, now) : std::nullopt;
}

// "Sun Nov  6 08:49:37 1994"
std::optional<std::time_t> parse_asctime_date(std::string_view text) {
    Reader reader{text};
    Moment moment;
    reader.name(day_names);
    reader.literal(" ");
    moment.month = reader.name(month_names) + 1;
    reader.literal(" ");
    moment.day = reader.padded_digits();
    reader.literal(" ");
    moment.read_time_of_day(reader);
    reader.literal(" ");
    moment.year = static_cast<int>(reader.digits(4));
    return reader.finished() ? moment.seconds() : std::nullopt;
}

void put_two_digits(char* at, unsigned value) {
    at[0] = static_cast<char>('0' + value / 10 % 10);
    at[1] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::array<char, imf_fixdate_length> imf_fixdate(std::time_t seconds) {
    const sys_seconds moment{std::chrono::seconds{std::clamp(seconds, first_second, last_second)}};
    const sys_days midnight = std::chrono::floor<days>(moment);
    const year_month_day date{midnight};
    const std::chrono::hh_mm_ss time{moment - midnight};
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));

    std::array<char, imf_fixdate_length> text;
    std::ranges::copy(std::string_view{"Ddd, 00 Mmm 0000 00:00:00 GMT"}, text.begin());
    std::ranges::copy(day_names[std::chrono::weekday{midnight}.c_encoding()], text.begin());
    put_two_digits(&text[5], static_cast<unsigned>(date.day()));
    std::ranges::copy(month_names[static_cast<unsigned>(date.month()) - 1], text.begin() + 8);
    put_two_digits(&text[12], year / 100);
    put_two_digits(&text[14], year % 100);
    put_two_digits(&text[17], static_cast<unsigned>(time.hours().count()));
    put_two_digits(&text[20], static_cast<unsigned>(time.minutes().count()));
    put_two_digits(&text[23], static_cast<unsigned>(time.seconds().count()));
    return text;
}

std::optional<std::time_t> parse_http_date(std::string_view text, std::time_t now) {
    if (const auto seconds = parse_imf_fixdate(text)) return seconds;
    if (const auto seconds = parse_asctime_date(text)) return seconds;
    return parse_rfc850_date(text, now);
}

}  // namespace http

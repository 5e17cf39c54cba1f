#include "handlers/listing_text.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/ascii.hpp"

namespace handlers {

namespace {

// Printable ASCII but for what HTML gives a meaning: & < > " '
constexpr base::ByteSet is_verbatim =
    base::ByteSet{" !"}.insert_range('#', '%').insert_range('(', ';').insert('=').insert_range('?', '~');

void put_two_digits(char* place, unsigned value) {
    place[0] = static_cast<char>('0' + value / 10);
    place[1] = static_cast<char>('0' + value % 10);
}

// "2026-01-31T12:30:59", of a moment between the years 1 and 9999.
std::array<char, 19> date_and_time(std::chrono::sys_seconds moment) {
    const auto midnight = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date{midnight};
    const std::chrono::hh_mm_ss time{moment - midnight};
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    std::array<char, 19> text;
    std::ranges::copy(std::string_view{"0000-00-00T00:00:00"}, text.begin());
    put_two_digits(&text[0], year / 100);
    put_two_digits(&text[2], year % 100);
    put_two_digits(&text[5], static_cast<unsigned>(date.month()));
    put_two_digits(&text[8], static_cast<unsigned>(date.day()));
    put_two_digits(&text[11], static_cast<unsigned>(time.hours().count()));
    put_two_digits(&text[14], static_cast<unsigned>(time.minutes().count()));
    put_two_digits(&text[17], static_cast<unsigned>(time.seconds().count()));
    return text;
}

// How far this machine's clock on the wall is ahead of UTC at that time, in seconds.
std::time_t local_offset(std::time_t seconds) {
    std::tm local{};
    return ::localtime_r(&seconds, &local) != nullptr ? local.tm_gmtoff : 0;
}

// "+01:00"; seconds, which zones of long ago have, are left out.
void append_offset(std::string& out, std::time_t offset) {
    const auto minutes = static_cast<unsigned>((offset < 0 ? -offset : offset) / 60);
    std::array<char, 6> text{offset < 0 ? '-' : '+', '0', '0', ':', '0', '0'};
    put_two_digits(&text[1], minutes / 60);
    put_two_digits(&text[4], minutes % 60);
    out.append(text.data(), text.size());
}

}  // namespace

void append_shown(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const auto stop = std::ranges::find_if_not(text, [](char c) { return is_verbatim[c]; });
        out.append(text.begin(), stop);
        text.remove_prefix(static_cast<std::size_t>(stop - text.begin()));
        if (text.empty()) return;
        const auto first = static_cast<unsigned char>(text.front());
        const std::size_t length = base::utf8_length(text);
        if (length == 0) {
            out += "\uFFFD";  // the replacement character
        } else if (first < 0x20) {
            out += {'\xE2', '\x90', static_cast<char>(0x80 + first)};  // U+2400 and on: pictures of control characters
        } else if (first == 0x7F) {
            out += "\u2421";
        } else if (length == 1) {
            out += base::escape_html(text.substr(0, 1));
        } else {
            out.append(text.substr(0, length));
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
}

void append_lines(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\n\t"), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        append_shown(out, line);
        if (end < text.size()) out.push_back(text[end]);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

void append_grouped(std::string& out, std::uint64_t value) {
    const std::size_t start = out.size();
    base::append_number(out, value);
    for (std::size_t end = out.size(); end > start + 3; end -= 3) out.insert(end - 3, 1, ',');
}

void append_size(std::string& out, std::uint64_t bytes) {
    constexpr std::array units = std::to_array<std::string_view>({"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"});
    std::size_t unit = 0;
    while (bytes >> (10 * unit) >= 1024) ++unit;
    if (unit == 0) {
        base::append_number(out, bytes);
        out.append(" ").append(units[0]);
        return;
    }
    const std::size_t shift = 10 * unit;
    const std::uint64_t half = std::uint64_t{1} << (shift - 1);
    const std::uint64_t remainder = bytes & (2 * half - 1);
    // No overflow: the remainder has 60 bits at most.
    const std::uint64_t tenths = (bytes >> shift) * 10 + ((remainder * 10 + half) >> shift);
    const std::uint64_t whole = (bytes >> shift) + (remainder >= half ? 1 : 0);
    if (tenths < 100) {
        base::append_number(out, tenths / 10);
        out.push_back('.');
        base::append_number(out, tenths % 10);
    } else if (whole < 1024) {
        base::append_number(out, whole);
    } else {
        out.append("1.0");  // of the next unit; exbibytes don't get here, there are 16 at most
        ++unit;
    }
    out.append(" ").append(units[unit]);
}

void append_time(std::string& out, std::time_t seconds, bool local) {
    // A day away from what can be written, so that no zone leads there.
    constexpr std::time_t day = 24 * 60 * 60;
    constexpr std::time_t year_1 = -62'135'596'800;
    constexpr std::time_t year_10000 = 253'402'300'800;
    const std::time_t margin = local ? day : 0;
    if (seconds < year_1 + margin || seconds >= year_10000 - margin) return;
    const std::time_t offset = local ? local_offset(seconds) : 0;
    const auto text = date_and_time(std::chrono::sys_seconds{std::chrono::seconds{seconds + offset}});
    out.append("<time datetime=\"").append(text.data(), text.size());
    if (local) {
        append_offset(out, offset);
    } else {
        out.push_back('Z');
    }
    constexpr std::size_t day_length = 10;
    constexpr std::size_t minute_length = 5;
    out.append("\">").append(text.data(), day_length).push_back(' ');
    out.append(text.data() + day_length + 1, minute_length).append("</time>");
}

}  // namespace handlers

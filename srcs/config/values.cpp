#include "config/values.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <memory>

#include "base/ascii.hpp"
#include "config/diagnostic.hpp"

namespace config {

namespace {

using base::Error;
using base::Result;

Error wrong(std::string_view text, std::string_view what, std::string_view cure) {
    return Error{quoted(text) + ' ' + std::string{what} + "; " + std::string{cure}, 0};
}

Result<std::uint64_t> parse_scaled(std::string_view text, std::string_view units, std::string_view cure) {
    std::uint64_t scale = 1;
    std::string_view digits = text;
    if (!text.empty() && !base::is_digit(text.back())) {
        const std::size_t unit = units.find(base::to_lower(text.back()));
        if (unit == std::string_view::npos) return wrong(text, "is not a size", cure);
        scale = std::uint64_t{1024} << (10 * unit);
        digits.remove_suffix(1);
    }
    if (digits.empty() || !std::ranges::all_of(digits, base::is_digit)) return wrong(text, "is not a size", cure);
    const auto number = base::parse_number<std::uint64_t>(digits);
    // nginx keeps sizes in signed 64 bits; so do file offsets.
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    if (!number || *number > most / scale) return wrong(text, "is too large", cure);
    return *number * scale;
}

struct TimeUnit {
    std::string_view name;
    std::int64_t milliseconds;
};
// From large to small: a value names them in this order, each once at the most.
constexpr std::array<TimeUnit, 6> time_units{{
    {"w", 7LL * 24 * 60 * 60 * 1000},
    {"d", 24LL * 60 * 60 * 1000},
    {"h", 60LL * 60 * 1000},
    {"m", 60LL * 1000},
    {"s", 1000},
    {"ms", 1},
}};
constexpr std::size_t seconds_unit = 4;
constexpr std::string_view time_cure = "write seconds, or units from large to small, such as 30s, 1m30s, 100ms or 1h";

// Room to add a moment to it without overflow.
constexpr std::int64_t longest_time = std::numeric_limits<std::int64_t>::max() / 4;

std::size_t count_while(std::string_view text, bool (*matches)(char)) {
    return static_cast<std::size_t>(std::ranges::find_if_not(text, matches) - text.begin());
}

std::size_t find_unit(std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(time_units, name, &TimeUnit::name) - time_units.begin());
}

constexpr base::ByteSet type_byte =
    base::ByteSet{"!#$&-^_.+/"}.insert_range('a', 'z').insert_range('A', 'Z').insert_range('0', '9');

bool has_byte_of_no_host(std::string_view text) {
    constexpr base::ByteSet never{"/\\\"';{}()<>@#%,:?|"};
    const bool ipv6 = text.starts_with('[');  // "[::1]"
    return std::ranges::any_of(text, [&](char c) {
        return (never[c] && !(ipv6 && c == ':')) || static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
    });
}

}  // namespace

Result<bool> parse_flag(std::string_view text) {
    if (base::equals_ignoring_case(text, "on")) return true;
    if (base::equals_ignoring_case(text, "off")) return false;
    return wrong(text, "is not a flag", "write on or off");
}

Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t least, std::uint64_t most) {
    const bool digits = !text.empty() && std::ranges::all_of(text, base::is_digit);
    const auto number = digits ? base::parse_number<std::uint64_t>(text) : std::nullopt;
    if (number && *number >= least && *number <= most) return *number;
    const std::string range = "write a number from " + std::to_string(least) + " to " + std::to_string(most);
    return wrong(text, digits ? "is out of range" : "is not a whole number", range);
}

Result<std::uint64_t> parse_size(std::string_view text) {
    return parse_scaled(text, "km", "write bytes, or a number with k or m, such as 8k or 1m");
}

Result<std::uint64_t> parse_offset(std::string_view text) {
    return parse_scaled(text, "kmg", "write bytes, or a number with k, m or g, such as 512k, 10m or 1g");
}

Result<base::Duration> parse_duration(std::string_view text) {
    std::int64_t total = 0;
    std::size_t next_unit = 0;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t digits = count_while(rest, base::is_digit);
        const std::size_t letters = count_while(rest.substr(digits), base::is_alpha);
        const std::string_view name = rest.substr(digits, letters);
        const std::size_t unit = name.empty() ? seconds_unit : find_unit(name);
        if (digits == 0 || unit == time_units.size() || unit < next_unit)
            return wrong(text, "is not a time", time_cure);
        const auto number = base::parse_number<std::uint32_t>(rest.substr(0, digits));
        if (!number || *number > (longest_time - total) / time_units[unit].milliseconds)
            return wrong(text, "is too long a time", "at most 4294967295 of one unit can be said");
        total += *number * time_units[unit].milliseconds;
        next_unit = name.empty() ? time_units.size() : unit + 1;
        rest.remove_prefix(digits + letters);
        while (rest.starts_with(' ')) rest.remove_prefix(1);
    }
    if (text.empty()) return wrong(text, "is not a time", time_cure);
    return base::Duration{total};
}

Result<http::Status> parse_status(std::string_view text, unsigned least, unsigned most) {
    const bool digits = text.size() == 3 && std::ranges::all_of(text, base::is_digit);
    const auto code = digits ? base::parse_number<unsigned>(text) : std::nullopt;
    if (code && *code >= least && *code <= most) return static_cast<http::Status>(*code);
    return wrong(text, code ? "is out of range" : "is not a status code",
                 "write a code from " + std::to_string(least) + " to " + std::to_string(most));
}

Result<http::Method> parse_method(std::string_view text) {
    const auto method = http::find_method(text);
    if (method == http::Method::connect || method == http::Method::trace)
        return wrong(text, "is never served here", "leave it out");
    if (method) return *method;
    std::vector<std::string_view> names;
    for (unsigned i = 0; i < http::method_count; ++i) names.push_back(http::name_of(static_cast<http::Method>(i)));
    std::string upper{text};
    std::ranges::transform(upper, upper.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    const std::string cure = did_you_mean(upper, names);
    return wrong(text, "is no method known here", cure.empty() ? "write methods such as GET, POST or DELETE" : cure);
}

Result<std::vector<ServerName>> parse_server_name(std::string_view text) {
    using Kind = ServerName::Kind;
    constexpr std::string_view forms = "write example.org, *.example.org, .example.org or www.example.*";
    std::string name = base::lower_case(text);
    if (has_byte_of_no_host(name)) return wrong(text, "has a byte that no host name has", forms);
    if (has_variable(name)) return wrong(text, "holds a variable: server_name takes none but $hostname", forms);
    if (name.find("..") != std::string::npos || name == ".")
        return wrong(text, "has an empty part between dots", forms);
    const auto stars = std::ranges::count(name, '*');
    if (stars == 0 && name.starts_with('.'))
        return std::vector<ServerName>{{Kind::exact, name.substr(1), nullptr}, {Kind::leading_wildcard, name, nullptr}};
    if (stars == 0) {
        if (name.size() > 1 && name.ends_with('.')) name.pop_back();  // the same host (RFC 3986 3.2.2)
        return std::vector<ServerName>{{Kind::exact, std::move(name), nullptr}};
    }
    if (stars == 1 && name.starts_with("*.") && name.size() > 2)
        return std::vector<ServerName>{{Kind::leading_wildcard, name.substr(1), nullptr}};
    if (stars == 1 && name.ends_with(".*") && name.size() > 2 && !name.starts_with('.')) {
        name.pop_back();
        return std::vector<ServerName>{{Kind::trailing_wildcard, std::move(name), nullptr}};
    }
    return wrong(text, "has its * in the wrong place: it stands for whole parts at the beginning or the end", forms);
}

std::string as_word(std::string_view text) {
    constexpr base::ByteSet plain =
        base::ByteSet{"/._-+:*[]@,=$~^|()?!%&"}.insert_range('a', 'z').insert_range('A', 'Z').insert_range('0', '9');
    if (!text.empty() && std::ranges::all_of(text, [&](char c) { return plain[c]; })) return std::string{text};
    std::string out{"\""};
    for (const char c : text) {
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    return out + '"';
}

std::string as_written(const ServerName& name) {
    switch (name.kind) {
        case ServerName::Kind::exact: return name.text;
        case ServerName::Kind::leading_wildcard: return '*' + name.text;
        case ServerName::Kind::trailing_wildcard: return name.text + '*';
        case ServerName::Kind::regex: return '~' + name.text;
    }
    return {};
}

std::string name_of_this_machine() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? base::lower_case(name.data()) : std::string{};
}

bool is_media_type(std::string_view text) {
    const std::size_t slash = text.find('/');
    return slash != 0 && slash != std::string_view::npos && slash + 1 < text.size() &&
           text.find('/', slash + 1) == std::string_view::npos &&
           std::ranges::all_of(text, [](char c) { return type_byte[c]; });
}

bool is_charset(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return type_byte[c] && c != '/'; });
}

bool is_absolute_url(std::string_view text) {
    const std::string_view rest = text.substr(std::min(text.find("://"), text.size()));
    const std::string_view scheme = text.substr(0, text.size() - rest.size());
    return rest.size() > 3 &&
           (base::equals_ignoring_case(scheme, "http") || base::equals_ignoring_case(scheme, "https"));
}

bool has_variable(std::string_view text) { return text.find('$') != std::string_view::npos; }

std::string_view nearest(std::string_view text, const std::vector<std::string_view>& candidates) {
    constexpr std::size_t longest_compared = 64;
    if (text.empty() || text.size() > longest_compared) return {};
    std::string_view best;
    std::size_t least = std::max<std::size_t>(1, text.size() / 3) + 1;
    for (const std::string_view candidate : candidates) {
        const std::size_t distance = base::edit_distance(text, candidate);
        if (distance >= least) continue;
        least = distance;
        best = candidate;
    }
    return best;
}

std::string did_you_mean(std::string_view text, const std::vector<std::string_view>& candidates) {
    const std::string_view best = nearest(text, candidates);
    return best.empty() ? std::string{} : "did you mean " + quoted(best) + "?";
}

Paths::Paths(const std::string& main_file) {
    const std::size_t slash = main_file.rfind('/');
    if (slash != std::string::npos) given_folder_ = main_file.substr(0, slash + 1);
    const std::unique_ptr<char, decltype(&std::free)> real{
        ::realpath(given_folder_.empty() ? "." : given_folder_.c_str(), nullptr), &std::free};
    folder_ = real ? real.get() : "/";
}

std::string Paths::resolve(std::string_view text) const {
    std::string path = text.starts_with('/') ? std::string{} : folder_;
    while (text.starts_with("./") || text.starts_with("../") || text == "." || text == "..") {
        const bool up = text.starts_with("..");
        if (up && path.size() > 1) path.erase(std::max<std::size_t>(path.rfind('/'), 1));
        text.remove_prefix(std::min(text.size(), std::size_t{up ? 3U : 2U}));
        while (text.starts_with('/')) text.remove_prefix(1);
    }
    if (!path.empty() && !path.ends_with('/') && !text.empty()) path.push_back('/');
    path.append(text);
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path;
}

std::string Paths::shown(std::string_view text) const {
    return text.starts_with('/') ? std::string{text} : given_folder_ + std::string{text};
}

}  // namespace config

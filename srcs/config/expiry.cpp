#include "config/expiry.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.hpp"
#include "config/diagnostic.hpp"
#include "http/fields.hpp"

namespace config {

namespace {

constexpr std::int64_t day = 24 * 60 * 60;
constexpr std::int64_t year = 365 * day;
constexpr std::int64_t longest = 1000 * year;  // what a date of four digits has room for

struct Unit {
    char name;
    std::int64_t seconds;
};
// From large to small, each once at the most, as everywhere; months and years as nginx has them.
constexpr std::array<Unit, 7> units{
    {{'y', year}, {'M', 30 * day}, {'w', 7 * day}, {'d', day}, {'h', 60 * 60}, {'m', 60}, {'s', 1}}};

// "1y 6M", "90"; nullopt where it is none, or longer than `longest`.
std::optional<std::int64_t> parse_seconds(std::string_view text) {
    std::int64_t total = 0;
    const auto* unit = units.begin();
    if (text.empty()) return std::nullopt;
    while (!text.empty()) {
        const auto digits = static_cast<std::size_t>(std::ranges::find_if_not(text, base::is_digit) - text.begin());
        const auto number = base::parse_number<std::uint32_t>(text.substr(0, digits));
        if (digits == 0 || !number) return std::nullopt;
        text.remove_prefix(digits);
        const char name = text.empty() ? 's' : text.front();
        unit = std::find_if(unit, units.end(), [&](const Unit& one) { return one.name == name; });
        if (unit == units.end()) return std::nullopt;
        total += *number * unit->seconds;
        if (total > longest) return std::nullopt;
        ++unit;
        text.remove_prefix(std::min<std::size_t>(text.size(), 1));
        while (text.starts_with(' ')) text.remove_prefix(1);
    }
    return total;
}

// Those that an answer can have (RFC 9111 5.2.2, RFC 5861, RFC 8246).
constexpr std::array<std::string_view, 13> cache_directives{"immutable",
                                                            "max-age",
                                                            "must-revalidate",
                                                            "must-understand",
                                                            "no-cache",
                                                            "no-store",
                                                            "no-transform",
                                                            "private",
                                                            "proxy-revalidate",
                                                            "public",
                                                            "s-maxage",
                                                            "stale-if-error",
                                                            "stale-while-revalidate"};
static_assert(std::ranges::is_sorted(cache_directives));

constexpr std::string_view of_hashed_names = "public, max-age=31536000, immutable";

// A directive, with or without an argument (RFC 9111 5.2).
bool is_cache_directive(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (!http::is_token(text.substr(0, equals))) return false;
    if (equals == std::string_view::npos) return true;
    const std::string_view argument = text.substr(equals + 1);
    const bool in_quotes = argument.size() > 1 && argument.starts_with('"') && argument.ends_with('"');
    return http::is_token(in_quotes ? argument.substr(1, argument.size() - 2) : argument);
}

base::Error wrong(std::string_view text, std::string_view what, std::string_view cure) {
    return base::Error{quoted(text) + ' ' + std::string{what} + "; " + std::string{cure}, 0};
}

}  // namespace

base::Result<Expiry> parse_expiry(std::string_view text, bool modified) {
    using Kind = Expiry::Kind;
    if (!modified && text == "epoch") return Expiry{Kind::epoch};
    if (!modified && text == "max") return Expiry{Kind::max};
    if (!modified && text == "off") return Expiry{Kind::off};
    const bool daily = text.starts_with('@');
    const bool negative = text.starts_with('-');
    if (daily && modified)
        return wrong(text, "is a time of the day, which has nothing to do with the last change", "leave out modified");
    const bool has_sign = daily || negative || text.starts_with('+');
    const std::optional<std::int64_t> seconds = parse_seconds(text.substr(has_sign ? 1 : 0));
    if (!seconds)
        return wrong(text, "is no time to expire",
                     modified ? "write a time such as 1h or 30d"
                              : "write a time such as 30d, 1y or -1, @15h30m, epoch, max or off");
    if (daily && *seconds > day) return wrong(text, "is no time of the day", "a day has 24h");
    if (daily) return Expiry{Kind::daily, *seconds};
    return Expiry{modified ? Kind::after_modification : Kind::after_access, negative ? -*seconds : *seconds};
}

base::Result<CacheControl> parse_cache_control(std::string_view text) {
    if (text == "immutable") return CacheControl{std::string{of_hashed_names}, true, {}};
    if (text == "revalidate") return CacheControl{"no-cache", false, {}};
    CacheControl made{std::string{text}, false, {}};
    http::ListReader reader{text};
    while (const auto directive = reader.next()) {
        if (!is_cache_directive(*directive))
            return wrong(text, "is no list of directives",
                         "write immutable, revalidate, private, no-store, off, or such as \"max-age=60\"");
        std::string name = base::lower_case(directive->substr(0, directive->find('=')));
        if (name == "immutable") made.is_immutable = true;
        if (!std::ranges::binary_search(cache_directives, name)) made.unknown.push_back(std::move(name));
    }
    return made;
}

std::vector<std::string_view> names_of_cache_control() {
    std::vector<std::string_view> names{cache_directives.begin(), cache_directives.end()};
    names.push_back("revalidate");
    return names;
}

}  // namespace config

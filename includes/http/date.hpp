// Dates in fields (RFC 9110 5.6.7): IMF-fixdate both ways, the two obsolete forms in. Always GMT, never a locale.
#pragma once

#include <array>
#include <ctime>
#include <optional>
#include <string_view>

namespace http {

inline constexpr std::size_t imf_fixdate_length = 29;

// "Sun, 06 Nov 1994 08:49:37 GMT". `seconds` since 1970, years 0 to 9999.
std::array<char, imf_fixdate_length> imf_fixdate(std::time_t seconds);

// Any of the three forms; nullopt for anything else. A day name must be one, but not the right one for the date; a leap
// second counts as the second before it. `now` settles the century of an RFC 850 date (RFC 9110 5.6.7).
std::optional<std::time_t> parse_http_date(std::string_view text, std::time_t now);

}  // namespace http

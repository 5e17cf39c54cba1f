#include "http/registry.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace http {

namespace {

// In the order of the enumeration.
// clang-format off: these are tables.
constexpr std::array<std::string_view, method_count> method_names{
    "GET",   "HEAD",     "POST",      "PUT",   "DELETE", "CONNECT", "OPTIONS", "TRACE",
    "PATCH", "PROPFIND", "PROPPATCH", "MKCOL", "COPY",   "MOVE",    "LOCK",    "UNLOCK",
};
static_assert(method_names[static_cast<unsigned>(Method::unlock)] == "UNLOCK");

struct StatusRow {
    unsigned code;
    std::string_view phrase;
};

// IANA's HTTP Status Code Registry.
constexpr auto status_rows = std::to_array<StatusRow>({
    {100, "Continue"},                         // RFC 9110 15.2.1
    {101, "Switching Protocols"},              // 15.2.2
    {102, "Processing"},                       // RFC 2518 10.1
    {103, "Early Hints"},                      // RFC 8297 2
    {200, "OK"},                               // 15.3.1
    {201, "Created"},                          // 15.3.2
    {202, "Accepted"},                         // 15.3.3
    {203, "Non-Authoritative Information"},    // 15.3.4
    {204, "No Content"},                       // 15.3.5
    {205, "Reset Content"},                    // 15.3.6
    {206, "Partial Content"},                  // 15.3.7
    {207, "Multi-Status"},                     // RFC 4918 11.1
    {208, "Already Reported"},                 // RFC 5842 7.1
    {226, "IM Used"},                          // RFC 3229 10.4.1
    {300, "Multiple Choices"},                 // 15.4.1
    {301, "Moved Permanently"},                // 15.4.2
    {302, "Found"},                            // 15.4.3
    {303, "See Other"},                        // 15.4.4
    {304, "Not Modified"},                     // 15.4.5
    {305, "Use Proxy"},                        // 15.4.6
    {307, "Temporary Redirect"},               // 15.4.8
    {308, "Permanent Redirect"},               // 15.4.9
    {400, "Bad Request"},                      // 15.5.1
    {401, "Unauthorized"},                     // 15.5.2
    {402, "Payment Required"},                 // 15.5.3
    {403, "Forbidden"},                        // 15.5.4
    {404, "Not Found"},                        // 15.5.5
    {405, "Method Not Allowed"},               // 15.5.6
    {406, "Not Acceptable"},                   // 15.5.7
    {407, "Proxy Authentication Required"},    // 15.5.8
    {408, "Request Timeout"},                  // 15.5.9
    {409, "Conflict"},                         // 15.5.10
    {410, "Gone"},                             // 15.5.11
    {411, "Length Required"},                  // 15.5.12
    {412, "Precondition Failed"},              // 15.5.13
    {413, "Content Too Large"},                // 15.5.14
    {414, "URI Too Long"},                     // 15.5.15
    {415, "Unsupported Media Type"},           // 15.5.16
    {416, "Range Not Satisfiable"},            // 15.5.17
    {417, "Expectation Failed"},               // 15.5.18
    {421, "Misdirected Request"},              // 15.5.20
    {422, "Unprocessable Content"},            // 15.5.21
    {423, "Locked"},                           // RFC 4918 11.3
    {424, "Failed Dependency"},                // RFC 4918 11.4
    {425, "Too Early"},                        // RFC 8470 5.2
    {426, "Upgrade Required"},                 // 15.5.22
    {428, "Precondition Required"},            // RFC 6585 3
    {429, "Too Many Requests"},                // RFC 6585 4
    {431, "Request Header Fields Too Large"},  // RFC 6585 5
    {451, "Unavailable For Legal Reasons"},    // RFC 7725 3
    {500, "Internal Server Error"},            // 15.6.1
    {501, "Not Implemented"},                  // 15.6.2
    {502, "Bad Gateway"},                      // 15.6.3
    {503, "Service Unavailable"},              // 15.6.4
    {504, "Gateway Timeout"},                  // 15.6.5
    {505, "HTTP Version Not Supported"},       // 15.6.6
    {506, "Variant Also Negotiates"},          // RFC 2295 8.1
    {507, "Insufficient Storage"},             // RFC 4918 11.5
    {508, "Loop Detected"},                    // RFC 5842 7.2
    {511, "Network Authentication Required"},  // RFC 6585 6
});
static_assert(std::ranges::is_sorted(status_rows, {}, &StatusRow::code));

// In the order of the enumeration. Letters and hyphens only: same_name() relies on it.
constexpr std::array<std::string_view, known_field_count> field_names{
    "Accept",               // RFC 9110 12.5.1
    "Accept-Encoding",      // 12.5.3
    "Authorization",        // 11.6.2
    "Connection",           // 7.6.1
    "Content-Length",       // 8.6
    "Content-Type",         // 8.3
    "Cookie",               // RFC 6265 4.2
    "Expect",               // 10.1.1
    "Host",                 // 7.2
    "If-Match",             // 13.1.1
    "If-Modified-Since",    // 13.1.3
    "If-None-Match",        // 13.1.2
    "If-Range",             // 13.1.5
    "If-Unmodified-Since",  // 13.1.4
    "Range",                // 14.2
    "Referer",              // 10.1.3
    "TE",                   // 10.1.4
    "Trailer",              // 6.6.2
    "Transfer-Encoding",    // RFC 9112 6.1
    "Upgrade",              // 7.8
    "User-Agent",           // 10.1.5
    "X-Forwarded-For",      // no RFC; what proxies send
};
// clang-format on
static_assert(field_names[static_cast<unsigned>(FieldName::x_forwarded_for)] == "X-Forwarded-For");

// Equal but for bit 5, which is what tells the cases of a letter apart.
template <class Word>
bool same_letters(const char* a, const char* b) {
    Word x;
    Word y;
    std::memcpy(&x, a, sizeof x);
    std::memcpy(&y, b, sizeof y);
    return ((x ^ y) & static_cast<Word>(0xDFDF'DFDF'DFDF'DFDF)) == 0;
}

// Both of the same length. A word at a time, the last one overlapping, and the row a constant: this runs for each field
// line of each request.
template <FieldName candidate>
bool same_name(const char* name) {
    constexpr std::string_view row = field_names[static_cast<unsigned>(candidate)];
    constexpr std::size_t size = row.size();
    if constexpr (size >= 8) {
        for (std::size_t at = 0; at + 8 < size; at += 8)
            if (!same_letters<std::uint64_t>(name + at, row.data() + at)) return false;
        return same_letters<std::uint64_t>(name + size - 8, row.data() + size - 8);
    } else if constexpr (size >= 4) {
        return same_letters<std::uint32_t>(name, row.data()) &&
               same_letters<std::uint32_t>(name + size - 4, row.data() + size - 4);
    } else {
        static_assert(size == 2);
        return same_letters<std::uint16_t>(name, row.data());
    }
}

template <FieldName... candidates>
FieldName pick(std::string_view name) {
    FieldName found = FieldName::other;
    static_cast<void>(((same_name<candidates>(name.data()) && (found = candidates, true)) || ...));
    return found;
}

}  // namespace

std::optional<Method> find_method(std::string_view name) {
    for (unsigned i = 0; i < method_count; ++i)
        if (method_names[i] == name) return static_cast<Method>(i);
    return std::nullopt;
}

std::string_view name_of(Method method) { return method_names[static_cast<unsigned>(method)]; }

std::string MethodSet::to_string() const {
    std::string out;
    for (unsigned i = 0; i < method_count; ++i) {
        if (!contains(static_cast<Method>(i))) continue;
        if (!out.empty()) out += ", ";
        out += method_names[i];
    }
    return out;
}

std::string_view reason_phrase(Status status) {
    const auto row = std::ranges::lower_bound(status_rows, code_of(status), {}, &StatusRow::code);
    return row != status_rows.end() && row->code == code_of(status) ? row->phrase : std::string_view{};
}

FieldName find_field_name(std::string_view name) {
    using enum FieldName;
    switch (name.size()) {
        case 2: return pick<te>(name);
        case 4: return pick<host>(name);
        case 5: return pick<range>(name);
        case 6: return pick<accept, cookie, expect>(name);
        case 7: return pick<referer, upgrade, trailer>(name);
        case 8: return pick<if_range, if_match>(name);
        case 10: return pick<connection, user_agent>(name);
        case 12: return pick<content_type>(name);
        case 13: return pick<if_none_match, authorization>(name);
        case 14: return pick<content_length>(name);
        case 15: return pick<accept_encoding, x_forwarded_for>(name);
        case 17: return pick<if_modified_since, transfer_encoding>(name);
        case 19: return pick<if_unmodified_since>(name);
        default: return other;
    }
}

std::string_view name_of(FieldName name) { return field_names[static_cast<unsigned>(name)]; }

}  // namespace http

// The registered words of HTTP as tables: methods, status codes, field names, each with its section of RFC 9110
// unless the row says otherwise. Knows no connection and no configuration.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace http {

// The methods that are known here; a request with any other is answered 501 (RFC 9110 9.1).
// clang-format off
enum class Method : std::uint8_t {
    get, head, post, put, delete_, connect, options, trace,                        // RFC 9110 9.3
    patch,                                                                         // RFC 5789
    propfind, proppatch, mkcol, copy, move, lock, unlock,                          // RFC 4918 9
};
// clang-format on
inline constexpr unsigned method_count = 16;

// Method names are case-sensitive (RFC 9110 9.1).
std::optional<Method> find_method(std::string_view name);
std::string_view name_of(Method method);

class MethodSet {
public:
    constexpr MethodSet() = default;
    constexpr MethodSet(std::initializer_list<Method> methods) {
        for (Method method : methods) insert(method);
    }
    constexpr MethodSet& insert(Method method) {
        bits_ |= 1U << static_cast<unsigned>(method);
        return *this;
    }
    constexpr bool contains(Method method) const { return (bits_ >> static_cast<unsigned>(method) & 1U) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr MethodSet operator&(MethodSet other) const { return MethodSet{bits_ & other.bits_}; }
    constexpr MethodSet operator|(MethodSet other) const { return MethodSet{bits_ | other.bits_}; }
    friend constexpr bool operator==(MethodSet, MethodSet) = default;

    // "GET, HEAD": the value of an Allow field (RFC 9110 10.2.1), in the order of the enumeration.
    std::string to_string() const;

private:
    constexpr explicit MethodSet(std::uint32_t bits) : bits_(bits) {}
    std::uint32_t bits_ = 0;
};

// A status code, 100 to 599. Every code is a value of this type; the enumerators are those this server sends itself.
// clang-format off
enum class Status : std::uint16_t {
    continue_ = 100,
    ok = 200, created = 201, no_content = 204, reset_content = 205, partial_content = 206,
    moved_permanently = 301, found = 302, see_other = 303, not_modified = 304,
    temporary_redirect = 307, permanent_redirect = 308,
    bad_request = 400, unauthorized = 401, forbidden = 403, not_found = 404, method_not_allowed = 405,
    request_timeout = 408,
    conflict = 409, length_required = 411, precondition_failed = 412, content_too_large = 413, uri_too_long = 414,
    unsupported_media_type = 415, range_not_satisfiable = 416, expectation_failed = 417, misdirected_request = 421,
    too_many_requests = 429, request_header_fields_too_large = 431,
    internal_server_error = 500, not_implemented = 501, bad_gateway = 502, service_unavailable = 503,
    gateway_timeout = 504, http_version_not_supported = 505, insufficient_storage = 507,
};
// clang-format on

constexpr unsigned code_of(Status status) { return static_cast<unsigned>(status); }

// The registered reason phrase; empty for a code that IANA's registry doesn't list.
std::string_view reason_phrase(Status status);

// A response of this status never has content, whatever the request's method (RFC 9110 6.4.1).
constexpr bool never_has_content(Status status) {
    return code_of(status) < 200 || status == Status::no_content || status == Status::not_modified;
}

// The field names this server looks up in requests. `other` stands for every name without a row.
// clang-format off
enum class FieldName : std::uint8_t {
    accept, accept_encoding, authorization, connection, content_length, content_type, cookie, expect, host,
    if_match, if_modified_since, if_none_match, if_range, if_unmodified_since, range, referer, te, trailer,
    transfer_encoding, upgrade, user_agent, x_forwarded_for,
    other,
};
// clang-format on
inline constexpr unsigned known_field_count = static_cast<unsigned>(FieldName::other);

// Case-blind (RFC 9110 5.1). Precondition: `name` is a token.
FieldName find_field_name(std::string_view name);
std::string_view name_of(FieldName name);  // precondition: not FieldName::other

// Why a peer's message is refused: the answer's status and a stable slug for the error log ("chunk-size-overflow").
struct Rejection {
    Status status = Status::bad_request;
    std::string_view slug;  // a literal
};

}  // namespace http

// Preconditions (RFC 9110 13.2.2, in its order) and ranges (RFC 9110 14) over a representation's validators. Pure.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string_view>
#include <variant>

#include "http/message.hpp"

namespace http {

// What is known of the selected representation. Views are the caller's.
struct Representation {
    std::uint64_t size = 0;
    std::optional<std::time_t> last_modified;
    std::string_view etag;  // with its quotes, "W/" before a weak one; empty: there is none
    // When it may have changed at the latest, whatever last_modified says: a file's modification time can be set back.
    // 0: last_modified is the truth.
    std::time_t changed = 0;
};

struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;  // inclusive
    std::uint64_t length() const { return last - first + 1; }
};

struct WholeRepresentation {};
struct NotModified {};
struct PreconditionFailed {};
struct RangeNotSatisfiable {};
using Selection = std::variant<WholeRepresentation, ByteRange, NotModified, PreconditionFailed, RangeNotSatisfiable>;

// Whether the request has any field that select() looks at.
bool has_conditions(const RequestHead& head);

// What a GET or HEAD that would otherwise be answered 200 gets. Range counts for GET only (RFC 9110 14.2); a malformed
// or unknown Range, or one of several ranges, is ignored. For other methods NotModified becomes PreconditionFailed, so
// that anything but WholeRepresentation forbids them (RFC 9110 13.1.2). `now` settles two-digit years, and whether a
// modification date is old enough to be a strong validator (RFC 9110 8.8.2.2).
Selection select(const RequestHead& head, const Representation& representation, std::time_t now);

}  // namespace http

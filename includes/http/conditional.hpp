// Preconditions over a representation's validators, in the order of RFC 9110 13.2.2, and the ranges that are looked at
// when they hold. Pure.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string_view>
#include <variant>

#include "http/message.hpp"
#include "http/ranges.hpp"

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

// What If-Modified-Since is taken for.
enum class ModifiedSince : std::uint8_t {
    ignored,
    exact,   // a name for the version: only its very date means that nothing has changed
    before,  // a date: nothing has changed unless the representation is newer (RFC 9110 13.1.3)
};

// What the configuration may change.
struct SelectionRules {
    ModifiedSince modified_since = ModifiedSince::before;
    std::size_t max_ranges = 64;  // satisfiable ones in one request; 0: Range is not supported
};

struct NotModified {};
struct PreconditionFailed {};
using Selection =
    std::variant<WholeRepresentation, ByteRange, ByteRanges, NotModified, PreconditionFailed, RangeNotSatisfiable>;

// Whether the request has any field that select() looks at.
bool has_conditions(const RequestHead& head);

// What a GET or HEAD that would otherwise be answered 200 gets. Range counts for GET only (RFC 9110 14.2). For other
// methods NotModified becomes PreconditionFailed, so that anything but WholeRepresentation forbids them (RFC 9110
// 13.1.2). `now` settles two-digit years, and whether a modification date is old enough to be a strong validator (RFC
// 9110 8.8.2.2).
Selection select(const RequestHead& head, const Representation& representation, const SelectionRules& rules,
                 std::time_t now);

}  // namespace http

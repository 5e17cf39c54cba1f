#include "http/ranges.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/ascii.hpp"
#include "http/fields.hpp"

namespace http {

namespace {

// One range-spec, held against the representation's size.
struct Spec {
    enum class Kind : std::uint8_t {
        malformed,
        unsatisfiable,
        of_nothing,  // satisfiable, but the representation has no byte that Content-Range could name
        range,
    };
    Kind kind = Kind::malformed;
    ByteRange range{};
};

// 1*DIGIT; a position too large to be held is beyond the end of any representation all the same.
std::optional<std::uint64_t> position(std::string_view digits) {
    if (digits.empty() || !std::ranges::all_of(digits, base::is_digit)) return std::nullopt;
    return base::parse_number<std::uint64_t>(digits).value_or(std::numeric_limits<std::uint64_t>::max());
}

// "-" suffix-length: the last bytes.
Spec suffix_range(std::uint64_t length, std::uint64_t size) {
    if (length == 0) return {Spec::Kind::unsatisfiable};
    if (size == 0) return {Spec::Kind::of_nothing};
    return {Spec::Kind::range, {size - std::min(length, size), size - 1}};
}

// int-range / suffix-range (RFC 9110 14.1.1)
Spec read_spec(std::string_view text, std::uint64_t size) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return {};
    const auto first = position(text.substr(0, dash));
    const auto last = position(text.substr(dash + 1));
    if (dash == 0) return last ? suffix_range(*last, size) : Spec{};
    const bool to_end = dash + 1 == text.size();
    if (!first || (!last && !to_end) || (last && *last < *first)) return {};
    if (*first >= size) return {Spec::Kind::unsatisfiable};
    return {Spec::Kind::range, {*first, to_end ? size - 1 : std::min(*last, size - 1)}};
}

struct Asked {
    ByteRange range;
    std::size_t place = 0;  // in the order of the request
};

// Overlapping ranges, and those with less between them than a part costs, become one, which stands where the first of
// them stood (RFC 9110 15.3.7.2).
ByteRanges coalesce(const ByteRanges& ranges) {
    std::vector<Asked> asked;
    asked.reserve(ranges.size());
    for (const ByteRange& range : ranges) asked.push_back({range, asked.size()});
    std::ranges::sort(asked, {}, [](const Asked& one) { return one.range.first; });
    std::vector<Asked> merged;
    for (const Asked& next : asked) {
        if (merged.empty() || next.range.first > merged.back().range.last + usual_part_overhead) {
            merged.push_back(next);
            continue;
        }
        Asked& before = merged.back();
        before.range.last = std::max(before.range.last, next.range.last);
        before.place = std::min(before.place, next.place);
    }
    std::ranges::sort(merged, {}, &Asked::place);
    ByteRanges result;
    for (const Asked& one : merged) result.push_back(one.range);
    return result;
}

RangeSelection select_of_several(const ByteRanges& asked, std::uint64_t size) {
    ByteRanges ranges = coalesce(asked);
    std::uint64_t cost = 0;
    for (const ByteRange& range : ranges) cost += range.length() + (ranges.size() > 1 ? usual_part_overhead : 0);
    if (cost >= size) return WholeRepresentation{};
    if (ranges.size() == 1) return ranges.front();
    return ranges;
}

}  // namespace

RangeSelection select_ranges(std::string_view value, std::uint64_t size, std::size_t limit) {
    constexpr std::string_view unit = "bytes=";
    const bool understood = base::equals_ignoring_case(value.substr(0, unit.size()), unit);
    if (!understood || limit == 0) return WholeRepresentation{};
    ByteRanges asked;
    std::size_t specs = 0;
    bool of_nothing = false;
    ListReader list{value.substr(unit.size())};
    while (const auto text = list.next()) {
        if (text->empty()) continue;
        ++specs;
        const Spec spec = read_spec(*text, size);
        if (spec.kind == Spec::Kind::malformed) return WholeRepresentation{};
        of_nothing |= spec.kind == Spec::Kind::of_nothing;
        if (spec.kind != Spec::Kind::range) continue;
        if (asked.size() == std::min(limit, most_ranges)) return WholeRepresentation{};
        asked.push_back(spec.range);
    }
    if (specs == 0 || of_nothing) return WholeRepresentation{};
    if (asked.empty()) return RangeNotSatisfiable{};
    // Who asked for one range may not understand a multipart (RFC 9110 15.3.7.2).
    if (specs == 1) return asked.front();
    return select_of_several(asked, size);
}

std::string content_range(ByteRange range, std::uint64_t size) {
    std::string value = "bytes ";
    value.append(std::to_string(range.first)).append("-").append(std::to_string(range.last));
    return value.append("/").append(std::to_string(size));
}

PartHeads part_heads(const ByteRanges& ranges, std::uint64_t size, std::string_view boundary,
                     std::string_view media_type) {
    PartHeads heads;
    for (const ByteRange& range : ranges) {
        // The line end in front belongs to the delimiter (RFC 2046 5.1.1): before the first one it may be left out.
        heads.text.append(heads.text.empty() ? "--" : "\r\n--").append(boundary);
        if (!media_type.empty()) heads.text.append("\r\nContent-Type: ").append(media_type);
        heads.text.append("\r\nContent-Range: ").append(content_range(range, size)).append("\r\n\r\n");
        heads.ends.push_back(heads.text.size());
    }
    heads.text.append("\r\n--").append(boundary).append("--\r\n");
    return heads;
}

std::string boundary_from(std::uint64_t random, std::uint64_t more_random) {
    constexpr std::string_view digits = "0123456789abcdef";
    constexpr unsigned digits_each = 16;
    std::string boundary;
    for (const std::uint64_t number : {random, more_random})
        for (unsigned i = 0; i < digits_each; ++i) boundary.push_back(digits[number >> (4 * i) & 15U]);
    return boundary;
}

}  // namespace http

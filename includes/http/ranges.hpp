// Which parts of a representation a Range field asks for (RFC 9110 14), and the multipart/byteranges that several parts
// are sent in (14.6). Pure: numbers in, numbers and texts out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace http {

struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;  // inclusive
    std::uint64_t length() const { return last - first + 1; }
};

// At least two, in the order in which they were asked for, with gaps between them that are worth it.
using ByteRanges = std::vector<ByteRange>;

struct WholeRepresentation {};
struct RangeNotSatisfiable {};
using RangeSelection = std::variant<WholeRepresentation, ByteRange, ByteRanges, RangeNotSatisfiable>;

// However much a configuration allows: what one request may ask for stays cheap.
inline constexpr std::size_t most_ranges = 1000;

// What a part costs beside its bytes, about (RFC 9110 15.3.7.2): ranges that are nearer to each other become one.
inline constexpr std::uint64_t usual_part_overhead = 80;  // bytes

// `value`: of Range; `size`: of the representation, bytes. What is malformed, of another unit, or more than `limit`
// satisfiable ranges, asks for the whole; and so do several ranges that would cost more than it (RFC 9110 14.2).
RangeSelection select_ranges(std::string_view value, std::uint64_t size, std::size_t limit);

// "bytes 0-99/1000": the value of Content-Range (RFC 9110 14.4).
std::string content_range(ByteRange range, std::uint64_t size);

// What stands around the parts of a multipart/byteranges.
struct PartHeads {
    std::string text;               // the head of each part with its delimiter, one after the other; the closing one
    std::vector<std::size_t> ends;  // where the head of each part ends in `text`; the closing delimiter is the rest
};

// `boundary` is a token that the content doesn't hold; `media_type` that of the representation.
PartHeads part_heads(const ByteRanges& ranges, std::uint64_t size, std::string_view boundary,
                     std::string_view media_type);

// A boundary that nobody can guess, from two random numbers: no content can be made to hold it.
std::string boundary_from(std::uint64_t random, std::uint64_t more_random);

}  // namespace http

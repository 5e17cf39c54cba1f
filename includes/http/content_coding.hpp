// Content codings and what a client takes of them: Accept-Encoding (RFC 9110 12.5.3) against what there is. Pure; knows
// no file and no compressor.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/fields.hpp"

namespace http {

// `identity` is none at all; the others in the order in which they are preferred where all else is equal.
enum class ContentCoding : std::uint8_t { identity, zstd, br, gzip };
inline constexpr std::array content_codings{ContentCoding::zstd, ContentCoding::br, ContentCoding::gzip};
inline constexpr std::size_t coding_count = content_codings.size();  // without identity

// Where a coding stands in tables that leave identity out. Precondition: not identity.
constexpr std::size_t index_of(ContentCoding coding) { return static_cast<std::size_t>(coding) - 1; }
static_assert(index_of(content_codings.front()) == 0 && index_of(content_codings.back()) == coding_count - 1);

std::string_view name_of(ContentCoding coding);  // as in Content-Encoding: "gzip"

// What the client said of each coding.
class AcceptedCodings {
public:
    // Without the field nothing is wanted but identity: who can't say that he takes a coding may not take it. A
    // malformed element is as if it weren't there; of an element that comes twice, the first counts.
    explicit AcceptedCodings(const Fields& fields);

    // In thousandths, 0: not acceptable. Of identity that isn't named the least there is, unless `*` says otherwise.
    unsigned weight(ContentCoding coding) const { return weights_[static_cast<std::size_t>(coding)]; }

    // This coding is not to be used for this client, whatever it says.
    void refuse(ContentCoding coding) { weights_[static_cast<std::size_t>(coding)] = 0; }

    // This one is used before identity, whatever the client says.
    void insist_on(ContentCoding coding);

private:
    static constexpr std::uint16_t least = 1;

    std::array<std::uint16_t, coding_count + 1> weights_{};
};

// The size of the representation in each coding, index_of() each; nullopt where there is none.
using CodedSizes = std::array<std::optional<std::uint64_t>, coding_count>;

// The coding with the largest weight; of equal ones the smallest content, then zstd, br, gzip, and identity last.
// Identity too where nothing that there is is acceptable: RFC 9110 12.5.3 leaves it to the server, and a 406 would help
// nobody.
ContentCoding choose_coding(const AcceptedCodings& accepted, const CodedSizes& sizes);

// An entity-tag of its own for each coding (RFC 9110 8.8.3.3): "abc" becomes "abc-gzip". For identity it is `tag`.
class CodedEntityTag {
public:
    // `tag` with its quotes; must outlive this.
    CodedEntityTag(std::string_view tag, ContentCoding coding);
    CodedEntityTag(const CodedEntityTag&) = delete;
    CodedEntityTag& operator=(const CodedEntityTag&) = delete;

    std::string_view text() const { return text_; }

private:
    std::array<char, 64> memory_;
    std::string_view text_;
};

}  // namespace http

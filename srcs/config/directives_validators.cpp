#include "config/directives_validators.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace config {

namespace {

using enum Context;

void set_etag(const Directive& directive, Level& level, Build& build) {
    if (const auto on = checked(parse_flag(directive.arguments[0].text), directive, directive.arguments[0], build))
        level.settings().validators.etag = *on;
}

struct Meaning {
    std::string_view word;
    http::ModifiedSince value;
};

constexpr std::array meanings = std::to_array<Meaning>({
    {"off", http::ModifiedSince::ignored},
    {"exact", http::ModifiedSince::exact},
    {"before", http::ModifiedSince::before},
});

void set_if_modified_since(const Directive& directive, Level& level, Build& build) {
    const Token& word = directive.arguments[0];
    const auto found = std::ranges::find(meanings, word.text, &Meaning::word);
    if (found == meanings.end())
        return build.report.error(word, "if_modified_since: " + quoted(word.text) + " is unknown",
                                  "write off, exact or before");
    level.settings().validators.rules.modified_since = found->value;
}

void set_max_ranges(const Directive& directive, Level& level, Build& build) {
    constexpr std::uint64_t largest = std::numeric_limits<std::int32_t>::max();  // nginx takes no more
    const Token& number = directive.arguments[0];
    if (const auto count = checked(parse_count(number.text, 0, largest), directive, number, build))
        level.settings().validators.rules.max_ranges = static_cast<std::size_t>(*count);
}

constexpr std::array rows = std::to_array<DirectiveRow>({
    {
        .name = "etag",
        .contexts = {http, server, location},
        .set = set_etag,
        .syntax = "etag on | off;",
        .default_text = "etag on;",
        .doc = "Whether files are sent with an ETag, which names their version: by content where it is small, else by "
               "size, times and inode. When off, If-Match never holds and If-None-Match always does, but for `*`.",
        .example = "etag off;",
    },
    {
        .name = "if_modified_since",
        .contexts = {http, server, location},
        .set = set_if_modified_since,
        .syntax = "if_modified_since off | exact | before;",
        .default_text = "if_modified_since before;",
        .doc = "What a date in If-Modified-Since is compared with: `before` answers 304 unless the file is newer (RFC "
               "9110), and as long as no other change of it came later than the date; `exact` only when it is the "
               "file's own date; `off` ignores the field. In nginx, `exact` is the default.",
        .example = "if_modified_since exact;",
    },
    {
        .name = "max_ranges",
        .contexts = {http, server, location},
        .set = set_max_ranges,
        .syntax = "max_ranges number;",
        .default_text = "max_ranges 64;",
        .doc = "How many parts of a file one request may ask for; one that asks for more gets the whole file. 0 turns "
               "byte ranges off. More than 1000 are never served; in nginx, there is no limit unless one is set. Parts "
               "that overlap, or that lie less than 80 bytes apart, are sent as one, and what would be longer in parts "
               "is sent whole. A malformed Range is ignored, where nginx answers 416.",
        .example = "max_ranges 1;",
    },
});

}  // namespace

std::span<const DirectiveRow> validator_directives() { return rows; }

}  // namespace config

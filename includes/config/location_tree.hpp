// The locations of a block as they are written, and which of them a path belongs to: what the warnings about locations
// ask. The server itself has a table of its own (routing/route), which this must agree with.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/regex.hpp"
#include "config/scope.hpp"

namespace config {

struct WrittenLocation {
    Scope scope;
    LocationWords words;
    std::optional<base::Regex> regex;
    std::vector<WrittenLocation> nested;

    // Where what is said about it belongs.
    const Token& token() const { return scope.block->arguments.back(); }
    bool is_prefix() const { return words.is_prefix(); }
    bool is_named() const { return words.modifier == "@"; }
    std::string shown() const;  // "~ \.php$" in quotes
};

// The locations in `scope`, whose own is outlived by them: scopes point to the ones around them.
std::vector<WrittenLocation> locations_in(const Scope& scope);

// The one that takes `path`; null: none does. As nginx has it: the whole path, else the longest prefix, in it what is
// nested, then, unless the prefix is preferred (`^~`), the first regular expression that fits.
const WrittenLocation* location_of(const std::vector<WrittenLocation>& locations, std::string_view path);

// The prefix alone that would take it, were there no expressions; of this level, nothing nested.
const WrittenLocation* longest_prefix(const std::vector<WrittenLocation>& locations, std::string_view path);

// The beginning of all paths that `regex` fits whatever follows: of `^/a` it is "/a", of `.*` nothing. nullopt: it
// isn't known that there is one.
std::optional<std::string> all_beneath(const WrittenLocation& regex);

// How every path begins that `regex` fits, as far as that is known; case and all.
std::string literal_beginning(const WrittenLocation& regex);

}  // namespace config

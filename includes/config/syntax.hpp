// Files -> tree: directives with their words, blocks in blocks, `include` carried out. Mistakes of form are reported
// where they were made (the line that lacks its `;`, the brace that stays open), and reading goes on behind them. Gives
// nothing a meaning.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/source.hpp"

namespace config {

inline constexpr std::size_t largest_file = 8 * 1024 * 1024;  // bytes: lists of networks are long
inline constexpr unsigned deepest_nesting = 32;               // blocks within blocks
inline constexpr unsigned deepest_include = 16;               // files within files
inline constexpr std::size_t most_files = 1000;               // in one configuration

struct Directive {
    Token name;
    std::vector<Token> arguments;
    bool has_block = false;
    std::vector<Directive> block;
};

struct Tree {
    std::deque<Source> sources;  // the tokens point into it
    std::vector<Directive> directives;
};

struct ParseOptions {
    // Tells a word that begins a line and is no argument of the line before: that is how a missing `;` is found.
    bool (*is_directive)(std::string_view name) = nullptr;
    bool includes = true;  // false: an `include` is left in the tree, and no file is opened
};

// Reads `path` and what it includes. Relative includes start at the folder of `path`.
Tree parse_file(const std::string& path, const ParseOptions& options, Report& report);

// The same from memory; `name` takes the place of the path.
Tree parse_text(const std::string& name, std::string text, const ParseOptions& options, Report& report);

}  // namespace config

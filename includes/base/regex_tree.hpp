// A regular expression as the tree that its pattern spells, and the limits on both. It knows nothing of how it is
// matched.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace base::regex {

inline constexpr std::size_t max_pattern_bytes = 8192;
inline constexpr std::size_t max_nesting = 100;
inline constexpr std::size_t max_groups = 99;
inline constexpr std::size_t max_name_bytes = 32;       // as in PCRE
inline constexpr std::uint32_t max_repetitions = 1000;  // the largest n in {n}, {n,} and {m,n}
inline constexpr std::size_t max_ahead_steps = 2048;    // of one look-ahead, over all texts that it may find
inline constexpr std::size_t max_states = 10'000;       // of a program

using Bytes = std::bitset<256>;  // which bytes match

enum class Assertion : std::uint8_t {
    text_start,        // \A, and ^ without (?m)
    line_start,        // ^ with (?m)
    text_end,          // \z
    last_line_end,     // \Z, and $ without (?m): at the end, or before a line feed that ends the text
    line_end,          // $ with (?m)
    word_boundary,     // \b
    no_word_boundary,  // \B
};

struct Node;

struct Sequence {
    std::vector<Node> parts;
};
struct Choice {
    std::vector<Node> branches;  // the earlier, the better
};
struct Group {
    std::size_t number;
    std::vector<Node> inner;  // one
};
struct Repeat {
    std::uint32_t min;
    std::optional<std::uint32_t> max;  // without end when absent
    bool greedy;
    std::vector<Node> inner;  // one
};

// One byte, or what must hold before it.
using Step = std::variant<Bytes, Assertion>;
// What must not follow: none of these texts.
struct NoneAhead {
    std::vector<std::vector<Step>> texts;
};

struct Node {
    std::variant<Bytes, Assertion, NoneAhead, Sequence, Choice, Group, Repeat> value;
};

struct Tree {
    Node root;
    std::size_t groups = 0;  // without the whole match
    std::vector<std::pair<std::string, std::size_t>> names;
};

}  // namespace base::regex

// The parts of PCRE's syntax that can't be matched in linear time, or that mean nothing for bytes: what they are
// called, and what to write instead.
#pragma once

#include <string_view>

namespace base::regex {

struct Refusal {
    std::string_view begin;  // of what is refused
    std::string_view what;
    std::string_view hint;
};

inline constexpr std::string_view no_recursion_hint = "write the group's pattern out where it is needed again";
inline constexpr std::string_view no_reference_hint =
    "what a group matched can't be asked for again; a byte is written \\x and two digits";
inline constexpr std::string_view no_atomic_hint = "no pattern takes long here: write (?:...) where it was for speed";

// clang-format off
inline constexpr Refusal group_refusals[] = {
    {"(?<=", "the look-behind (?<=", "match the text before as well, and put what is wanted into a group"},
    {"(?<!", "the negative look-behind (?<!", "match what may stand before instead, as in (?:^|[^x])"},
    {"(?=",  "the positive look-ahead (?=", "match the text as well, and put what is wanted before it into a group"},
    {"(?>",  "the atomic group (?>", no_atomic_hint},
    {"(?|",  "the branch reset (?|", "give each branch groups of its own"},
    {"(?(",  "the conditional group (?(", "write the cases as alternatives: (?:a|b)"},
    {"(?P=", "the back-reference (?P=", no_reference_hint},
    {"(?P>", "the recursion (?P>", no_recursion_hint},
    {"(?&",  "the recursion (?&", no_recursion_hint},
    {"(?R",  "the recursion (?R", no_recursion_hint},
    {"(?+",  "the recursion (?+", no_recursion_hint},
    {"(?C",  "the callout (?C", "leave it out"},
    {"(?*",  "the look-ahead (?*", "match the text as well"},
    {"(*",   "the verb (*", "for the characters themselves write \\(\\*"},
};

inline constexpr Refusal escape_refusals[] = {  // behind the backslash
    {"g", "the reference \\g", no_reference_hint},
    {"k", "the back-reference \\k", no_reference_hint},
    {"K", "the match reset \\K", "put what is wanted into a group"},
    {"G", "the anchor \\G", "every search begins at the start of the text: write \\A"},
    {"p", "the Unicode property \\p", "patterns match bytes; write a class such as [[:alpha:]] or [\\x80-\\xff]"},
    {"P", "the Unicode property \\P", "patterns match bytes; write a class such as [^[:alpha:]]"},
    {"X", "the Unicode cluster \\X", "patterns match bytes; for any one write (?s:.)"},
    {"C", "the code unit \\C", "for any byte write (?s:.)"},
};
// clang-format on

}  // namespace base::regex

// How often: * + ? {n} {n,} {m,n}.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/regex_class.hpp"

namespace base::regex {

struct Counts {
    std::uint32_t min;
    std::optional<std::uint32_t> max;  // without end when absent
};

// The length of the repetition that `rest` begins with; 0 when there is none. Other braces mean themselves.
std::size_t repeat_length(std::string_view rest);

// Precondition: the cursor stands before a repetition of this length. Takes it.
Counts read_counts(Cursor& cursor, std::size_t length);

// {,n} means itself in PCRE2 up to 10.42, and {0,n} since: complains where the cursor stands before it.
void refuse_open_count(Cursor& cursor);

}  // namespace base::regex

// Pattern -> tree: the syntax of PCRE as far as it can be matched in linear time. What can't is refused by name, with
// the place and what to write instead. A pattern is bytes; case is that of ASCII.
#pragma once

#include <string_view>

#include "base/regex_tree.hpp"
#include "base/result.hpp"

namespace base::regex {

// Error::message is "at byte OFFSET: what; hint".
Result<Tree> parse(std::string_view pattern, bool blind);

}  // namespace base::regex

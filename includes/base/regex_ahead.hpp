// What a negative look-ahead may hold: a pattern that finds texts of bounded length only, written out as the list of
// these texts.
#pragma once

#include <string_view>
#include <vector>

#include "base/regex_tree.hpp"

namespace base::regex {

// Appends to `texts`. Gives what stands in the way, such as "a repetition without end", or nothing when all went well.
std::string_view spell_out(const Node& node, std::vector<std::vector<Step>>& texts);

}  // namespace base::regex

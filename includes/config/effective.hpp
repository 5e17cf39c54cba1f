// A configuration as it counts: each block with its own directives, those it has from the blocks around it and those
// that nobody gave, and where each comes from. What is inherited or a default stands in comments: the text is a
// configuration, and does what the files did that it was made of.
#pragma once

#include <string>

#include "config/syntax.hpp"
#include "config/values.hpp"

namespace config {

// Of a tree that was bound without errors. Relative folders and files become absolute, so that the text may be kept
// anywhere.
std::string effective_text(const Tree& tree, const Paths& paths);

}  // namespace config

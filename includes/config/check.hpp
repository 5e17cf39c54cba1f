// Whether a directive may stand where it stands, as it is written: known, in its place, with the right form and number
// of arguments, not given twice. The messages of a misspelt or misplaced directive are made here.
#pragma once

#include "config/directives.hpp"

namespace config {

// The row that carries `directive` out; null when there is nothing to carry out: the reason, if it is one, was
// reported.
const DirectiveRow* checked_row(const Directive& directive, const Level& level, Build& build);

}  // namespace config

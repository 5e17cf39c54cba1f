// Which methods may be used: limit_except as nginx has it, and the plainer allow_methods.
// See config/directives for what a row is.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> method_directives();

}  // namespace config

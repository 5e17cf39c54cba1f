// Where accesses and errors are written.
// See config/directives for what a row is.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> log_directives();

}  // namespace config

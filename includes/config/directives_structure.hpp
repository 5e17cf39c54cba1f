// The blocks (events, http, server, location) and include: rows for the binder, which goes into them itself.
// See config/directives for what a row is.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> structure_directives();

}  // namespace config

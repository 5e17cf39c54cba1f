// Directives about folders without an index file, and about symbolic links.
// See config/directives for what a row is.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> listing_directives();

}  // namespace config

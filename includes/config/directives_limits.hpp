// Sizes, counts and times that keep a peer in bounds.
// See config/directives for what a row is.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> limit_directives();

}  // namespace config

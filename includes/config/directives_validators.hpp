// Directives about what clients may ask of versions and parts of a file: validators, conditions, ranges.
// See config/directives for what a row is.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> validator_directives();

}  // namespace config

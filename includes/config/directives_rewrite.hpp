// The directives of the table's theme "Rewriting": set, if, rewrite, return, break.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> rewrite_directives();

}  // namespace config

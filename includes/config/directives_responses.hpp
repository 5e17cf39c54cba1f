// What error answers and redirects look like.
// See config/directives for what a row is.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> response_directives();

}  // namespace config

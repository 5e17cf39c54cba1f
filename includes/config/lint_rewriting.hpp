// Warnings about paths that are led in a circle: by try_files, whose last word comes back to it, and by rewrite.
#pragma once

#include "config/directives.hpp"
#include "config/scope.hpp"

namespace config {

// Of a server with all its locations; nothing for other blocks.
void check_rewriting(const Scope& scope, Build& build);

}  // namespace config

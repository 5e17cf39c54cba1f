// Warnings about locations that stand in each other's way: one that no request gets to, and regular expressions that
// take paths from a location which guards them, or has them in another folder. Each is shown by a path that the
// expression is tried on, or by how it is written: what isn't certain is not warned of.
#pragma once

#include "config/directives.hpp"
#include "config/scope.hpp"

namespace config {

// Of a server with all its locations; nothing for other blocks.
void check_locations(const Scope& scope, Build& build);

}  // namespace config

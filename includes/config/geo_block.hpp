// geo { ... }: networks or ranges of addresses, each with the value that a variable has for it.
#pragma once

#include "config/directives.hpp"

namespace config {

void set_geo(const Directive& directive, Level& level, Build& build);

}  // namespace config

// How the configuration's own variables get their values: gathered while it is read, checked when all are known.
#pragma once

#include <cstdint>

#include "config/directives.hpp"

namespace config {

// "$name" of a directive that computes it. nullopt after a report: no name, or one that is computed elsewhere.
std::optional<std::uint32_t> read_computed_variable(const Directive& directive, const Token& token, Build& build);

// Reports variables that would need their own value to be found, and chains of them that are too long. Then the
// variables, complete, are part of the settings.
void settle_variables(Build& build);

}  // namespace config

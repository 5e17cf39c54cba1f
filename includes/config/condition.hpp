// The conditions of `if`, in all of nginx's forms.
#pragma once

#include <optional>

#include "config/directives.hpp"

namespace config {

// ($a)   ($a = text)   ($a != text)   ($a ~ expression) and ~* !~ !~*   (-f path) and -d -e -x !-f !-d !-e !-x
// nullopt after a report. The step's block is still to be filled in.
std::optional<IfStep> read_condition(const Directive& directive, Build& build);

}  // namespace config

// What works, though hardly as meant, and takes a look at more than one directive to see. For `webserv -t` alone: a
// server that starts doesn't repeat it. Each check is a function in one list; its code is in config/warnings.
#pragma once

#include "config/directives.hpp"
#include "config/syntax.hpp"

namespace config {

// Of a tree that was bound without errors.
void lint(const Tree& tree, Build& build);

// For the checks: the first argument, when it is one path whatever the request; else null.
const Token* fixed_path(const Directive* directive);

}  // namespace config

// The directives about who may use what: by address, or by name and password. See config/directives for what a row is.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> access_directives();

// The settings of this block alone, for a directive to change.
AccessSettings& own_access(Level& level);

// A location within a location has the rules of the outer one, but not its limit_except (nginx).
void forget_limit_except(Level& level);

// All simple directives of `block` have been carried out: reads what a limit_except in it says, and tells of passwords
// that are asked for and can't be checked.
void complete_access(const Directive& block, Level& level, Build& build);

// All blocks are complete: tells of password files that anybody could fetch.
void warn_of_served_user_files(Build& build);

}  // namespace config

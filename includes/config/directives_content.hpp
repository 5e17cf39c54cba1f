// Directives about what is served from the file system and how it is labelled.
// See config/directives for what a row is.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> content_directives();

}  // namespace config

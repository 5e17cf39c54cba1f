// Directives about content codings: files compressed ahead, and files compressed by the server.
// See config/directives for what a row is.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> coding_directives();

}  // namespace config

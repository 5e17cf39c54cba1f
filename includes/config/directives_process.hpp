// Directives about the process as a whole: user, pid file, workers, connections.
// See config/directives for what a row is.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> process_directives();

}  // namespace config

// Directives about how files get from the disk to the client: what is kept in memory, and who waits for what isn't.
// See config/directives for what a row is.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> reading_directives();

}  // namespace config

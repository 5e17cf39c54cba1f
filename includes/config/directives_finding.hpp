// The directives of the table's theme "Finding the file": try_files, internal.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> finding_directives();

}  // namespace config

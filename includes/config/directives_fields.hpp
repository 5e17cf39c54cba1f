// The directives of the table's theme "Fields of answers": add_header and its inheritance, expires, cache_control,
// charset.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> field_directives();

// All directives of `level` have been carried out: joins its add_header lines with those around it, and warns where
// those are lost.
void complete_added_fields(Level& level, Build& build);

}  // namespace config

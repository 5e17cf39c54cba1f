// The directives of the table's theme "Computed variables": map, geo, split_clients, valid_referers. Those whose blocks
// have a form of their own are read in rooms of their own.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> map_directives();

}  // namespace config

// listen and server_name: where a server is reached, and by which names.
// See config/directives for what a row is.
#pragma once

#include <span>

#include "config/directives.hpp"

namespace config {

std::span<const DirectiveRow> listen_directives();

}  // namespace config

// The variables that the configuration makes: set, named groups of regular expressions, and those that are computed
// when they are asked for.
#pragma once

#include <cstdint>
#include <string>

#include "routing/request.hpp"
#include "routing/variables.hpp"

namespace routing {

// Appends the value of the variable with this index in Settings::variables; false where it has none (yet).
bool append_own_variable(std::string& out, std::uint32_t index, const Request& request, const Reply* reply);

void set_own_variable(std::uint32_t index, std::string value, const Request& request);

}  // namespace routing

// Why a server or a location was chosen and each other one wasn't: for `--explain`, in sentences. Decides nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/request.hpp"

namespace routing {

// In quotes, on one line.
std::string shown(std::string_view text);

// Adds a line for each server of the socket to the request's trace. Precondition: there is one, and
// request.server was chosen.
void explain_server(const Request& request, std::size_t socket);

// The same for each location that could have been chosen for the request's path.
void explain_location(const Request& request);

}  // namespace routing

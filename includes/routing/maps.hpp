// The values of computed variables: map, geo, split_clients, and $invalid_referer.
#pragma once

#include <string>

#include "config/maps.hpp"
#include "routing/request.hpp"
#include "routing/variables.hpp"

namespace routing {

// Append the value that the request has, which may be empty.
void append_computed(std::string& out, const config::Map& map, const Request& request, const Reply* reply);
void append_computed(std::string& out, const config::Geo& geo, const Request& request, const Reply* reply);
void append_computed(std::string& out, const config::SplitClients& split, const Request& request, const Reply* reply);

// "1" where valid_referers holds and none fits; false where the value is empty.
bool append_invalid_referer(std::string& out, const Request& request);

}  // namespace routing

// All `listen` lines of all servers -> the sockets to open, each with the servers that share it; the checks that take
// more than one server to see. Knows no other directive.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/directives.hpp"

namespace config {

// One server's addresses and names, with their places.
struct ServerAddresses {
    std::vector<Listen> listens;
    std::vector<std::pair<ServerName, const Token*>> names;
};

// `servers` has one entry for each of build.settings.servers, in the same order. Fills build.settings.sockets.
void assign_sockets(const std::vector<ServerAddresses>& servers, Build& build);

}  // namespace config

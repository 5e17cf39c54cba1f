// The addresses that this machine has in its networks, to tell people where they can reach it.
#pragma once

#include <vector>

#include "os/socket.hpp"

namespace os {

// Of the interfaces that are up, without loopback and link-local ones; IPv4 first. Ports are 0.
std::vector<Endpoint> addresses_in_networks();

}  // namespace os

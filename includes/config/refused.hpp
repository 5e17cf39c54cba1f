// nginx's directives that ask for something this server doesn't do, each by name with what to use instead, so that none
// is just "unknown". Those of later versions and of the commercial edition are among them, and words that other servers
// have for what webserv calls otherwise.
#pragma once

#include <span>
#include <string_view>

#include "config/diagnostic.hpp"

namespace config {

struct Refused {
    std::string_view name;
    Lack lack;
    std::string_view instead;  // a clause: "webserv speaks no TLS: let hitch or HAProxy in front do that"
};

std::span<const Refused> refused_directives();

// Every name that begins so is refused: "proxy_", "ssl_".
std::span<const Refused> refused_families();

// Also by family. A directive that has a row of its own in the table is none of these.
const Refused* find_refused(std::string_view name);

}  // namespace config

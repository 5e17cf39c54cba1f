// A line of the error log about a connection, as nginx has it:
// "*7 MESSAGE, client: 127.0.0.1, server: example.org, request: "GET / HTTP/1.1", host: "example.org"".
#pragma once

#include <string_view>

#include "routing/connection_facts.hpp"
#include "server/exchange.hpp"
#include "server/site.hpp"

namespace server {

// Where the log of `settings` takes this level. `exchange` is null where no request has begun.
void write_event(Site& site, const config::LocationSettings& settings, os::LogLevel level, std::string_view message,
                 const routing::ConnectionFacts& facts, const Exchange* exchange);

}  // namespace server

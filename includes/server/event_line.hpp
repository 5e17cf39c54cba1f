// A line of the error log about a connection, as nginx has it:
// "*7 MESSAGE, client: 127.0.0.1, server: example.org, request: "GET / HTTP/1.1", host: "example.org"".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "os/socket.hpp"
#include "server/exchange.hpp"

namespace server {

// Writes it into `line`. `number` is the connection's; `exchange` is null where no request has begun.
void make_event_line(std::string& line, std::uint64_t number, std::string_view message, const os::Endpoint& peer,
                     const Exchange* exchange);

}  // namespace server

// What is known of the connection that a request came on.
#pragma once

#include <cstdint>

#include "base/clock.hpp"
#include "os/socket.hpp"

namespace routing {

struct ConnectionFacts {
    os::Endpoint peer;           // an unnamed unix-domain socket where one was used
    std::uint64_t number = 0;    // of this connection, from 1 on, in this process
    std::uint64_t requests = 0;  // that have come on it, this one included
    bool is_pipelined = false;   // the request at hand came together with the one before it
    int socket = -1;
    base::Instant began_at{};  // when it was accepted

    // Where the client found us. Asks the kernel (getsockname(2)): idle connections are not to carry it about.
    os::Endpoint local() const { return os::local_endpoint(socket); }
};

}  // namespace routing

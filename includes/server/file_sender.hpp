// Sends part of a file over a connection, a quantum a turn, and finds out when the file can't keep what the head of the
// response has promised.
#pragma once

#include <cstddef>
#include <cstdint>

#include "body/source.hpp"
#include "net/transport.hpp"

namespace server {

class FileSender {
public:
    struct Step {
        std::uint64_t bytes;  // that the kernel took
        bool failed;          // only a connection that ends early can tell the client so
    };

    // One sendfile. Preconditions: the transport can send and has no other output, the range isn't empty.
    Step step(net::Transport& transport, body::FileRange& range);

private:
    static constexpr std::size_t quantum = 256 * 1024;  // bytes of a file in one turn, so that others have theirs
    static constexpr unsigned fruitless_limit = 8;      // transfers in a row that moved nothing though epoll said so

    unsigned fruitless_ = 0;
};

}  // namespace server

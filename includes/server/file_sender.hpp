// Sends part of a file over a connection, a quantum a turn; has what isn't in memory fetched while others are served,
// and a window ahead of what is sent; finds out when the file can't keep what the head of the response has promised.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.hpp"
#include "body/source.hpp"
#include "config/settings.hpp"
#include "net/transport.hpp"
#include "net/warmer.hpp"

namespace server {

struct Services;

class FileSender {
public:
    struct Step {
        std::uint64_t bytes = 0;  // that the kernel took
        bool failed = false;      // only a connection that ends early can tell the client so
        bool waited = false;      // for the disk, or begins to: the client's time begins anew
    };

    // At most one sendfile, of at most `most` bytes. Preconditions: the transport can send and has no other output, the
    // range isn't empty, nothing is waited for, `most` isn't 0.
    Step step(net::Transport& transport, body::FileRange& range, std::uint64_t most, Services& services,
              const config::LocationSettings& settings);

    // Nothing can be sent before the next bytes are in memory. The connection gets a turn when they are.
    bool waits() const { return waits_ && warming_.pending(); }

    // For another file.
    void reset();

private:
    static constexpr std::size_t quantum = 256 * 1024;       // bytes of a file in one turn, so that others have theirs
    static constexpr std::uint32_t window = 1024 * 1024;     // bytes that are looked at, or fetched, at once
    static constexpr std::uint32_t memory_of_a_look = 1000;  // milliseconds until what was there may be gone
    static constexpr std::uint8_t fruitless_limit = 8;  // transfers in a row that moved nothing though epoll said so

    void look_ahead(const net::Transport& transport, const body::FileRange& range, net::Warmer& warmer,
                    base::Instant now);
    void prepare(const net::Transport& transport, const body::FileRange& range, net::Warmer& warmer, base::Instant now);

    net::Warming warming_;
    std::uint32_t warm_ = 0;       // bytes from the range's beginning on that are in memory
    std::uint32_t fetching_ = 0;   // bytes behind them that are being fetched
    std::uint32_t looked_at_ = 0;  // milliseconds, the lower 32 bits
    std::uint8_t fruitless_ = 0;
    bool cold_ = false;   // some of the file was on disk: the rest may be
    bool waits_ = false;  // warm_ was 0
};

}  // namespace server

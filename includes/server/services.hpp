// What every connection uses and none owns.
#pragma once

#include <span>
#include <vector>

#include "base/buffer.hpp"
#include "base/clock.hpp"
#include "base/intrusive_list.hpp"
#include "net/event_loop.hpp"
#include "net/timers.hpp"
#include "net/warmer.hpp"
#include "server/counters.hpp"
#include "server/exchange_pool.hpp"
#include "server/site.hpp"
#include "server/timestamps.hpp"

namespace server {

class Connection;

// A connection's place among those that wait for a request, oldest first.
struct IdleMark : base::Link {
    explicit IdleMark(Connection& of) : connection(of) {}
    Connection& connection;
};

struct Services {
    base::Clock& clock;
    net::EventLoop& loop;
    net::Timers& timers;
    net::Warmer& warmer;
    base::BlockPool& blocks;
    std::span<char> scratch;  // one recv's bytes; free again at the end of the turn
    Site& site;
    Timestamps& timestamps;
    ExchangePool& exchanges;
    base::IntrusiveList<IdleMark>& idle;    // have had an answer, and asked nothing new
    base::IntrusiveList<IdleMark>& silent;  // have not sent a byte yet
    std::vector<Connection*>& closed;       // to be destroyed after the turn
    Counters& counters;                     // what this process has done
    bool draining = false;                  // every answer from now on is its connection's last
};

}  // namespace server

// How a response gets into a connection's output: written there, or lent from the cache, where head and content of a
// small file lie ready in one piece.
#pragma once

#include "net/transport.hpp"
#include "server/exchange.hpp"
#include "server/timestamps.hpp"

namespace server {

// `persists`: another request may follow on the connection. What is to be sent from a file is left to the exchange's
// remaining_file(). False: a file didn't hold what it promised, and nothing was written.
bool write_answer(Exchange& exchange, net::Transport& transport, bool persists, Timestamps& timestamps);

}  // namespace server

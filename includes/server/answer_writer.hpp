// How a response gets into a connection's output: written there, or lent from where head and content lie ready in one
// piece: a small file's in the cache, a built-in page's in server/ready_pages.
#pragma once

#include "net/transport.hpp"
#include "server/exchange.hpp"
#include "server/ready_pages.hpp"
#include "server/timestamps.hpp"

namespace server {

// `persists`: another request may follow on the connection. What is to be sent from a file is left to the exchange's
// remaining_file(). False: a file didn't hold what it promised, and nothing was written.
bool write_answer(Exchange& exchange, net::Transport& transport, bool persists, ReadyPages& pages,
                  Timestamps& timestamps);

}  // namespace server

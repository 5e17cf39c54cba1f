// How a response gets into a connection's output: written there, or lent from where head and content lie ready in one
// piece: a small file's in the cache, a built-in page's in server/ready_pages.
#pragma once

#include "net/transport.hpp"
#include "server/exchange.hpp"
#include "server/ready_pages.hpp"
#include "server/timestamps.hpp"

namespace server {

// `persists`: another request may follow on the connection. What is to be sent from a file, or later than now, is left
// to send_more(). False: a file didn't hold what it promised, and nothing was written.
bool write_answer(Exchange& exchange, net::Transport& transport, bool persists, ReadyPages& pages,
                  Timestamps& timestamps);

// What comes next of the content: from a file by one sendfile, from memory into the output, which is sent in the next
// turn. Preconditions: the exchange has more, and isn't held; the transport can send and has no output.
FileSender::Step send_more(Exchange& exchange, net::Transport& transport, Services& services);

}  // namespace server

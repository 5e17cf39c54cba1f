// One transfer at a time on a socket or into it. What errno says after it is nobody's business: a transfer that moved
// nothing or less than asked has used the readiness up, and real errors arrive as epoll events or at a deadline.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace os {

struct Transfer {
    std::size_t bytes = 0;
    bool used_up = false;  // don't try again before epoll reports this direction once more
    bool ended = false;    // recv: the peer has sent its last byte before this
};

Transfer receive(int socket, std::span<char> into);

enum class More : bool { no, yes };  // whether other bytes follow at once: then the kernel may wait for them (MSG_MORE)

Transfer send(int socket, std::string_view bytes, More more);

// `offset` is where in the file to begin; the file's own position is left alone.
Transfer send_file(int socket, int file, std::uint64_t offset, std::size_t count);

// Half-closes: what was sent is still delivered, then the peer sees the end (shutdown(2), SHUT_WR).
void shut_down_sending(int socket);

}  // namespace os

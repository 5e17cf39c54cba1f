#include "os/io.hpp"

#include <sys/sendfile.h>
#include <sys/socket.h>

namespace os {

namespace {

Transfer transferred(ssize_t result, std::size_t asked) {
    if (result < 0) return {.used_up = true};
    const auto bytes = static_cast<std::size_t>(result);
    return {.bytes = bytes, .used_up = bytes < asked};
}

}  // namespace

Transfer receive(int socket, std::span<char> into) {
    const ssize_t result = ::recv(socket, into.data(), into.size(), 0);
    Transfer transfer = transferred(result, into.size());
    transfer.ended = result == 0;
    return transfer;
}

Transfer send(int socket, std::string_view bytes, More more) {
    const int flags = MSG_NOSIGNAL | (more == More::yes ? MSG_MORE : 0);
    return transferred(::send(socket, bytes.data(), bytes.size(), flags), bytes.size());
}

Transfer send_file(int socket, int file, std::uint64_t offset, std::size_t count) {
    auto position = static_cast<off_t>(offset);
    return transferred(::sendfile(socket, file, &position, count), count);
}

void shut_down_sending(int socket) { ::shutdown(socket, SHUT_WR); }

}  // namespace os

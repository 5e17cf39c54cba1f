#include "net/transport.hpp"

namespace net {

Transport::Transport(EventLoop& loop, os::UniqueFd socket, Watcher& watcher, base::BlockPool& pool)
    : socket_(std::move(socket)), watch_(loop, socket_.fd(), events, watcher), input_(pool), output_(pool) {}

Received Transport::receive(std::span<char> scratch) {
    const os::Transfer transfer = os::receive(socket_.fd(), scratch);
    if (transfer.used_up) watch_.used_up_reading();
    if (transfer.ended) return Received::end;
    if (transfer.bytes == 0) return Received::nothing;
    fresh_ = {scratch.data(), transfer.bytes};
    if (!input_.empty()) settle();
    return Received::bytes;
}

void Transport::consume(std::size_t count) {
    if (input_.empty()) {
        fresh_.remove_prefix(count);
    } else {
        input_.consume(count);
    }
}

void Transport::settle() {
    if (fresh_.empty()) return;
    input_.append(fresh_);
    fresh_ = {};
}

void Transport::discard_input() {
    fresh_ = {};
    input_.clear();
}

std::size_t Transport::send_output(os::More more) {
    const os::Transfer transfer = os::send(socket_.fd(), output_.view(), more);
    if (transfer.used_up) watch_.used_up_writing();
    output_.consume(transfer.bytes);
    return transfer.bytes;
}

os::Transfer Transport::send_file(int file, std::uint64_t offset, std::size_t count) {
    const os::Transfer transfer = os::send_file(socket_.fd(), file, offset, count);
    if (transfer.used_up) watch_.used_up_writing();
    return transfer;
}

}  // namespace net

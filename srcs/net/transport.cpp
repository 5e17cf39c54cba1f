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

base::Buffer& Transport::output() {
    if (!loan_.empty()) {
        output_.append(loan_);
        repay(loan_.size());
    }
    return output_;
}

void Transport::lend(base::Ref<base::Counted> owner, std::string_view bytes, std::size_t changeable) {
    lender_ = std::move(owner);
    loan_ = bytes;
    changeable_ = static_cast<std::uint32_t>(changeable);
}

std::size_t Transport::send_output(os::More more) {
    const bool lent = output_.empty();
    const bool loan_follows = !lent && !loan_.empty();
    const os::Transfer transfer =
        os::send(socket_.fd(), lent ? loan_ : output_.view(), loan_follows ? os::More::yes : more);
    if (transfer.used_up) watch_.used_up_writing();
    if (lent) {
        repay(transfer.bytes);
    } else {
        output_.consume(transfer.bytes);
    }
    return transfer.bytes;
}

// `count` bytes of the loan are sent or copied.
void Transport::repay(std::size_t count) {
    loan_.remove_prefix(count);
    const std::size_t at_risk = count < changeable_ && count > 0 ? changeable_ - count : 0;
    if (at_risk > 0) {
        output_.append(loan_.substr(0, at_risk));
        loan_.remove_prefix(at_risk);
    }
    if (count > 0) changeable_ = 0;
    if (!loan_.empty()) return;
    loan_ = {};
    lender_.reset();
}

os::Transfer Transport::send_file(int file, std::uint64_t offset, std::size_t count) {
    const os::Transfer transfer = os::send_file(socket_.fd(), file, offset, count);
    if (transfer.used_up) watch_.used_up_writing();
    return transfer;
}

}  // namespace net

#include "net/listener.hpp"

namespace net {

Listener::Listener(EventLoop& loop, os::UniqueFd socket, Acceptor& acceptor, std::size_t index)
    : socket_(std::move(socket)), acceptor_(acceptor), index_(index), watch_(loop, socket_.fd(), EPOLLIN, *this) {}

void Listener::pause() {
    if (paused_) return;
    paused_ = true;
    watch_.change(socket_.fd(), 0);
}

void Listener::resume() {
    if (!paused_) return;
    paused_ = false;
    watch_.change(socket_.fd(), EPOLLIN);
}

void Listener::accept_all() {
    while (accept_one()) {}
}

void Listener::on_turn() {
    // Level-triggered: who still waits afterwards is reported again by the next epoll_wait.
    watch_.used_up_reading();
    // Somebody waited when epoll reported it; whether there is a next one, only accepting tells.
    for (int i = 0; i < batch_size && !paused_; ++i) {
        if (!acceptor_.has_room(i == 0) || !accept_one()) return;
    }
}

bool Listener::accept_one() {
    os::Accepted accepted = os::accept_from(socket_.fd());
    switch (accepted.outcome) {
        case os::Accepted::Outcome::accepted: acceptor_.take(std::move(accepted), index_); return true;
        case os::Accepted::Outcome::none: return false;
        case os::Accepted::Outcome::failed: acceptor_.accepting_failed(accepted.code); return false;
    }
    return false;
}

}  // namespace net

#include "net/event_loop.hpp"

#include <algorithm>

namespace net {

namespace {

std::uint64_t to_data(std::uint32_t slot, std::uint32_t generation) { return std::uint64_t{generation} << 32 | slot; }

int to_timeout(base::Duration duration) {
    constexpr base::Duration longest{60 * 60 * 1000};
    return duration.count() < 0 ? -1 : static_cast<int>(std::min(duration, longest).count());
}

}  // namespace

base::Result<os::UniqueFd> EventLoop::open_epoll() {
    os::UniqueFd epoll{::epoll_create1(EPOLL_CLOEXEC)};
    if (!epoll) return base::Error::from_errno("open", "an epoll");
    return epoll;
}

bool EventLoop::turn(base::Clock& clock, base::Duration timeout) {
    const int wait = run_list_.empty() ? to_timeout(timeout) : 0;
    const int count = ::epoll_wait(epoll_.fd(), events_.data(), batch_size, wait);
    clock.refresh();
    // All readiness is noted before anyone acts on it; a count of -1 is a signal's interruption (EINTR) and reports
    // nothing.
    for (int i = 0; i < count; ++i) note(events_[static_cast<std::size_t>(i)]);
    give_turns(going_first_);
    running_.swap(run_list_);
    give_turns(running_);
    return count < static_cast<int>(batch_size);
}

void EventLoop::give_turns(std::vector<Ticket>& list) {
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Ticket ticket = list[i];
        Slot& slot = slots_[ticket.slot];
        if (slot.generation != ticket.generation) continue;
        slot.listed = false;
        slot.watcher->on_turn();
    }
    list.clear();
}

void EventLoop::note(const epoll_event& event) {
    const auto index = static_cast<std::uint32_t>(event.data.u64);
    const auto generation = static_cast<std::uint32_t>(event.data.u64 >> 32);
    Slot& slot = slots_[index];
    if (slot.generation != generation || slot.watcher == nullptr) return;
    slot.ready |= event.events;
    enlist(index);
}

void EventLoop::enlist(std::uint32_t index) {
    Slot& slot = slots_[index];
    if (slot.listed) return;
    slot.listed = true;
    (slot.precedence == Precedence::first ? going_first_ : run_list_).push_back({index, slot.generation});
}

std::uint32_t EventLoop::take_slot(Watcher& watcher, Precedence precedence) {
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const std::uint32_t index = free_slots_.back();
    free_slots_.pop_back();
    slots_[index].watcher = &watcher;
    slots_[index].precedence = precedence;
    return index;
}

void EventLoop::free_slot(std::uint32_t index) {
    Slot& slot = slots_[index];
    slot = Slot{.generation = slot.generation + 1};
    free_slots_.push_back(index);
}

Watch::Watch(EventLoop& loop, int descriptor, std::uint32_t events, Watcher& watcher, Precedence precedence)
    : loop_(loop), slot_(loop.take_slot(watcher, precedence)), registered_(false) {
    epoll_event event{events, {.u64 = to_data(slot_, loop_.slots_[slot_].generation)}};
    registered_ = ::epoll_ctl(loop_.epoll_.fd(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Watch::ask_anew(int descriptor, std::uint32_t events) const {
    epoll_event event{events, {.u64 = to_data(slot_, loop_.slots_[slot_].generation)}};
    ::epoll_ctl(loop_.epoll_.fd(), EPOLL_CTL_MOD, descriptor, &event);
}

void Watch::leave(int descriptor) {
    ::epoll_ctl(loop_.epoll_.fd(), EPOLL_CTL_DEL, descriptor, nullptr);
    loop_.slots_[slot_].ready = 0;
}

void Watch::change(int descriptor, std::uint32_t events) {
    ask_anew(descriptor, events);
    loop_.slots_[slot_].ready = 0;
}

}  // namespace net

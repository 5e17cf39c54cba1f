#include "net/timers.hpp"

#include <algorithm>
#include <bit>

namespace net {

void Timer::set(base::Instant deadline) {
    deadline_ = deadline;
    if (linked() && due_ <= deadline) return;
    timers_.insert(*this);
}

void Timers::insert(Timer& timer) {
    // Rounded up, so that a timer is never early; never a tick that was looked at already.
    const std::int64_t wanted = tick_of(timer.deadline_) + 1;
    const std::int64_t tick = std::clamp(wanted, reached_ + 1, reached_ + wheel_size - 1);
    timer.due_ = base::Instant{base::Duration{tick * tick_length}};
    wheel_[slot_of(tick)].push_back(timer);
    if (!occupied(slot_of(tick))) ++armed_slots_;
    occupied_[slot_of(tick) / 64] |= std::uint64_t{1} << slot_of(tick) % 64;
    // What the clamp made later than the deadline may not stay behind a deadline that moves closer.
    if (timer.due_ > timer.deadline_) timer.due_ = timer.deadline_;
}

void Timers::advance(base::Instant now) {
    const std::int64_t current = tick_of(now);
    // After a long sleep one round sees every slot.
    const std::int64_t first = std::max(reached_ + 1, current - wheel_size + 1);
    for (std::int64_t tick = first; tick <= current; ++tick) {
        const std::size_t slot = slot_of(tick);
        reached_ = tick;
        if (!occupied(slot)) continue;
        occupied_[slot / 64] &= ~(std::uint64_t{1} << slot % 64);
        --armed_slots_;
        base::IntrusiveList<Timer> due;
        due.take_all(wheel_[slot]);
        while (!due.empty()) {
            Timer& timer = due.front();
            timer.unlink();
            if (timer.deadline_ == base::Instant::max()) continue;
            if (timer.deadline_ > now) {
                insert(timer);
                continue;
            }
            timer.deadline_ = base::Instant::max();
            timer.owner_.on_deadline();
        }
    }
    reached_ = std::max(reached_, current);
}

std::optional<base::Duration> Timers::until_next(base::Instant now) const {
    if (armed_slots_ == 0) return std::nullopt;
    const base::Instant due{base::Duration{next_occupied(reached_ + 1) * tick_length}};
    return std::max(due - now, base::Duration{0});
}

// The first tick from `tick` on whose slot is occupied; precondition: there is one. 64 slots at a look: the usual
// deadline is a whole turn of the wheel away.
std::int64_t Timers::next_occupied(std::int64_t tick) const {
    for (;;) {
        const std::size_t slot = slot_of(tick);
        const std::uint64_t rest = occupied_[slot / 64] >> slot % 64;
        if (rest != 0) return tick + std::countr_zero(rest);
        tick += 64 - static_cast<std::int64_t>(slot % 64);
    }
}

}  // namespace net

// Deadlines by a timing wheel. Lazy: moving a deadline further away, which is what almost every request does, writes
// one number; the wheel notices when the old moment comes and waits on.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "base/intrusive_list.hpp"

namespace net {

class TimerOwner {
public:
    virtual void on_deadline() = 0;

protected:
    ~TimerOwner() = default;
};

class Timers;

// A member of who waits; disarms itself when destroyed.
class Timer : private base::Link {
public:
    Timer(Timers& timers, TimerOwner& owner) : timers_(timers), owner_(owner) {}

    // on_deadline() is called once, at the first advance() at or after `deadline`, at the most one tick late.
    void set(base::Instant deadline);
    void cancel() { deadline_ = base::Instant::max(); }

private:
    friend class Timers;
    friend class base::IntrusiveList<Timer>;

    Timers& timers_;
    TimerOwner& owner_;
    base::Instant deadline_ = base::Instant::max();
    base::Instant due_ =
        base::Instant::max();  // when the wheel will look at it; not later than the deadline while linked
};

class Timers {
public:
    explicit Timers(base::Instant now) : reached_(tick_of(now)) {}

    // Calls whose deadline has come.
    void advance(base::Instant now);

    // How long until the wheel has something to look at; nullopt: nothing is armed.
    std::optional<base::Duration> until_next(base::Instant now) const;

private:
    friend class Timer;

    static constexpr std::int64_t tick_length = 32;  // milliseconds
    static constexpr std::int64_t wheel_size =
        2048;  // ticks: what is further away is looked at once a turn of the wheel, 65 s

    static std::int64_t tick_of(base::Instant instant) { return instant.time_since_epoch().count() / tick_length; }
    static std::size_t slot_of(std::int64_t tick) { return static_cast<std::size_t>(tick % wheel_size); }

    void insert(Timer& timer);
    bool occupied(std::size_t slot) const { return (occupied_[slot / 64] >> slot % 64 & 1U) != 0; }
    std::int64_t next_occupied(std::int64_t tick) const;

    std::array<base::IntrusiveList<Timer>, wheel_size> wheel_;
    // A bit a slot; may be set for one that has emptied since, which costs one look.
    std::array<std::uint64_t, wheel_size / 64> occupied_{};
    std::size_t armed_slots_ = 0;  // bits that are set
    std::int64_t reached_;         // the last tick that was looked at
};

}  // namespace net

// The time, read once a turn of the loop: everything that happens in one turn happens at one time, and nobody else
// asks the kernel. Monotonic for deadlines, wall for Date, logs and validators.
#pragma once

#include <chrono>
#include <ctime>

namespace base {

using Duration = std::chrono::milliseconds;

// Milliseconds since some fixed moment of this boot; never goes back.
using Instant = std::chrono::time_point<std::chrono::steady_clock, Duration>;

class Clock {
public:
    Clock() { refresh(); }

    void refresh();

    Instant now() const { return now_; }

    // Seconds and nanoseconds since 1970 UTC, as the machine believes them to be: may jump either way.
    const timespec& wall() const { return wall_; }

private:
    Instant now_;
    timespec wall_{};
};

}  // namespace base

#include "base/clock.hpp"

namespace base {

void Clock::refresh() {
    timespec monotonic{};
    ::clock_gettime(CLOCK_MONOTONIC, &monotonic);
    ::clock_gettime(CLOCK_REALTIME, &wall_);
    now_ = Instant{std::chrono::duration_cast<Duration>(std::chrono::seconds{monotonic.tv_sec} +
                                                        std::chrono::nanoseconds{monotonic.tv_nsec})};
}

}  // namespace base

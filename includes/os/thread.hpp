// Helper threads, and the descriptor by which they wake an event loop.
#pragma once

#include <pthread.h>

#include <optional>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace os {

// One thread, in which every signal is blocked: signals stay the event loop's.
class Thread {
public:
    using Body = void* (*)(void*);

    // Null when there is no memory for it, or the limit of processes is reached. Its stack has `stack_size` bytes.
    static std::optional<Thread> start(Body body, void* argument);

    // Waits for its end; false when it hasn't come after `patience`: it then runs on by itself.
    bool join(base::Duration patience);

    static constexpr std::size_t stack_size = 256 * 1024;

private:
    explicit Thread(pthread_t id) : id_(id) {}

    pthread_t id_;
};

// Counts what was posted and not taken; readable while there is something (eventfd(2)).
base::Result<UniqueFd> open_wakeup();
void post_wakeup(int descriptor);
void take_wakeups(int descriptor);

}  // namespace os

#include "os/thread.hpp"

#include <sys/eventfd.h>

#include <csignal>
#include <ctime>

namespace os {

std::optional<Thread> Thread::start(Body body, void* argument) {
    pthread_attr_t attributes;
    if (::pthread_attr_init(&attributes) != 0) return std::nullopt;
    ::pthread_attr_setstacksize(&attributes, stack_size);
    // A thread begins with the mask of who starts it.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t id{};
    const int failure = ::pthread_create(&id, &attributes, body, argument);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::pthread_attr_destroy(&attributes);
    if (failure != 0) return std::nullopt;
    return Thread{id};
}

bool Thread::join(base::Duration patience) {
    timespec deadline{};
    ::clock_gettime(CLOCK_REALTIME, &deadline);
    const auto nanoseconds = deadline.tv_nsec + patience.count() % 1000 * 1'000'000;
    deadline.tv_sec += patience.count() / 1000 + nanoseconds / 1'000'000'000;
    deadline.tv_nsec = nanoseconds % 1'000'000'000;
    if (::pthread_timedjoin_np(id_, nullptr, &deadline) == 0) return true;
    ::pthread_detach(id_);
    return false;
}

base::Result<UniqueFd> open_wakeup() {
    UniqueFd descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (!descriptor) return base::Error::from_errno("open", "an eventfd");
    return descriptor;
}

void post_wakeup(int descriptor) { ::eventfd_write(descriptor, 1); }

void take_wakeups(int descriptor) {
    eventfd_t count = 0;
    ::eventfd_read(descriptor, &count);
}

}  // namespace os

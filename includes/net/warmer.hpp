// Gets parts of files into the page cache by helper threads, so that whoever sends them doesn't wait for a disk. The
// threads touch files alone: no socket, no buffer, no connection. The loop's thread asks, goes on with something else,
// and is told through a descriptor in its epoll. No thread runs before the first question.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "net/event_loop.hpp"
#include "os/thread.hpp"
#include "os/unique_fd.hpp"

namespace net {

class Warmer;
struct WarmingJob;

// A member of who waits for a part of a file; destroyed, it waits no longer, and nobody is woken.
class Warming {
public:
    Warming() = default;
    Warming(const Warming&) = delete;
    Warming& operator=(const Warming&) = delete;
    ~Warming() { withdraw(); }

    // The watch of `ticket` gets a turn when the part is in memory, or can't be read. The file may be closed meanwhile.
    // False: it can't be had fetched (no descriptor, no thread), read it as ever. Precondition: not pending.
    bool ask(Warmer& warmer, int file, std::uint64_t offset, std::uint64_t length, EventLoop::Ticket ticket);

    bool pending() const { return job_ != nullptr; }
    void withdraw();

private:
    friend class Warmer;

    WarmingJob* job_ = nullptr;  // the warmer's; null once it is done
};

class Warmer final : Watcher {
public:
    // `wakeup` is from os::open_wakeup().
    Warmer(EventLoop& loop, os::UniqueFd wakeup);
    ~Warmer();

private:
    friend class Warming;
    struct Shared;

    // As many disk reads at a time; more wait their turn. Each costs a stack of which 70 KiB are used.
    static constexpr std::size_t most_threads = 8;
    // How long the end waits for reads that are under way; a disk that doesn't answer is not waited for.
    static constexpr base::Duration patience{1'000};

    static void* work(void* shared);

    void on_turn() override;  // jobs are done
    bool submit(std::unique_ptr<WarmingJob> job);
    bool start_thread();
    std::unique_ptr<WarmingJob> new_job();

    EventLoop& loop_;
    std::shared_ptr<Shared> shared_;
    std::vector<os::Thread> threads_;
    std::vector<std::unique_ptr<WarmingJob>> unused_;  // kept for their memory
    Watch watch_;
};

}  // namespace net

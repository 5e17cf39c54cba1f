// The epoll. It collects what became ready, then gives everyone concerned one turn each; who still has something to
// do asks for another turn, which comes after the next epoll_wait. Knows descriptors and readiness, nothing of bytes
// or requests.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace net {

// Whoever watches a descriptor. on_turn() comes at most once after each epoll_wait. It may destroy other watchers,
// but not itself: who is done says so to its owner, who sweeps after the turn.
class Watcher {
public:
    virtual void on_turn() = 0;

protected:
    ~Watcher() = default;
};

// Who gets its turn when several have something new.
enum class Precedence : std::uint8_t {
    first,  // before everyone else: what it learns must be known to the others
    usual,
};

class EventLoop {
public:
    static base::Result<os::UniqueFd> open_epoll();
    explicit EventLoop(os::UniqueFd epoll) : epoll_(std::move(epoll)) {}

    // One epoll_wait, then the turns of all who have something new or asked for one. Waits until something happens,
    // but not longer than `timeout` (negative: for ever), and not at all when somebody asked for another turn.
    // False: so much was ready that epoll may have more to report.
    bool turn(base::Clock& clock, base::Duration timeout);

    // Somebody has asked for another turn: the next one will not wait.
    bool is_busy() const { return !run_list_.empty(); }

    // Names a watch, for good: once it is gone, no other one has this name.
    struct Ticket {
        std::uint32_t slot = 0;
        std::uint32_t generation = 0;
    };

    // Another turn for the one that is named, if it is still there.
    void wake(Ticket ticket) {
        if (slots_[ticket.slot].generation == ticket.generation) enlist(ticket.slot);
    }

private:
    friend class Watch;

    // What epoll hands back is slot and generation, never a pointer: an event for a descriptor that is gone finds
    // another generation.
    struct Slot {
        Watcher* watcher = nullptr;
        std::uint32_t generation = 0;
        std::uint32_t ready = 0;  // EPOLL* bits that were reported and not used up
        bool listed = false;      // on the run list
        Precedence precedence = Precedence::usual;
    };

    static constexpr std::size_t batch_size = 512;  // events of one epoll_wait

    std::uint32_t take_slot(Watcher& watcher, Precedence precedence);
    void free_slot(std::uint32_t slot);
    void enlist(std::uint32_t slot);
    void note(const epoll_event& event);
    void give_turns(std::vector<Ticket>& list);

    os::UniqueFd epoll_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::vector<Ticket> run_list_;
    std::vector<Ticket> running_;      // the list of this turn, kept for its memory
    std::vector<Ticket> going_first_;  // those who go before them
    std::array<epoll_event, batch_size> events_{};
};

// A descriptor's registration, and its readiness as far as it was reported and not used up. A member declared after
// the descriptor, so that it goes first; closing the descriptor then takes it out of the epoll (epoll(7), Q6:
// CLOEXEC, never duplicated; where it is, leave() goes before).
class Watch {
public:
    Watch(EventLoop& loop, int descriptor, std::uint32_t events, Watcher& watcher,
          Precedence precedence = Precedence::usual);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { loop_.free_slot(slot_); }

    bool registered() const {
        return registered_;
    }  // false: the kernel had no memory, or its limit of watches is reached

    // The end of the stream counts as readable: reading it tells.
    bool readable() const { return (ready() & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0; }
    bool writable() const { return (ready() & EPOLLOUT) != 0; }
    bool failed() const { return (ready() & EPOLLERR) != 0; }
    bool hung_up() const { return (ready() & EPOLLHUP) != 0; }  // both directions are over

    // A transfer came out short. Reading stays possible once the end was reported: no further edge would tell of it.
    void used_up_reading() { loop_.slots_[slot_].ready &= ~static_cast<std::uint32_t>(EPOLLIN); }
    void used_up_writing() { loop_.slots_[slot_].ready &= ~static_cast<std::uint32_t>(EPOLLOUT); }

    // Another turn, after the next epoll_wait, whatever that reports.
    void again() { loop_.enlist(slot_); }

    EventLoop::Ticket ticket() const { return {slot_, loop_.slots_[slot_].generation}; }

    // For level-triggered watches: which events are reported from now on; what was reported before is forgotten.
    void change(int descriptor, std::uint32_t events);

    // Nothing is reported any more. For a descriptor that another process holds too: closing ours leaves the socket
    // open, and with it its place in the epoll.
    void leave(int descriptor);

    // For edge-triggered ones: epoll reports anew what is ready now, as if it had just become so.
    void ask_anew(int descriptor, std::uint32_t events) const;

private:
    std::uint32_t ready() const { return loop_.slots_[slot_].ready; }

    EventLoop& loop_;
    std::uint32_t slot_;
    bool registered_;
};

}  // namespace net

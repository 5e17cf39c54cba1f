// The process over several that serve: it holds what they serve with, replaces one that dies, and passes signals on.
// It accepts nobody itself. It keeps the listening sockets open, so that clients who wait in the queue of a worker that
// died are served by the next one in its place.
#pragma once

#include <unistd.h>

#include <memory>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "net/event_loop.hpp"
#include "os/log.hpp"
#include "os/process.hpp"
#include "server/preparation.hpp"

namespace server {

class Master final : net::Watcher {
public:
    static base::Result<std::unique_ptr<Master>> start(Prepared prepared);

    // Starts a worker for each socket set and supervises them until a signal ends all: TERM, INT or QUIT let what is in
    // flight finish, a second one doesn't. HUP does the same where a terminal hung up. USR1 opens the logs anew,
    // everywhere. Then it returns nullopt. In each worker it returns too, with what that one serves with; the Master
    // is of no use there, and to be destroyed first.
    std::optional<Equipment> run();

private:
    static constexpr base::Duration short_life{1'000};     // who dies before doesn't do it by accident
    static constexpr base::Duration first_delay{100};      // before the replacement of the second of them in a row
    static constexpr base::Duration longest_delay{5'000};  // it doubles up to here
    static constexpr base::Duration patience{35'000};      // with workers that are to end: they allow themselves 30 s
    static constexpr base::Duration patience_at_last{2'000};  // with workers that are to end at once

    // Where a worker serves, or where the next one will.
    struct Place final : net::Watcher {
        explicit Place(std::size_t position) : number(position) {}
        void on_turn() override { has_ended = true; }

        std::size_t number;  // from 0
        std::optional<os::Child> worker;
        std::optional<net::Watch> watch;  // of the worker's end
        bool has_ended = false;
        base::Instant started{};
        base::Instant due{};       // when the next worker is to start
        unsigned short_lives = 0;  // in a row
        bool had_worker = false;
    };

    struct Descriptors {
        os::UniqueFd epoll;
        os::UniqueFd signals;
    };
    Master(Descriptors descriptors, Prepared prepared, os::LogSink log);

    void on_turn() override;  // a signal
    void handle(int signal);
    void end(int order);
    void order(int signal) const;
    void reopen_logs();

    bool fill(Place& place);  // true: this is the worker
    void bury(Place& place);
    void plan(Place& place, const os::Exit& exit, base::Duration life);
    Equipment equipment_of(const Place& place);
    void kill_who_is_late();
    bool finished() const;
    base::Duration wait_time() const;
    std::string name_of(const Place& place) const;
    void log(os::LogLevel level, std::string_view message) { error_log_.write(level, message); }

    const pid_t pid_ = ::getpid();  // the master's, in its workers too
    base::Clock clock_;
    Prepared prepared_;
    os::ErrorLog error_log_;
    net::EventLoop loop_;
    os::UniqueFd signals_;
    net::Watch signal_watch_;
    std::vector<std::unique_ptr<Place>> places_;
    std::optional<base::Instant> end_deadline_;  // set once the workers were told to end
};

}  // namespace server

// The server as a whole: its listening sockets, its connections and their limits, its signals, and how it ends.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "base/buffer.hpp"
#include "base/clock.hpp"
#include "net/event_loop.hpp"
#include "net/listener.hpp"
#include "net/timers.hpp"
#include "net/warmer.hpp"
#include "os/left_file.hpp"
#include "os/sandbox.hpp"
#include "server/connection.hpp"
#include "server/exchange_pool.hpp"
#include "server/preparation.hpp"
#include "server/site.hpp"
#include "server/timestamps.hpp"

namespace server {

class Server final : net::Acceptor, net::Watcher, net::TimerOwner {
public:
    // Opens what is this process's alone, and becomes the configured user. What fails is said with its place in the
    // configuration where it has one.
    static base::Result<std::unique_ptr<Server>> start(Equipment equipment);
    ~Server();

    // Serves until a signal ends it: TERM, INT or QUIT let what is in flight finish, a second one doesn't. HUP does the
    // same where a terminal hung up. USR1 opens the logs anew. A worker leaves what a terminal or a person may send to
    // its master: TERM lets it finish, however often it comes, USR2 doesn't.
    void run();

private:
    static constexpr base::Duration drain_limit{30'000};
    static constexpr base::Duration arrival_limit{500};  // how long who is on the way may still arrive
    static constexpr base::Duration drain_look{50};      // how often it is looked who has become idle meanwhile
    static constexpr base::Duration pause_limit{
        500};  // what runs short may come back without a connection of ours ending
    static constexpr std::size_t scratch_size = 64 * 1024;

    // Why nobody is accepted at the moment.
    enum class PauseReason { none, connections, failure };

    struct Descriptors {
        os::UniqueFd epoll;
        os::UniqueFd signals;
        os::UniqueFd wakeup;
    };
    Server(Descriptors descriptors, Equipment& equipment);

    base::Result<void> listen(SocketSet sockets);
    std::size_t socket_of(int connection, std::size_t listener) const;
    base::Result<void> become_user();

    void on_turn() override;      // a signal
    void on_deadline() override;  // time to try accepting again
    bool has_room(bool someone_waits) override;
    void take(os::Accepted accepted, std::size_t listener) override;
    void accepting_failed(int code) override;

    bool make_room();
    void handle(int signal);
    void drain();
    void stop_listening();
    void close_who_can_be_spared();
    bool finished() const;
    base::Duration wait_time() const;
    void end_turn(bool all_was_reported);
    void sweep();
    void pause_listeners(PauseReason reason);
    void resume_listeners();

    // In the order in which they are built, so that what is used outlives its users.
    base::Clock clock_;
    net::Timers timers_{clock_.now()};
    base::BlockPool blocks_;
    os::DescriptorReserve reserve_;
    std::shared_ptr<const config::Settings> settings_;
    CounterTable counters_;
    Counters& counted_;  // by this process
    std::optional<pid_t> master_;
    net::EventLoop loop_;
    os::UniqueFd signals_;
    net::Watch signal_watch_;
    net::Warmer warmer_;
    net::Timer pause_timer_{timers_, *this};
    std::unique_ptr<Site> site_;
    Timestamps timestamps_{clock_};
    ExchangePool exchanges_;
    base::IntrusiveList<IdleMark> idle_;
    base::IntrusiveList<IdleMark> silent_;
    std::vector<Connection*> closed_;
    std::unique_ptr<std::array<char, scratch_size>> scratch_ = std::make_unique<std::array<char, scratch_size>>();
    std::optional<Services> services_;
    std::vector<std::unique_ptr<net::Listener>> listeners_;
    std::vector<os::LeftFile> left_files_;     // the sockets' and the pid file
    std::vector<std::size_t> shared_sockets_;  // indices of the sockets that another one opens
    std::vector<std::unique_ptr<Connection>> connections_;
    std::optional<base::Instant> drain_deadline_;
    bool ends_at_once_ = false;
    PauseReason paused_ = PauseReason::none;
    os::RateLimit complaints_;
};

}  // namespace server

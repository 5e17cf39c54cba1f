#include "server/server.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "os/signals.hpp"

namespace server {

namespace {

base::Error at(const config::Origin& origin, base::Error error) {
    error.message = origin.to_string() + ": " + error.message;
    return error;
}

// A worker's are only those that its master sends: what a terminal sends reaches the whole process group (^C), and the
// master has it already.
base::Result<os::UniqueFd> open_signals(bool of_worker) {
    if (!of_worker) return os::open_signals({SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1});
    os::ignore_signals({SIGINT, SIGQUIT, SIGHUP});
    return os::open_signals({drain_order, cut_order, reopen_order});
}

}  // namespace

base::Result<std::unique_ptr<Server>> Server::start(Equipment equipment) {
    base::Result<os::UniqueFd> epoll = net::EventLoop::open_epoll();
    if (!epoll) return epoll.error();
    base::Result<os::UniqueFd> signals = open_signals(equipment.master.has_value());
    if (!signals) return signals.error();
    base::Result<os::UniqueFd> wakeup = os::open_wakeup();
    if (!wakeup) return wakeup.error();

    std::unique_ptr<Server> server{
        new Server{{std::move(epoll).value(), std::move(signals).value(), std::move(wakeup).value()}, equipment}};
    base::Result<std::unique_ptr<Site>> site =
        Site::open(server->settings_, std::move(equipment.logs),
                   {server->clock_, server->loop_, server->timers_, server->reserve_, equipment.descriptor_limit});
    if (!site) return site.error();
    server->site_ = std::move(site).value();
    server->services_.emplace(Services{server->clock_, server->loop_, server->timers_, server->warmer_, server->blocks_,
                                       *server->scratch_, *server->site_, server->timestamps_, server->exchanges_,
                                       server->idle_, server->silent_, server->closed_, server->counted_});
    if (auto listens = server->listen(std::move(equipment.sockets)); !listens) return listens.error();
    if (auto became = server->become_user(); !became) return became.error();
    if (handlers::Logins* logins = server->site_->logins()) logins->start();
    if (equipment.warning) server->site_->error_log().write(os::LogLevel::warn, *equipment.warning);
    return server;
}

Server::Server(Descriptors descriptors, Equipment& equipment)
    : settings_(std::move(equipment.settings)),
      counters_(std::move(equipment.counters)),
      counted_(counters_.of(equipment.place)),
      master_(equipment.master),
      loop_(std::move(descriptors.epoll)),
      signals_(std::move(descriptors.signals)),
      signal_watch_(loop_, signals_.fd(), EPOLLIN, *this),
      warmer_(loop_, std::move(descriptors.wakeup)),
      left_files_(std::move(equipment.left_files)) {}

Server::~Server() {
    connections_.clear();
    listeners_.clear();
}

base::Result<void> Server::listen(SocketSet sockets) {
    net::Acceptor& acceptor = *this;
    for (ListeningSocket& socket : sockets) {
        listeners_.push_back(
            std::make_unique<net::Listener>(loop_, std::move(socket.descriptor), acceptor, socket.index));
        if (!listeners_.back()->registered())
            return at(settings_->sockets[socket.index].origin,
                      base::Error{"the kernel's limit of epoll watches is reached"});
    }
    for (std::size_t index = 0; index < settings_->sockets.size(); ++index) {
        if (settings_->sockets[index].opened_by) shared_sockets_.push_back(index);
    }
    return {};
}

base::Result<void> Server::become_user() {
    if (!settings_->user.empty() && ::geteuid() == 0) {
        if (auto became = os::switch_user(settings_->user, settings_->group); !became)
            return at(settings_->user_origin, became.error());
    }
    if (master_ && !os::end_with_parent(*master_, drain_order)) return base::Error{"the master process is gone"};
    return {};
}

void Server::run() {
    site_->flush_error_logs();
    while (!finished()) {
        const bool all_was_reported = loop_.turn(clock_, wait_time());
        timers_.advance(clock_.now());
        end_turn(all_was_reported);
    }
    if (!connections_.empty()) {
        site_->error_log().write(os::LogLevel::warn,
                                 std::to_string(connections_.size()) + " connections were cut off at the end");
    }
    for (const auto& connection : connections_) connection->close();
    sweep();
    if (!master_) site_->error_log().write(os::LogLevel::notice, to_string(counters_.sum()));
    site_->flush_logs();
}

bool Server::finished() const {
    if (ends_at_once_) return true;
    if (!drain_deadline_) return false;
    return clock_.now() >= *drain_deadline_ || (connections_.empty() && listeners_.empty());
}

base::Duration Server::wait_time() const {
    if (loop_.is_busy()) return base::Duration{0};
    if (drain_deadline_) return drain_look;
    return timers_.until_next(clock_.now()).value_or(base::Duration{-1});
}

void Server::end_turn(bool all_was_reported) {
    // Only when epoll had nothing more to report can a connection be known to have nothing to read.
    if (drain_deadline_ && all_was_reported) close_who_can_be_spared();
    if (drain_deadline_ && !listeners_.empty()) stop_listening();
    sweep();
    site_->flush_error_logs();
    // Somebody has become idle who can make room for somebody who waits.
    if (paused_ == PauseReason::connections && !idle_.empty()) resume_listeners();
}

void Server::close_who_can_be_spared() {
    for (base::IntrusiveList<IdleMark>* waiting : {&idle_, &silent_}) {
        while (!waiting->empty() && waiting->front().connection.can_be_spared()) waiting->front().connection.close();
    }
}

void Server::sweep() {
    if (closed_.empty()) return;
    for (Connection* connection : closed_) {
        const std::size_t position = connection->position;
        connections_[position].swap(connections_.back());
        connections_[position]->position = position;
        connections_.pop_back();
    }
    counted_.open.subtract(closed_.size());
    closed_.clear();
    resume_listeners();
}

void Server::on_turn() {
    signal_watch_.used_up_reading();
    while (const std::optional<int> signal = os::next_signal(signals_.fd())) handle(*signal);
}

void Server::handle(int signal) {
    if (signal == SIGUSR1) return site_->reopen_logs();
    if (signal == SIGHUP && !os::has_terminal()) {
        return site_->error_log().write(
            os::LogLevel::warn, "HUP: the configuration can't be read again while running; restart to change it");
    }
    const bool again = drain_deadline_.has_value();
    if (!again) drain();
    // A worker may be told to drain by more than its master: a service manager signals all of its processes.
    if (master_ ? signal == cut_order : again) ends_at_once_ = true;
}

void Server::on_deadline() {
    resume_listeners();
    if (paused_ != PauseReason::none) pause_timer_.set(clock_.now() + pause_limit);
}

void Server::drain() {
    site_->error_log().write(os::LogLevel::notice,
                             "draining: " + std::to_string(connections_.size()) + " connections are open");
    services_->draining = true;
    drain_deadline_ = clock_.now() + drain_limit;
    for (const auto& listener : listeners_) os::stop_deferring(listener->descriptor());
    stop_listening();
}

// Who stands in the backlog was promised to be served; so was, as he sees it, who is still on the way.
void Server::stop_listening() {
    std::vector<std::uint16_t> ports;
    for (const auto& listener : listeners_) {
        listener->accept_all();
        ports.push_back(os::local_endpoint(listener->descriptor()).port());
    }
    const base::Instant latest = *drain_deadline_ - drain_limit + arrival_limit;
    if (clock_.now() < latest && os::somebody_is_on_the_way(ports)) return;
    for (const auto& listener : listeners_) listener->accept_all();
    // From here on another instance may listen, and leave files of its own.
    listeners_.clear();
    left_files_.clear();
}

bool Server::has_room(bool someone_waits) {
    if (connections_.size() - closed_.size() < settings_->worker_connections) return true;
    if (!someone_waits) return false;
    if (make_room()) return true;
    if (complaints_.pass(clock_.now())) {
        site_->error_log().write(os::LogLevel::alert,
                                 std::to_string(settings_->worker_connections) +
                                     " worker_connections are in use and none is idle: new clients wait");
    }
    pause_listeners(PauseReason::connections);
    return false;
}

// Closes the connection that has been idle for longest; one that never said anything only when no other is idle.
bool Server::make_room() {
    constexpr int looks = 8;  // past those whose next request has just come
    for (base::IntrusiveList<IdleMark>* idle : {&idle_, &silent_}) {
        for (int i = 0; i < looks && !idle->empty(); ++i) {
            IdleMark& oldest = idle->front();
            if (oldest.connection.can_be_spared()) {
                oldest.connection.close();
                return true;
            }
            if (idle == &idle_) idle->push_back(oldest);
        }
    }
    return false;
}

// A wildcard's listener takes the connections of narrower addresses too: where this one arrived tells whose it is.
std::size_t Server::socket_of(int connection, std::size_t listener) const {
    if (shared_sockets_.empty()) return listener;
    const os::Endpoint arrived_at = os::local_endpoint(connection);
    for (std::size_t index : shared_sockets_) {
        const config::Socket& socket = settings_->sockets[index];
        if (socket.opened_by == listener && socket.endpoint == arrived_at) return index;
    }
    return listener;
}

void Server::take(os::Accepted accepted, std::size_t listener) {
    listener = socket_of(accepted.socket.fd(), listener);
    counted_.accepted.add(1);
    auto connection =
        std::make_unique<Connection>(*services_, std::move(accepted), listener, counted_.accepted.value());
    if (!connection->registered()) {
        if (complaints_.pass(clock_.now()))
            site_->error_log().write(os::LogLevel::alert,
                                     "epoll_ctl: no memory or no watch left: a client was turned away");
        return;
    }
    counted_.open.add(1);
    connection->position = connections_.size();
    connections_.push_back(std::move(connection));
}

void Server::accepting_failed(int code) {
    if (complaints_.pass(clock_.now())) {
        site_->error_log().write(os::LogLevel::alert, "accept: " + base::describe(code) +
                                                          ": new clients wait, those who are here are served on");
    }
    site_->files().close_spare_files();
    pause_listeners(PauseReason::failure);
}

void Server::pause_listeners(PauseReason reason) {
    paused_ = reason;
    pause_timer_.set(clock_.now() + pause_limit);
    for (const auto& listener : listeners_) listener->pause();
}

// Only with the reserve full again, so that the next clients don't take the descriptors that those who are here need.
void Server::resume_listeners() {
    const bool refilled = reserve_.refill();
    if (paused_ == PauseReason::none || !refilled) return;
    paused_ = PauseReason::none;
    for (const auto& listener : listeners_) listener->resume();
}

}  // namespace server

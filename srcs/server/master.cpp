#include "server/master.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "os/sandbox.hpp"
#include "os/signals.hpp"

namespace server {

base::Result<std::unique_ptr<Master>> Master::start(Prepared prepared) {
    base::Result<os::UniqueFd> epoll = net::EventLoop::open_epoll();
    if (!epoll) return epoll.error();
    // With `cut_order`, which is for workers: one that has just been forked must not die of it.
    base::Result<os::UniqueFd> signals = os::open_signals({SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, cut_order});
    if (!signals) return signals.error();
    base::Result<os::LogSink> log = prepared.logs.error_logs.front().duplicate();
    if (!log) return log.error();
    std::unique_ptr<Master> master{new Master{
        {std::move(epoll).value(), std::move(signals).value()}, std::move(prepared), std::move(log).value()}};
    if (master->prepared_.warning) master->log(os::LogLevel::warn, *master->prepared_.warning);
    return master;
}

Master::Master(Descriptors descriptors, Prepared prepared, os::LogSink log)
    : prepared_(std::move(prepared)),
      error_log_(std::move(log), prepared_.settings->error_logs.front().level, clock_),
      loop_(std::move(descriptors.epoll)),
      signals_(std::move(descriptors.signals)),
      signal_watch_(loop_, signals_.fd(), EPOLLIN, *this) {
    for (std::size_t number = 0; number < prepared_.socket_sets.size(); ++number)
        places_.push_back(std::make_unique<Place>(number));
}

std::optional<Equipment> Master::run() {
    while (!finished()) {
        for (const auto& place : places_) {
            const bool empty = !place->worker && !end_deadline_;
            if (empty && place->due <= clock_.now() && fill(*place)) return equipment_of(*place);
        }
        error_log_.flush();
        loop_.turn(clock_, wait_time());
        // After the turn: a signal that came with it has been handled, and who ended because of it isn't replaced.
        for (const auto& place : places_) {
            if (place->has_ended) bury(*place);
        }
        kill_who_is_late();
    }
    const Totals totals = prepared_.counters.sum();
    log(os::LogLevel::notice, to_string(totals) + ", " + std::to_string(totals.replaced) + " workers were replaced");
    error_log_.flush();
    return std::nullopt;
}

bool Master::finished() const {
    return end_deadline_ && std::ranges::none_of(places_, [](const auto& place) { return place->worker.has_value(); });
}

base::Duration Master::wait_time() const {
    if (end_deadline_) return std::max(*end_deadline_ - clock_.now(), base::Duration{0});
    base::Duration wait{-1};
    for (const auto& place : places_) {
        if (place->has_ended) return base::Duration{0};  // it could not be watched
        if (place->worker) continue;
        const base::Duration left = std::max(place->due - clock_.now(), base::Duration{0});
        wait = wait.count() < 0 ? left : std::min(wait, left);
    }
    return wait;
}

void Master::on_turn() {
    signal_watch_.used_up_reading();
    while (const std::optional<int> signal = os::next_signal(signals_.fd())) handle(*signal);
}

void Master::handle(int signal) {
    if (signal == cut_order) return;
    if (signal == SIGUSR1) return reopen_logs();
    if (signal == SIGHUP && !os::has_terminal()) {
        return log(os::LogLevel::warn,
                   "HUP: the configuration can't be read again while running; restart to change it");
    }
    end(end_deadline_ ? cut_order : drain_order);
}

void Master::end(int order_to_end) {
    const bool at_once = order_to_end == cut_order;
    log(os::LogLevel::notice, at_once ? "a second signal: the workers end at once" : "the workers finish and end");
    end_deadline_ = clock_.now() + (at_once ? patience_at_last : patience);
    // From here on another server may listen, and leave files of its own. The workers still take everyone who waits.
    prepared_.socket_sets.clear();
    prepared_.left_files.clear();
    order(order_to_end);
}

void Master::order(int signal) const {
    for (const auto& place : places_) {
        if (place->worker) place->worker->signal(signal);
    }
}

// The master first: whoever comes next finds the files there, and a worker that is forked meanwhile has the new ones.
void Master::reopen_logs() {
    const auto reopen = [this] {
        static_cast<void>(error_log_.reopen());  // the same file as the first of these: one complaint is enough
        prepared_.logs.reopen([this](const base::Error& error) {
            log(os::LogLevel::alert, error.message + "; the old file stays in use");
        });
    };
    // Workers could have put a link where root would follow it.
    const bool keeps_root = !prepared_.settings->user.empty() && ::geteuid() == 0;
    if (!keeps_root) {
        reopen();
    } else if (auto done = os::work_as_user(prepared_.settings->user, prepared_.settings->group, reopen); !done) {
        log(os::LogLevel::alert, done.error().message);
    }
    order(reopen_order);
}

bool Master::fill(Place& place) {
    place.started = clock_.now();
    base::Result<std::optional<os::Child>> forked = os::fork_process();
    if (!forked) {
        log(os::LogLevel::alert, forked.error().message + ": " + name_of(place) + " is tried again in a second");
        place.due = clock_.now() + short_life;
        return false;
    }
    if (!*forked) return true;
    place.worker = std::move(*forked);
    place.watch.emplace(loop_, place.worker->descriptor(), EPOLLIN, place);
    if (!place.watch->registered()) {
        log(os::LogLevel::alert, "epoll_ctl: no memory or no watch left for " + name_of(place));
        place.worker->signal(SIGKILL);
        place.has_ended = true;
    }
    if (place.had_worker) prepared_.counters.of(place.number).replaced.add(1);
    place.had_worker = true;
    log(os::LogLevel::notice, name_of(place) + " starts");
    return false;
}

void Master::bury(Place& place) {
    place.has_ended = false;
    const os::Exit exit = place.worker->reap();
    prepared_.counters.of(place.number).open.clear();
    if (!end_deadline_) {
        plan(place, exit, clock_.now() - place.started);
    } else if (!exit.in_order()) {
        log(os::LogLevel::alert, name_of(place) + " " + exit.to_string());
    }
    place.watch.reset();
    place.worker.reset();
}

void Master::plan(Place& place, const os::Exit& exit, base::Duration life) {
    place.short_lives = life < short_life ? place.short_lives + 1 : 0;
    base::Duration delay{0};
    for (unsigned i = 1; i < place.short_lives && delay < longest_delay; ++i)
        delay = i == 1 ? first_delay : std::min(delay * 2, longest_delay);
    place.due = clock_.now() + delay;
    std::string line = name_of(place) + " " + exit.to_string() + " after " + std::to_string(life.count()) + " ms; ";
    line += delay.count() == 0 ? "another one takes its place at once"
                               : std::to_string(place.short_lives) + " in a row died young: the next one starts in " +
                                     std::to_string(delay.count()) + " ms";
    log(exit.in_order() ? os::LogLevel::notice : os::LogLevel::alert, line);
}

// In the worker: it takes its share of what the master has opened; the rest is closed with the Master's copy.
Equipment Master::equipment_of(const Place& place) {
    return {.settings = prepared_.settings,
            .logs = std::move(prepared_.logs),
            .sockets = std::move(prepared_.socket_sets[place.number]),
            .left_files = {},
            .counters = std::move(prepared_.counters),
            .place = place.number,
            .descriptor_limit = prepared_.descriptor_limit,
            .master = pid_,
            .warning = std::nullopt};
}

void Master::kill_who_is_late() {
    if (!end_deadline_ || clock_.now() < *end_deadline_) return;
    end_deadline_ = clock_.now() + patience_at_last;
    for (const auto& place : places_) {
        if (!place->worker) continue;
        log(os::LogLevel::alert, name_of(*place) + " does not end: it is killed");
        place->worker->signal(SIGKILL);
    }
}

std::string Master::name_of(const Place& place) const {
    const std::string name = "worker " + std::to_string(place.number + 1) + " of " + std::to_string(places_.size());
    return place.worker ? name + " (process " + std::to_string(place.worker->pid()) + ")" : name;
}

}  // namespace server

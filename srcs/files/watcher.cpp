#include "files/watcher.hpp"

#include <cerrno>

#include "base/hash.hpp"

namespace files {

Subscription::Subscription(Watcher& watcher, int watch, std::uint64_t subject, Observer& observer)
    : watcher_(watcher), watch_(watch), subject_(subject), observer_(observer) {
    ++watcher_.uses_[watch];
    watcher_.subjects_[subject].push_back(*this);
}

Subscription::~Subscription() {
    unlink();
    watcher_.release(watch_, subject_);
}

Watcher::Watcher(net::EventLoop& loop) {
    if (!events_.works()) return;
    net::Watcher& self = *this;
    watch_.emplace(loop, events_.descriptor(), EPOLLIN, self, net::Precedence::first);
}

Watcher::Outcome Watcher::watch_name(int folder, std::string_view path, std::string_view name, Observer& observer,
                                     Subscriptions& subscriptions) {
    return subscribe(events_.watch_folder(folder, path), name, observer, subscriptions);
}

Watcher::Outcome Watcher::watch_file(int file, Observer& observer, Subscriptions& subscriptions) {
    return subscribe(events_.watch_file(file), {}, observer, subscriptions);
}

Watcher::Outcome Watcher::subscribe(const base::Result<int>& watch, std::string_view name, Observer& observer,
                                    Subscriptions& subscriptions) {
    if (watch) {
        subscriptions.emplace_front(*this, watch.value(), subject_of(watch.value(), name), observer);
        return Outcome::watched;
    }
    const int code = watch.error().code;
    if (watch_ && (code == ENOENT || code == ENOTDIR)) return Outcome::absent;
    ++missed_;
    return Outcome::unwatchable;
}

void Watcher::on_turn() {
    watch_->used_up_reading();
    events_.read([this](const os::FileEvent& event) {
        switch (event.kind) {
            case os::FileEvent::Kind::changed: return notify(subject_of(event.watch, event.name));
            case os::FileEvent::Kind::forgotten:
                uses_.erase(event.watch);  // the kernel has let go of it: there is nothing left to forget
                return notify(subject_of(event.watch, {}));
            case os::FileEvent::Kind::lost: return notify_all();
        }
    });
}

std::uint64_t Watcher::subject_of(int watch, std::string_view name) {
    return base::hash(name, static_cast<std::uint64_t>(watch) * 0x9E3779B97F4A7C15U);
}

void Watcher::release(int watch, std::uint64_t subject) {
    const auto list = subjects_.find(subject);
    if (list != subjects_.end() && list->second.empty()) subjects_.erase(list);
    const auto uses = uses_.find(watch);
    if (uses == uses_.end() || --uses->second > 0) return;
    uses_.erase(uses);
    events_.forget(watch);
}

// Each observer ends its subscriptions when it is told, so that the list gets shorter each time, and is gone with the
// last one.
void Watcher::notify(std::uint64_t subject) {
    for (auto list = subjects_.find(subject); list != subjects_.end(); list = subjects_.find(subject)) {
        list->second.front().observer_.on_change();
    }
}

void Watcher::notify_all() {
    while (!subjects_.empty()) subjects_.begin()->second.front().observer_.on_change();
}

}  // namespace files

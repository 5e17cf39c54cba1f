// Who wants to know when something changes hears of it here, before any connection gets its turn: files and folders are
// watched by inotify in the same epoll. Knows no cache: only who observes what.
#pragma once

#include <cstdint>
#include <forward_list>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/intrusive_list.hpp"
#include "net/event_loop.hpp"
#include "os/file_events.hpp"

namespace files {

class Observer {
public:
    // What was observed has changed, or may have. Ends all subscriptions of this observer.
    virtual void on_change() = 0;

protected:
    ~Observer() = default;
};

class Watcher;

// One observer's interest in one thing; ends when it is destroyed.
class Subscription : base::Link {
public:
    Subscription(Watcher& watcher, int watch, std::uint64_t subject, Observer& observer);
    ~Subscription();

private:
    friend class Watcher;
    friend class base::IntrusiveList<Subscription>;

    Watcher& watcher_;
    int watch_;
    std::uint64_t subject_;
    Observer& observer_;
};

using Subscriptions = std::forward_list<Subscription>;

class Watcher final : net::Watcher {
public:
    explicit Watcher(net::EventLoop& loop);
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

    enum class Outcome : std::uint8_t {
        watched,
        absent,       // there is no such folder
        unwatchable,  // no inotify, the user's limit of watches is reached, or the folder may not be read
    };

    // From now on `observer` hears when the entry `name` of the folder at `path` beneath the open `folder` comes,
    // goes, or is replaced. An empty name: when the folder itself is removed, moved, or changes its mode.
    Outcome watch_name(int folder, std::string_view path, std::string_view name, Observer& observer,
                       Subscriptions& subscriptions);

    // ... when the content or the status of the open `file` changes, whatever name it is changed by.
    Outcome watch_file(int file, Observer& observer, Subscriptions& subscriptions);

    // Watches that could not be set since the start.
    std::uint64_t missed() const { return missed_; }

private:
    friend class Subscription;

    // What shares a key by accident hears of each other's changes: that costs a look, no more.
    using Subjects = std::unordered_map<std::uint64_t, base::IntrusiveList<Subscription>>;

    static std::uint64_t subject_of(int watch, std::string_view name);
    Outcome subscribe(const base::Result<int>& watch, std::string_view name, Observer& observer,
                      Subscriptions& subscriptions);
    void release(int watch, std::uint64_t subject);
    void notify(std::uint64_t subject);
    void notify_all();
    void on_turn() override;

    os::FileEvents events_;
    Subjects subjects_;
    std::unordered_map<int, std::size_t> uses_;  // subscriptions of each watch
    std::uint64_t missed_ = 0;
    std::optional<net::Watch> watch_;
};

}  // namespace files

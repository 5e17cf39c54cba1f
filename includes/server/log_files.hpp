// Log files whose path holds variables: opened when the first line for them comes, kept open for a while.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "config/settings.hpp"
#include "net/timers.hpp"
#include "server/access_log.hpp"

namespace server {

class LogFiles final : net::TimerOwner {
public:
    // Everything given must outlive it.
    LogFiles(const config::LogFileCache& limits, const base::Clock& clock, net::Timers& timers)
        : limits_(limits), clock_(clock), timers_(timers), timer_(timers, *this) {}

    // The log at `path` that is open; null: none is. Valid until the next open().
    AccessLog* find(const std::string& path);
    // Opens it, with the buffer of `settings`; null where that can't be done, which `errors` is told once a second at
    // most.
    AccessLog* open(const std::string& path, const config::AccessLog& settings, os::ErrorLog& errors);

    void flush();
    // Files are opened anew when their next line comes.
    void reopen() { files_.clear(); }

private:
    void on_deadline() override;
    void close_inactive();

    config::LogFileCache limits_;
    const base::Clock& clock_;
    net::Timers& timers_;
    os::RateLimit complaints_;
    std::map<std::string, std::unique_ptr<AccessLog>, std::less<>> files_;
    net::Timer timer_;
};

}  // namespace server

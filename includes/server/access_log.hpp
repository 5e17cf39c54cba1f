// A log file of requests: lines are collected and written a block at a time, when the buffer is full or a while after
// its first line. A reader that is too slow for that is asked again soon, and never waited for. server/access_lines
// makes the lines.
#pragma once

#include <cstdint>
#include <string>

#include "config/settings.hpp"
#include "net/timers.hpp"
#include "os/log.hpp"

namespace server {

class AccessLog final : net::TimerOwner {
public:
    AccessLog(os::LogSink sink, const config::AccessLog& settings, const base::Clock& clock, net::Timers& timers,
              os::ErrorLog& errors);
    ~AccessLog() { flush(); }

    // Where the next line is appended, up to its line end; end_line() puts that there.
    std::string& begin_line();
    void end_line();
    base::Instant last_line_at() const { return last_line_at_; }
    void flush();
    base::Result<void> reopen();

private:
    static constexpr std::size_t size_limit = 1024 * 1024;  // bytes kept while the disk is full or the reader slow
    static constexpr base::Duration retry_interval{32};     // while the last write took less than it was given

    void on_deadline() override { flush(); }
    void drop_half();

    os::LogSink sink_;
    const base::Clock& clock_;
    os::ErrorLog& errors_;
    os::RateLimit complaints_;
    std::string buffer_;
    std::uint64_t lost_ = 0;  // lines that were dropped and not yet told of
    bool mid_line_ = false;   // the last write ended within a line: its rest is the buffer's beginning
    std::size_t flush_size_;  // bytes; the usual 16 KiB fit into an empty pipe (pipe(7))
    base::Duration flush_interval_;
    std::size_t flush_at_;  // the size at which the buffer is written: more than it has, after a short write
    base::Instant last_line_at_{};
    net::Timer timer_;
};

}  // namespace server

// One line a request, in the combined format, collected and written a block at a time: when the buffer is full or a
// second after its first line. A reader that is too slow for that is asked again soon, and never waited for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/registry.hpp"
#include "net/timers.hpp"
#include "os/log.hpp"
#include "os/socket.hpp"

namespace server {

// What is told of a request; views are read before append() returns.
struct AccessRecord {
    const os::Endpoint& peer;
    std::string_view time;          // Timestamps::log_time()
    std::string_view request_line;  // as it was sent, perhaps cut; empty when none came
    http::Status status{};
    std::uint64_t content_bytes =
        0;  // of the response's content, as far as they were handed to the kernel or queued for it
    std::string_view referer;
    std::string_view user_agent;
};

class AccessLog final : net::TimerOwner {
public:
    AccessLog(os::LogSink sink, const base::Clock& clock, net::Timers& timers, os::ErrorLog& errors);
    ~AccessLog() { flush(); }

    void append(const AccessRecord& record);
    void flush();
    base::Result<void> reopen();

private:
    static constexpr std::size_t flush_size = 16 * 1024;    // bytes; fits into an empty pipe (pipe(7))
    static constexpr std::size_t size_limit = 1024 * 1024;  // bytes kept while the disk is full or the reader slow
    static constexpr base::Duration flush_interval{1000};
    static constexpr base::Duration retry_interval{32};  // while the last write took less than it was given

    void on_deadline() override { flush(); }
    void drop_half();

    os::LogSink sink_;
    const base::Clock& clock_;
    os::ErrorLog& errors_;
    os::RateLimit complaints_;
    std::string buffer_;
    std::uint64_t lost_ = 0;  // lines that were dropped and not yet told of
    bool mid_line_ = false;   // the last write ended within a line: its rest is the buffer's beginning
    std::size_t flush_at_ =
        flush_size;  // the size at which the buffer is written: more than it has, after a short write
    net::Timer timer_;
};

}  // namespace server

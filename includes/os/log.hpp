// Where log lines go, and the error log: one line an event, in nginx's form, so that what reads nginx's logs reads
// ours. Never waits for a reader: what a full pipe doesn't take for long is dropped and counted.
#pragma once

#include <array>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace os {

// In rising severity; what is below a log's own level isn't written.
enum class LogLevel : std::uint8_t { debug, info, notice, warn, error, crit, alert, emerg };

inline constexpr std::array<std::string_view, 8> log_level_names{"debug", "info", "notice", "warn",
                                                                 "error", "crit", "alert",  "emerg"};

std::string_view name_of(LogLevel level);
std::optional<LogLevel> find_log_level(std::string_view name);

// A file that is appended to, or one of the descriptors we were started with.
class LogSink {
public:
    // "" and "/dev/stderr" are descriptor 2, "/dev/stdout" is 1: they work where the path does not (a socket, another
    // user's terminal).
    static base::Result<LogSink> open(const std::string& path);

    // Opens the same path anew, for a file that was renamed or removed (logrotate). On an error the old one stays in
    // use.
    base::Result<void> reopen();

    // Another descriptor of the same open file: both append to it.
    base::Result<LogSink> duplicate() const;

    // How many of the bytes were taken: all, unless the disk is full or a pipe's reader is slow. Of a pipe that other
    // processes write to as well, lines of up to PIPE_BUF bytes come out whole.
    std::size_t write(std::string_view bytes);

private:
    LogSink(std::string path, UniqueFd file, bool may_block)
        : path_(std::move(path)), file_(std::move(file)), may_block_(may_block) {}

    std::string path_;
    UniqueFd file_;
    bool may_block_;  // a pipe, a terminal, a socket: asked with poll before each write
};

class ErrorLog {
public:
    ErrorLog(LogSink sink, LogLevel level, const base::Clock& clock)
        : sink_(std::move(sink)), level_(level), clock_(clock) {
        waiting_.reserve(usual_size);
    }

    bool takes(LogLevel level) const { return level >= level_; }

    // "2026/11/20 18:00:00 [error] 4711#0: MESSAGE", always one line: control characters become \xHH. It waits for
    // flush(), from `crit` on it does not.
    void write(LogLevel level, std::string_view message);

    // What the sink doesn't take stays for the next time.
    void flush();

    base::Result<void> reopen() {
        flush();
        return sink_.reopen();
    }

private:
    static constexpr std::size_t usual_size = 16 * 1024;  // bytes of one turn's lines, when many fail at once
    static constexpr std::size_t size_limit = 64 * 1024;  // bytes that wait while the disk is full or the reader slow

    std::string_view stamp();

    LogSink sink_;
    LogLevel level_;
    const base::Clock& clock_;
    std::string waiting_;
    std::uint64_t lost_ = 0;  // lines there was no room for since the last one there was
    std::time_t stamp_second_ = -1;
    std::array<char, 32> stamp_{};
    std::size_t stamp_length_ = 0;
    std::string process_;  // "] 4711#0: "
};

// At most one line a second for what may happen thousands of times a second.
class RateLimit {
public:
    // Whether the event may be told of now.
    bool pass(base::Instant now);

private:
    std::optional<base::Instant> last_;
};

}  // namespace os

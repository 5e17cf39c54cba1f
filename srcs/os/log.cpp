#include "os/log.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/ascii.hpp"

namespace os {

namespace {

int inherited_descriptor(const std::string& path) {
    if (path.empty() || path == "/dev/stderr") return STDERR_FILENO;
    if (path == "/dev/stdout") return STDOUT_FILENO;
    return -1;
}

bool ready_for_writing(int fd) {
    pollfd entry{fd, POLLOUT, 0};
    return ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLOUT) != 0;
}

constexpr std::size_t longest_line = PIPE_BUF;  // bytes: what a pipe takes whole or not at all (pipe(7))

// What a pipe takes at once of `bytes`, whole lines where it can be: another process may write to it next.
std::size_t piece_for_pipe(std::string_view bytes) {
    if (bytes.size() <= longest_line) return bytes.size();
    const std::size_t line_end = bytes.rfind('\n', longest_line - 1);
    return line_end == std::string_view::npos ? longest_line : line_end + 1;
}

}  // namespace

std::string_view name_of(LogLevel level) { return log_level_names[static_cast<std::size_t>(level)]; }

std::optional<LogLevel> find_log_level(std::string_view name) {
    const auto* found = std::ranges::find(log_level_names, name);
    if (found == log_level_names.end()) return std::nullopt;
    return static_cast<LogLevel>(found - log_level_names.begin());
}

base::Result<LogSink> LogSink::open(const std::string& path) {
    const int inherited = inherited_descriptor(path);
    UniqueFd file{inherited >= 0
                      ? ::fcntl(inherited, F_DUPFD_CLOEXEC, 3)
                      : ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644)};
    if (!file) return base::Error::from_errno("open log", path.empty() ? "stderr" : path);
    struct stat status {};
    const bool known = ::fstat(file.fd(), &status) == 0;
    const bool device = known && S_ISCHR(status.st_mode) && ::isatty(file.fd()) == 0;  // /dev/null
    const bool regular = known && S_ISREG(status.st_mode);
    return LogSink{path, std::move(file), !regular && !device};
}

base::Result<void> LogSink::reopen() {
    if (inherited_descriptor(path_) >= 0) return {};
    base::Result<LogSink> opened = open(path_);
    if (!opened) return opened.error();
    *this = std::move(opened).value();
    return {};
}

base::Result<LogSink> LogSink::duplicate() const {
    UniqueFd file{::fcntl(file_.fd(), F_DUPFD_CLOEXEC, 3)};
    if (!file) return base::Error::from_errno("open log", path_.empty() ? "stderr" : path_);
    return LogSink{path_, std::move(file), may_block_};
}

std::size_t LogSink::write(std::string_view bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        if (may_block_ && !ready_for_writing(file_.fd())) break;
        // A pipe that is ready takes PIPE_BUF bytes without blocking (pipe(7)); a file takes all.
        const std::string_view rest = bytes.substr(done);
        const ssize_t result = ::write(file_.fd(), rest.data(), may_block_ ? piece_for_pipe(rest) : rest.size());
        if (result < 0 && errno == EINTR) continue;
        if (result <= 0) break;
        done += static_cast<std::size_t>(result);
    }
    return done;
}

void ErrorLog::write(LogLevel level, std::string_view message) {
    if (!takes(level)) return;
    if (waiting_.size() > size_limit) {
        ++lost_;
        return;
    }
    const std::size_t begin = waiting_.size();
    waiting_.append(stamp()).append(name_of(level)).append(process_);
    base::append_on_one_line(waiting_, message);
    if (lost_ > 0) waiting_.append(" (").append(std::to_string(lost_)).append(" lines before this one were lost)");
    lost_ = 0;
    if (waiting_.size() - begin >= longest_line) waiting_.resize(begin + longest_line - 1);
    waiting_.push_back('\n');
    if (level >= LogLevel::crit) flush();
}

void ErrorLog::flush() {
    if (waiting_.empty()) return;
    waiting_.erase(0, sink_.write(waiting_));
}

// "2026/11/20 18:00:00 [", made once a second.
std::string_view ErrorLog::stamp() {
    const std::time_t now = clock_.wall().tv_sec;
    if (now != stamp_second_) {
        stamp_second_ = now;
        std::tm local{};
        ::localtime_r(&now, &local);
        stamp_length_ = std::strftime(stamp_.data(), stamp_.size(), "%Y/%m/%d %H:%M:%S [", &local);
        process_ = "] " + std::to_string(::getpid()) + "#0: ";
    }
    return {stamp_.data(), stamp_length_};
}

bool RateLimit::pass(base::Instant now) {
    if (last_ && now - *last_ < std::chrono::seconds{1}) return false;
    last_ = now;
    return true;
}

}  // namespace os

#include "server/access_log.hpp"

#include <algorithm>
#include <utility>

namespace server {

AccessLog::AccessLog(os::LogSink sink, const config::AccessLog& settings, const base::Clock& clock, net::Timers& timers,
                     os::ErrorLog& errors)
    : sink_(std::move(sink)),
      clock_(clock),
      errors_(errors),
      flush_size_(std::max<std::size_t>(settings.buffer, 1)),
      flush_interval_(settings.flush),
      flush_at_(flush_size_),
      timer_(timers, *this) {}

std::string& AccessLog::begin_line() {
    last_line_at_ = clock_.now();
    if (buffer_.empty()) timer_.set(clock_.now() + flush_interval_);
    return buffer_;
}

void AccessLog::end_line() {
    buffer_.push_back('\n');
    if (buffer_.size() >= flush_at_) flush();
    if (buffer_.size() > size_limit) drop_half();
}

void AccessLog::flush() {
    if (buffer_.empty()) return;
    const std::size_t written = sink_.write(buffer_);
    if (written > 0) mid_line_ = buffer_[written - 1] != '\n';
    buffer_.erase(0, written);
    flush_at_ = buffer_.size() + flush_size_;
    if (!buffer_.empty()) timer_.set(clock_.now() + retry_interval);
}

base::Result<void> AccessLog::reopen() {
    flush();
    base::Result<void> reopened = sink_.reopen();
    // The new file doesn't begin with the end of a line whose beginning is in the old one.
    if (reopened && mid_line_) buffer_.erase(0, buffer_.find('\n') + 1);
    if (reopened) mid_line_ = false;
    return reopened;
}

// Half of it at once: a line at a time would move the rest for every request. A line that was begun is kept.
void AccessLog::drop_half() {
    const std::size_t begin = mid_line_ ? buffer_.find('\n') + 1 : 0;
    const std::size_t end = buffer_.find('\n', buffer_.size() / 2) + 1;
    const auto at = [this](std::size_t offset) { return buffer_.begin() + static_cast<std::ptrdiff_t>(offset); };
    if (begin >= end) return;
    lost_ += static_cast<std::uint64_t>(std::count(at(begin), at(end), '\n'));
    buffer_.erase(begin, end - begin);
    if (!complaints_.pass(clock_.now())) return;
    errors_.write(os::LogLevel::alert, "access log: " + std::to_string(std::exchange(lost_, 0)) +
                                           " lines were lost: the disk is full or the reader too slow");
}

}  // namespace server

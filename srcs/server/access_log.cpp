#include "server/access_log.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"

namespace server {

namespace {

// nginx writes "-" where a field isn't there.
void append_quoted(std::string& out, std::string_view text) {
    out.push_back('"');
    if (text.empty()) {
        out.push_back('-');
    } else {
        base::append_log_escaped(out, text);
    }
    out.push_back('"');
}

}  // namespace

AccessLog::AccessLog(os::LogSink sink, const base::Clock& clock, net::Timers& timers, os::ErrorLog& errors)
    : sink_(std::move(sink)), clock_(clock), errors_(errors), timer_(timers, *this) {}

void AccessLog::append(const AccessRecord& record) {
    if (buffer_.empty()) timer_.set(clock_.now() + flush_interval);
    record.peer.append_address(buffer_);
    buffer_.append(" - - [").append(record.time).append("] \"");
    base::append_log_escaped(buffer_, record.request_line);
    buffer_.append("\" ");
    base::append_number(buffer_, http::code_of(record.status));
    buffer_.push_back(' ');
    base::append_number(buffer_, record.content_bytes);
    buffer_.push_back(' ');
    append_quoted(buffer_, record.referer);
    buffer_.push_back(' ');
    append_quoted(buffer_, record.user_agent);
    buffer_.push_back('\n');
    if (buffer_.size() >= flush_at_) flush();
    if (buffer_.size() > size_limit) drop_half();
}

void AccessLog::flush() {
    if (buffer_.empty()) return;
    const std::size_t written = sink_.write(buffer_);
    if (written > 0) mid_line_ = buffer_[written - 1] != '\n';
    buffer_.erase(0, written);
    flush_at_ = buffer_.size() + flush_size;
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

#include "server/access_log.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.hpp"

namespace server {

namespace {

void append_number(std::string& out, std::uint64_t value) {
    std::array<char, 20> text{};
    out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
}

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
    buffer_.append(record.remote_address).append(" - - [").append(record.time).append("] \"");
    base::append_log_escaped(buffer_, record.request_line);
    buffer_.append("\" ");
    append_number(buffer_, http::code_of(record.status));
    buffer_.push_back(' ');
    append_number(buffer_, record.content_bytes);
    buffer_.push_back(' ');
    append_quoted(buffer_, record.referer);
    buffer_.push_back(' ');
    append_quoted(buffer_, record.user_agent);
    buffer_.push_back('\n');
    if (buffer_.size() >= flush_size) flush();
}

void AccessLog::flush() {
    if (buffer_.empty()) return;
    buffer_.erase(0, sink_.write(buffer_));
    if (buffer_.empty()) return;
    timer_.set(clock_.now() + flush_interval);
    drop_what_is_too_much();
}

void AccessLog::drop_what_is_too_much() {
    if (buffer_.size() <= size_limit) return;
    const std::size_t end = buffer_.find('\n', buffer_.size() - size_limit) + 1;
    const auto lines = std::count(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(end), '\n');
    buffer_.erase(0, end);
    if (complaints_.pass(clock_.now())) {
        errors_.write(os::LogLevel::alert, "access log: " + std::to_string(lines) +
                                               " lines were lost: the disk is full or the reader too slow");
    }
}

}  // namespace server

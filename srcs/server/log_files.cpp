#include "server/log_files.hpp"

#include <algorithm>

namespace server {

AccessLog* LogFiles::find(const std::string& path) {
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : found->second.get();
}

AccessLog* LogFiles::open(const std::string& path, const config::AccessLog& settings, os::ErrorLog& errors) {
    close_inactive();
    const auto last_line = [](const auto& one) { return one.second->last_line_at(); };
    if (files_.size() >= limits_.most) files_.erase(std::ranges::min_element(files_, {}, last_line));
    if (files_.empty()) timer_.set(clock_.now() + limits_.inactive);
    base::Result<os::LogSink> sink = os::LogSink::open(path);
    if (!sink) {
        if (complaints_.pass(clock_.now()))
            errors.write(os::LogLevel::crit, sink.error().message + "; lines for it are lost");
        return nullptr;
    }
    auto log = std::make_unique<AccessLog>(std::move(sink).value(), settings, clock_, timers_, errors);
    return files_.emplace(path, std::move(log)).first->second.get();
}

void LogFiles::flush() {
    for (const auto& [path, log] : files_) log->flush();
}

void LogFiles::on_deadline() {
    close_inactive();
    if (!files_.empty()) timer_.set(clock_.now() + limits_.inactive);
}

void LogFiles::close_inactive() {
    const base::Instant oldest = clock_.now() - limits_.inactive;
    std::erase_if(files_, [&](const auto& one) { return one.second->last_line_at() <= oldest; });
}

}  // namespace server

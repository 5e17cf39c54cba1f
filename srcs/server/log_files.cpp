#include "server/log_files.hpp"

#include <algorithm>

namespace server {

AccessLog* LogFiles::find(const std::string& path, const config::AccessLog& settings, os::ErrorLog& errors) {
    if (const auto found = files_.find(path); found != files_.end()) return found->second.get();
    make_room();
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

// Those that nobody has written to for long, and if there are still too many, the one that waited longest.
void LogFiles::make_room() {
    const base::Instant oldest = clock_.now() - limits_.inactive;
    std::erase_if(files_, [&](const auto& one) { return one.second->last_line_at() < oldest; });
    if (files_.size() < limits_.most) return;
    files_.erase(std::ranges::min_element(files_, {}, [](const auto& one) { return one.second->last_line_at(); }));
}

}  // namespace server

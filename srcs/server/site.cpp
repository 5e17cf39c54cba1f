#include "server/site.hpp"

namespace server {

namespace {

base::Error at(const config::Origin& origin, base::Error error) {
    if (origin.line > 0) error.message = origin.to_string() + ": " + error.message;
    return error;
}

}  // namespace

base::Result<std::unique_ptr<Site>> Site::open(std::shared_ptr<const config::Settings> settings,
                                               const base::Clock& clock, net::Timers& timers,
                                               os::DescriptorReserve& reserve) {
    std::unique_ptr<Site> site{new Site{std::move(settings), reserve}};
    for (const config::ErrorLog& log : site->settings().error_logs) {
        base::Result<os::LogSink> sink = os::LogSink::open(log.path);
        if (!sink) return at(log.origin, sink.error());
        site->error_logs_.push_back(std::make_unique<os::ErrorLog>(std::move(sink).value(), log.level, clock));
    }
    for (const config::AccessLog& log : site->settings().access_logs) {
        base::Result<os::LogSink> sink = os::LogSink::open(log.path);
        if (!sink) return at(log.origin, sink.error());
        site->access_logs_.push_back(
            std::make_unique<AccessLog>(std::move(sink).value(), clock, timers, site->error_log()));
    }
    return site;
}

void Site::reopen_logs() {
    const auto complain = [this](const base::Result<void>& reopened) {
        if (!reopened) error_log().write(os::LogLevel::alert, reopened.error().message + "; the old file stays in use");
    };
    for (const auto& log : error_logs_) complain(log->reopen());
    for (const auto& log : access_logs_) complain(log->reopen());
}

void Site::flush_logs() {
    for (const auto& log : access_logs_) log->flush();
}

}  // namespace server

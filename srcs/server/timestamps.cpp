#include "server/timestamps.hpp"

namespace server {

std::string_view Timestamps::http_date() {
    refresh();
    return {http_date_.data(), http_date_.size()};
}

std::string_view Timestamps::log_time() {
    refresh();
    return {log_time_.data(), log_time_length_};
}

void Timestamps::refresh() {
    const std::time_t now = clock_.wall().tv_sec;
    if (now == second_) return;
    second_ = now;
    http_date_ = http::imf_fixdate(now);
    std::tm local{};
    ::localtime_r(&now, &local);
    // No locale is ever set in this process, so %b is the English month.
    log_time_length_ = std::strftime(log_time_.data(), log_time_.size(), "%d/%b/%Y:%H:%M:%S %z", &local);
}

}  // namespace server

#include "server/rate.hpp"

#include <algorithm>

#include "routing/limit_rate.hpp"

namespace server {

void Rate::begin(std::uint64_t bytes_a_second, std::uint64_t after, base::Instant now) {
    end();
    if (bytes_a_second > most) return;
    rate_ = bytes_a_second;
    free_ = after;
    counted_at_ = now;
    earned_ = static_cast<std::int64_t>(std::max<std::uint64_t>(rate_ / pieces_a_second, 1)) * unit;
}

void Rate::earn(base::Instant now) {
    const auto rate = static_cast<std::int64_t>(rate_);
    const std::int64_t waited = std::clamp<std::int64_t>((now - counted_at_).count(), 0, longest);
    counted_at_ = now;
    earned_ = std::min(earned_ + waited * rate, keeps_for * rate);
}

std::uint64_t Rate::allowance(base::Instant now) {
    if (!limits()) return unlimited;
    earn(now);
    due_ = base::Instant::min();
    const std::uint64_t earned = earned_ > 0 ? static_cast<std::uint64_t>(earned_ / unit) : 0;
    return free_ > unlimited - earned ? unlimited : std::max<std::uint64_t>(free_ + earned, 1);
}

void Rate::spend(std::uint64_t bytes, std::uint64_t remaining, base::Instant now) {
    if (!limits()) return;
    const std::uint64_t paid = bytes - std::min(free_, bytes);
    free_ -= bytes - paid;
    earned_ -= static_cast<std::int64_t>(paid) * unit;
    if (free_ > 0 || earned_ >= unit || remaining == 0) return;
    const std::uint64_t piece = std::min(std::max<std::uint64_t>(rate_ / pieces_a_second, 1), remaining);
    const auto rate = static_cast<std::int64_t>(rate_);
    const std::int64_t missing = static_cast<std::int64_t>(piece) * unit - earned_;
    due_ = now + base::Duration{(missing + rate - 1) / rate};
}

bool Rate::release() {
    if (due_ == base::Instant::min()) return false;
    due_ = base::Instant::min();
    return true;
}

std::uint64_t limit_rate(Rate& rate, const handlers::Request& request, handlers::Response& response,
                         base::Instant now) {
    const std::uint64_t limit = routing::limit_rate(request, response.explanation);
    if (limit == 0 || request.method == http::Method::head) return limit;
    const std::uint64_t after = routing::limit_rate_after(request, response.explanation);
    const std::uint64_t size = response.content.remaining();
    if (size > limit && size - limit > after) rate.begin(limit, after, now);
    return limit;
}

}  // namespace server

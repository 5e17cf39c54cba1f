#include "server/pace.hpp"

#include <algorithm>

namespace server {

base::Instant Pace::first_request(const config::Server& server) const {
    return entered_ + server.client_header_timeout;
}

base::Instant Pace::next_request(const config::LocationSettings& settings) const {
    // The state begins when the answer is queued; the client's time begins when it is sent.
    return std::max(entered_, progress_) + settings.keepalive_timeout;
}

base::Instant Pace::head(const config::Server& server) const { return entered_ + server.client_header_timeout; }

base::Instant Pace::content(const config::LocationSettings& settings, std::uint64_t taken) const {
    const base::Duration timeout = settings.client_body_timeout;
    const std::chrono::seconds earned{taken / slowest_content};
    return std::min(progress_ + timeout, entered_ + timeout + earned);
}

base::Instant Pace::sending(const config::LocationSettings& settings) const {
    return progress_ + settings.send_timeout;
}

base::Instant Pace::lingering(const config::LocationSettings& settings) const {
    return std::min(progress_ + settings.lingering_timeout, entered_ + settings.lingering_time);
}

}  // namespace server

// When a connection has to have got on: from when its state began and when bytes last moved to the deadline of what it
// waits for. Pure arithmetic over the settings' limits.
#pragma once

#include <cstdint>

#include "base/clock.hpp"
#include "config/settings.hpp"

namespace server {

class Pace {
public:
    explicit Pace(base::Instant now) : entered_(now), progress_(now) {}

    void enter(base::Instant now) { entered_ = now; }      // another state begins
    void progress(base::Instant now) { progress_ = now; }  // bytes of a request or an answer have moved

    base::Instant entered() const { return entered_; }

    // For the first request on a connection: keepalive_timeout, which may be 0, is about what comes after an answer.
    base::Instant first_request(const config::Server& server) const;
    base::Instant next_request(const config::LocationSettings& settings) const;
    base::Instant head(const config::Server& server) const;
    // `taken`: bytes of the content that have come.
    base::Instant content(const config::LocationSettings& settings, std::uint64_t taken) const;
    base::Instant sending(const config::LocationSettings& settings) const;
    base::Instant lingering(const config::LocationSettings& settings) const;

private:
    static constexpr std::uint64_t slowest_content = 500;  // bytes a second, on the whole

    base::Instant entered_;
    base::Instant progress_;
};

}  // namespace server

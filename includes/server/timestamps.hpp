// The time as text, made once a second: for Date and for log lines.
#pragma once

#include <array>
#include <ctime>
#include <string_view>

#include "base/clock.hpp"
#include "http/date.hpp"

namespace server {

class Timestamps {
public:
    explicit Timestamps(const base::Clock& clock) : clock_(clock) {}

    std::time_t second() const { return clock_.wall().tv_sec; }
    std::string_view http_date();  // "Fri, 20 Nov 2026 18:00:00 GMT"
    std::string_view log_time();   // "20/Nov/2026:18:00:00 +0000", local time, as nginx's $time_local

private:
    void refresh();

    const base::Clock& clock_;
    std::time_t second_ = -1;
    std::array<char, http::imf_fixdate_length> http_date_{};
    std::array<char, 32> log_time_{};
    std::size_t log_time_length_ = 0;
};

}  // namespace server

// What an access log says of a request: nginx's "combined", or the text of a log_format with its variables' values.
#pragma once

#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "routing/variables.hpp"

namespace server {

// What is told of a request; views are read before append_line() returns.
struct AccessRecord {
    const routing::Request& request;
    const routing::Reply& reply;
    std::string_view time;          // Timestamps::log_time()
    std::string_view request_line;  // as it was sent, perhaps cut; empty when none came
};

// Whether `if=` lets the request into this log.
bool is_wanted(const config::AccessLogUse& use, const AccessRecord& record, std::string& scratch);

// One line without its end. `scratch` is memory for a value.
void append_line(std::string& out, const config::LogFormat& format, const AccessRecord& record, std::string& scratch);

}  // namespace server

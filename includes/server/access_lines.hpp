// What an access log says of a request: nginx's "combined", or the text of a log_format with its variables' values.
#pragma once

#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "routing/variables.hpp"
#include "server/site.hpp"

namespace server {

// What is told of a request; views are read before append_line() returns.
struct AccessRecord {
    const routing::Request& request;
    const routing::Reply& reply;
    std::string_view time;          // Timestamps::log_time()
    std::string_view request_line;  // as it was sent, perhaps cut; empty when none came
};

// One line to each access log of the request's location.
void write_lines(Site& site, const AccessRecord& record);

}  // namespace server

// Answers that the configuration itself gives: return, and rewrites that redirect.
#pragma once

#include "handlers/handler.hpp"

namespace handlers {

void give(const routing::Answer& answer, const Request& request, Response& response);

}  // namespace handlers

// try_files: the first of several files that exists, or where to go when none does.
#pragma once

#include "handlers/handler.hpp"

namespace handlers {

// Declined: there is no try_files, or a file was found, whose path the request has now. Answered: `response` is a
// failure.
Outcome try_files(Request& request, const Context& context, Response& response);

}  // namespace handlers

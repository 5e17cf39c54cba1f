// Where a request belongs in the end: the server's script runs, a location is found, its script runs, and as long as
// those change the path, the next location is looked for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "routing/request.hpp"

namespace routing {

// For a path that is new to the server: the client's own, or an internal redirect's. Afterwards the request's route is
// where it is to be answered, or it has an answer(): a 500 with a `problem` where it went round in circles.
void settle(Request& request);

// The same from a location on that was named: no location is looked for unless its script changes the path.
void settle_in(const config::Location& location, Request& request);

}  // namespace routing

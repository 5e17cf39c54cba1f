// What stands between `location` and its `{`: the way of matching and the path.
#pragma once

#include <optional>

#include "config/directives.hpp"

namespace config {

// Match, path and origin; nullopt after a report.
std::optional<Location> read_location(const Directive& directive, Build& build);

// The location of `server` that a request could not tell from this one; null when there is none.
const Location* same_location(const Location& location, const Server& server);

// A warning where neither files nor a return can answer.
void warn_of_nothing_to_serve(const Directive& directive, const LocationSettings& settings, Build& build);

}  // namespace config

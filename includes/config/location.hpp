// What stands between `location` and its `{`: the way of matching and the path.
#pragma once

#include <optional>

#include "config/directives.hpp"

namespace config {

// Match, path and origin; nullopt after a report.
std::optional<Location> read_location(const Directive& directive, Build& build);

// Whether `inner` can be a location of `outer`'s block; reports where not.
bool fits_inside(const Location& inner, const Location& outer, const Directive& directive, Build& build);

// As it was written: "= /path", "~ expression", "/path".
std::string describe(const Location& location);

// The one of `locations` that a request could not tell from this one; null when there is none.
const Location* same_location(const Location& location, const std::vector<Location>& locations);

// Reports the named locations that `server` refers to and doesn't have.
void check_named_locations(const Server& server, Build& build);

// A warning where neither files nor a return can answer.
void warn_of_nothing_to_serve(const Directive& directive, const LocationSettings& settings, const Script& script,
                              Build& build);

}  // namespace config

#include "config/location.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace config {

namespace {

struct Modifier {
    std::string_view text;
    std::optional<Location::Match> match;  // nullopt: not supported yet
    std::string_view what;
};
// The longer of two that begin alike comes first.
constexpr std::array<Modifier, 5> modifiers{{
    {"=", Location::Match::exact, ""},
    {"^~", Location::Match::preferred_prefix, ""},
    {"~*", std::nullopt, "regular expressions (~*)"},
    {"~", std::nullopt, "regular expressions (~)"},
    {"@", std::nullopt, "named locations (@name)"},
}};

const Modifier* modifier_of(std::string_view text) {
    const auto found = std::ranges::find_if(modifiers, [&](const Modifier& one) { return text.starts_with(one.text); });
    return found == modifiers.end() ? nullptr : &*found;
}

// Request paths are compared decoded and without dot segments or repeated slashes: such a location would never be
// reached.
void warn_of_unreachable_path(const Token& token, const std::string& path, Build& build) {
    const auto has = [&](std::string_view part) { return path.find(part) != std::string::npos; };
    if (has("//") || has("/./") || has("/../") || path.ends_with("/.") || path.ends_with("/.."))
        build.report.warning(
            token, "location: no request has the path " + quoted(path),
            "repeated slashes and dot segments are taken out of a request's path before it is compared");
    const std::size_t percent = path.find('%');
    if (percent != std::string::npos && percent + 2 < path.size() && base::hex_value(path[percent + 1]) >= 0 &&
        base::hex_value(path[percent + 2]) >= 0)
        build.report.warning(
            token, "location: paths are compared decoded",
            "write the byte itself in place of " + path.substr(percent, 3) + ", in quotes if it is a space");
}

std::optional<Location> check_path(Location location, const Directive& directive, const Token& token, Build& build) {
    if (!location.path.starts_with('/')) {
        build.report.error(token, "location: the path " + quoted(location.path) + " does not begin with \"/\"",
                           "write " + quoted('/' + location.path));
        return std::nullopt;
    }
    warn_of_unreachable_path(token, location.path, build);
    location.origin = directive.name.origin();
    return location;
}

}  // namespace

std::optional<Location> read_location(const Directive& directive, Build& build) {
    const std::vector<Token>& words = directive.arguments;
    const Modifier* modifier = modifier_of(words.front().text);
    if (modifier != nullptr && !modifier->match) {
        build.report.error(words.front(), "location: " + std::string{modifier->what} + " are not supported yet",
                           "write a path, such as \"location /files/ {\"");
        return std::nullopt;
    }
    Location location;
    if (modifier != nullptr) location.match = *modifier->match;
    if (words.size() == 1) {
        // nginx takes `location =/path` as well.
        location.path = words[0].text.substr(modifier == nullptr ? 0 : modifier->text.size());
        return check_path(std::move(location), directive, words[0], build);
    }
    if (modifier == nullptr || words[0].text != modifier->text) {
        build.report.error(words[0], "location: " + quoted(words[0].text) + " is no way of matching",
                           "write \"= /path\", \"^~ /path\" or a path alone; a path with a space stands in quotes");
        return std::nullopt;
    }
    location.path = words[1].text;
    return check_path(std::move(location), directive, words[1], build);
}

const Location* same_location(const Location& location, const Server& server) {
    const auto same = [&](const Location& other) {
        return other.path == location.path &&
               (other.match == Location::Match::exact) == (location.match == Location::Match::exact);
    };
    const auto found = std::ranges::find_if(server.locations, same);
    return found == server.locations.end() ? nullptr : &*found;
}

void warn_of_nothing_to_serve(const Directive& directive, const LocationSettings& settings, Build& build) {
    if (!settings.root.empty() || !settings.alias.empty() || settings.return_ || build.report.failed()) return;
    build.report.warning(directive.name,
                         "this " + directive.name.text + " has nothing to answer with: every request gets 404",
                         "give it a root or a return");
}

}  // namespace config

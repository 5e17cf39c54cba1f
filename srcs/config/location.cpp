#include "config/location.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "config/pattern.hpp"

namespace config {

namespace {

using Match = Location::Match;

struct Modifier {
    std::string_view text;
    Match match;
};
// The longer of two that begin alike comes first.
constexpr std::array<Modifier, 4> modifiers{{
    {"=", Match::exact},
    {"^~", Match::preferred_prefix},
    {"~*", Match::regex},
    {"~", Match::regex},
}};

const Modifier* modifier_of(std::string_view text) {
    const auto found = std::ranges::find_if(modifiers, [&](const Modifier& one) { return text.starts_with(one.text); });
    return found == modifiers.end() ? nullptr : &*found;
}

// Request paths are compared decoded and without dot segments or repeated slashes: such a location would never be
// reached.
void warn_of_unreachable_path(const Token& token, const std::string& path, Build& build) {
    const auto has = [&](std::string_view part) { return path.find(part) != std::string::npos; };
    if ((has("//") && !build.keeps_slashes) || has("/./") || has("/../") || path.ends_with("/.") ||
        path.ends_with("/.."))
        build.report.warning(
            Warning::unreachable_path, token, "location: no request has the path " + quoted(path),
            "repeated slashes and dot segments are taken out of a request's path before it is compared");
    const std::size_t percent = path.find('%');
    if (percent != std::string::npos && percent + 2 < path.size() && base::hex_value(path[percent + 1]) >= 0 &&
        base::hex_value(path[percent + 2]) >= 0)
        build.report.warning(
            Warning::encoded_path, token, "location: paths are compared decoded",
            "write the byte itself in place of " + path.substr(percent, 3) + ", in quotes if it is a space");
}

std::optional<Location> check_path(Location location, const Directive& directive, const Token& token, Build& build) {
    if (location.match == Match::regex) {
        const bool blind = directive.arguments.front().text.starts_with("~*");
        location.pattern = read_pattern(location.path, blind ? base::Regex::Case::blind : base::Regex::Case::sensitive,
                                        directive, token, build);
        return location.pattern ? std::optional{std::move(location)} : std::nullopt;
    }
    if (!location.path.starts_with('/')) {
        build.report.error(token, "location: the path " + quoted(location.path) + " does not begin with \"/\"",
                           "write " + quoted('/' + location.path));
        return std::nullopt;
    }
    warn_of_unreachable_path(token, location.path, build);
    return location;
}

std::optional<Location> named_location(Location location, const Token& token, Build& build) {
    location.match = Match::named;
    location.path = token.text;
    if (location.path.size() > 1) return location;
    build.report.error(token, "location: \"@\" without a name", "write a name such as @fallback");
    return std::nullopt;
}

std::string_view symbol_of(Match match) {
    switch (match) {
        case Match::exact: return "= ";
        case Match::preferred_prefix: return "^~ ";
        case Match::regex: return "~ ";
        case Match::prefix:
        case Match::named: break;
    }
    return "";
}

}  // namespace

std::optional<Location> read_location(const Directive& directive, Build& build) {
    const std::vector<Token>& words = directive.arguments;
    Location location;
    location.origin = directive.name.origin();
    if (words.size() == 1 && words[0].text.starts_with('@'))
        return named_location(std::move(location), words[0], build);
    const Modifier* modifier = modifier_of(words.front().text);
    if (modifier != nullptr) location.match = modifier->match;
    if (words.size() == 1) {
        // nginx takes `location =/path` as well.
        location.path = words[0].text.substr(modifier == nullptr ? 0 : modifier->text.size());
        return check_path(std::move(location), directive, words[0], build);
    }
    if (modifier == nullptr || words[0].text != modifier->text) {
        build.report.error(
            words[0], "location: " + quoted(words[0].text) + " is no way of matching",
            "write \"= /path\", \"^~ /path\", \"~ expression\" or a path alone; a path with a space stands in quotes");
        return std::nullopt;
    }
    location.path = words[1].text;
    return check_path(std::move(location), directive, words[1], build);
}

std::string describe(const Location& location) { return std::string{symbol_of(location.match)} + location.path; }

bool fits_inside(const Location& inner, const Location& outer, const Directive& directive, Build& build) {
    const Token& at = directive.arguments.back();
    const std::string name = quoted(describe(inner));
    if (inner.match == Match::named) {
        build.report.error(at, "location: " + name + " can't stand in another location", "write it beside the others");
        return false;
    }
    if (outer.match == Match::exact || outer.match == Match::named) {
        build.report.error(at, "location: nothing can stand in " + quoted(describe(outer)),
                           outer.match == Match::exact ? "it is one path alone" : "no path belongs to it");
        return false;
    }
    if (outer.match == Match::regex || inner.match == Match::regex || inner.path.starts_with(outer.path)) return true;
    build.report.error(at, "location: " + name + " is outside of " + quoted(outer.path) + ", in which it stands",
                       "write its whole path, or move it out");
    return false;
}

const Location* same_location(const Location& location, const std::vector<Location>& locations) {
    // Two equal expressions are no mistake that could be told from two that only mean the same: the first wins.
    if (location.match == Match::regex) return nullptr;
    const auto same = [&](const Location& other) {
        return other.path == location.path && other.match != Match::regex &&
               (other.match == Match::exact) == (location.match == Match::exact);
    };
    const auto found = std::ranges::find_if(locations, same);
    return found == locations.end() ? nullptr : &*found;
}

void check_named_locations(const Server& server, Build& build) {
    for (const Token* token : build.named_locations) {
        const auto has_name = [&](const Location& one) { return one.match == Match::named && one.path == token->text; };
        if (std::ranges::any_of(server.locations, has_name)) continue;
        std::vector<std::string_view> names;
        for (const Location& one : server.locations)
            if (one.match == Match::named) names.push_back(one.path);
        std::string hint = did_you_mean(token->text, names);
        if (hint.empty()) hint = "write \"location " + token->text + " { ... }\" in this server";
        build.report.error(*token, "there is no location " + quoted(token->text) + " in this server", std::move(hint));
    }
    build.named_locations.clear();
}

void warn_of_nothing_to_serve(const Directive& directive, const LocationSettings& settings, const Script& script,
                              Build& build) {
    if (!settings.root.empty() || !settings.alias.empty() || !script.empty() || build.report.failed()) return;
    build.report.warning(Warning::nothing_to_serve, directive.name,
                         "this " + directive.name.text + " has nothing to answer with: every request gets 404",
                         "give it a root or a return");
}

}  // namespace config

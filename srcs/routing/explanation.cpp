#include "routing/explanation.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "config/location.hpp"
#include "config/values.hpp"

namespace routing {

namespace {

using Match = config::Location::Match;

std::string place(const config::Origin& origin) { return " (" + origin.file + ':' + std::to_string(origin.line) + ')'; }

std::string names_of(const config::Server& server) {
    std::string text;
    for (const config::ServerName& name : server.names) {
        const std::string one = config::as_written(name);
        text.append(text.empty() ? "" : " ").append(one.empty() ? "\"\"" : one);
    }
    return text;
}

bool fits(const config::ServerName& name, const Request& request) {
    const std::string_view host = request.head.host;
    switch (name.kind) {
        case config::ServerName::Kind::exact: return name.text == host;
        case config::ServerName::Kind::leading_wildcard:
            return host.size() > name.text.size() && host.ends_with(name.text);
        case config::ServerName::Kind::trailing_wildcard:
            return host.size() > name.text.size() && host.starts_with(name.text);
        case config::ServerName::Kind::regex: return request.workspace->matcher.search(name.pattern->regex, host);
    }
    return false;
}

// What `location` alone says to the path.
bool fits(const config::Location& location, const Request& request) {
    switch (location.match) {
        case Match::exact: return location.path == request.path;
        case Match::prefix:
        case Match::preferred_prefix: return request.path.starts_with(location.path);
        case Match::regex: return request.workspace->matcher.search(location.pattern->regex, request.path);
        case Match::named: break;
    }
    return false;
}

std::string_view misfit(Match match) {
    switch (match) {
        case Match::exact: return "the path is another";
        case Match::prefix:
        case Match::preferred_prefix: return "the path doesn't begin so";
        case Match::regex: return "the expression doesn't fit";
        case Match::named: break;
    }
    return "only try_files and error_page go there";
}

// Why `location`, which fits, is not the one: `winner` is of the same block, or null where none of it was chosen.
std::string loss(const config::Location& location, const config::Location* winner) {
    if (winner == nullptr) return "it fits, but the block around it was not chosen";
    const std::string other = shown(config::describe(*winner));
    if (winner->match == Match::exact) return "it fits, but " + other + " is the whole path";
    if (winner->match == Match::regex)
        return location.match == Match::regex ? "it fits, but " + other + " comes before it"
                                              : "it fits, but the expression " + other + " fits too";
    if (location.match == Match::regex) return "it fits, but " + other + " lets no expression be tried";
    return "it fits, but " + other + " is longer";
}

bool holds(const config::Location& outer, const config::Location* chosen) {
    if (&outer == chosen) return true;
    return std::ranges::any_of(outer.nested, [&](const config::Location& one) { return holds(one, chosen); });
}

void explain_block(const std::vector<config::Location>& locations, const Request& request, std::string indent) {
    const config::Location* chosen = request.route.location;
    const auto winner = std::ranges::find_if(locations, [&](const auto& one) { return holds(one, chosen); });
    const config::Location* won = winner == locations.end() ? nullptr : &*winner;
    for (const config::Location& location : locations) {
        const std::string head =
            indent + "location " + shown(config::describe(location)) + place(location.origin) + ": ";
        if (&location == chosen) {
            request.trace->add(head + "chosen");
        } else if (&location == won) {
            request.trace->add(head + "chosen, and in it:");
        } else {
            request.trace->add(head +
                               (fits(location, request) ? loss(location, won) : std::string{misfit(location.match)}));
        }
        if (&location == won) explain_block(location.nested, request, indent + "  ");
    }
}

}  // namespace

std::string shown(std::string_view text) {
    std::string out{"\""};
    base::append_on_one_line(out, text);
    return out.append("\"");
}

void explain_server(const Request& request, std::size_t socket) {
    const config::Settings& settings = request.routes->settings();
    const config::Socket& listened = settings.sockets[socket];
    for (const std::size_t index : listened.servers) {
        const config::Server& server = settings.servers[index];
        std::string line = "server " + names_of(server) + place(server.origin) + ": ";
        const bool is_fit = std::ranges::any_of(server.names, [&](const auto& one) { return fits(one, request); });
        if (index == request.server) {
            line += is_fit ? "chosen, its name fits " + shown(request.head.host)
                    : listened.servers.size() == 1
                        ? "chosen, it is the only one here"
                        : "chosen, no name fits " + shown(request.head.host) + " and it is the default";
        } else {
            line += is_fit ? "its name fits, but less closely, or later" : "no name of it fits";
        }
        request.trace->add(std::move(line));
    }
}

void explain_location(const Request& request) {
    request.trace->add("looks for the location of " + shown(request.path));
    explain_block(request.route.server->locations, request, "  ");
    if (request.route.location == nullptr) request.trace->add("  none fits: the server's own settings count");
}

}  // namespace routing

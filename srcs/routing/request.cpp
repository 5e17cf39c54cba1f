#include "routing/request.hpp"

namespace routing {

Request::Request(const Request& other)
    : head(other.head), method(other.method), path(other.path), server(other.server) {
    become(other);
}

void Request::become(const Request& earlier) {
    method = earlier.method;
    path = earlier.path;
    server = earlier.server;
    route = earlier.route;
    is_error_page = earlier.is_error_page;
    keeps_status = earlier.keeps_status;
    replaced_status = earlier.replaced_status;
    is_internal = earlier.is_internal;
    is_fallback = earlier.is_fallback;
    connection = earlier.connection;
    clock = earlier.clock;
    routes = earlier.routes;
    workspace = earlier.workspace;
    local = earlier.local;
    trace = earlier.trace;
    began_at = earlier.began_at;
    length = earlier.length;
    remote_user = earlier.remote_user;
    variation = earlier.variation ? std::make_unique<Variation>(*earlier.variation) : nullptr;
    if (variation && variation->path_changed) path = variation->path;
}

void Request::change_path(std::string changed) {
    Variation& own = vary();
    own.path = std::move(changed);
    own.path_changed = true;
    path = own.path;
}

void Request::change_args(std::string changed) {
    Variation& own = vary();
    own.args = std::move(changed);
    own.args_changed = true;
}

bool Request::match(const config::Pattern& pattern, std::string_view text) const {
    if (pattern.regex.groups() == 0) {
        if (!workspace->matcher.search(pattern.regex, text)) return false;
        if (variation) variation->groups.clear();
        return true;
    }
    std::vector<std::string_view>& groups = workspace->groups;
    if (!workspace->matcher.search(pattern.regex, text, groups)) return false;
    Variation& own = vary();
    for (const auto& [variable, group] : pattern.names) {
        if (own.values.size() <= variable) own.values.resize(variable + 1);
        own.values[variable] = {Variation::Value::State::known, std::string{groups[group]}};
    }
    own.groups.clear();
    for (const std::string_view group : groups) {
        const bool took_part = group.data() != nullptr;
        own.groups.push_back({took_part ? static_cast<std::uint32_t>(group.data() - text.data()) : 0,
                              static_cast<std::uint32_t>(group.size())});
    }
    own.subject.assign(text);  // last: the groups may view what stood there
    return true;
}

}  // namespace routing

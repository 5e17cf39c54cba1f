#include "routing/route.hpp"

#include <algorithm>

#include "os/file.hpp"
#include "routing/request.hpp"

namespace routing {

namespace {

template <class Wildcards>
void sort_longest_first(Wildcards& wildcards) {
    std::ranges::stable_sort(wildcards, [](const auto& a, const auto& b) { return a.text.size() > b.text.size(); });
}

bool is_file(const std::string& path) {
    const base::Result<os::FileStatus> status = os::status_of(path);
    return status && status.value().kind == os::FileStatus::Kind::regular;
}

// Where variables are part of $document_root, what stands before them is it: more links are judged then, never fewer.
files::LinkPolicy link_policy(const config::LocationSettings& settings) {
    const config::SymlinkSettings& symlinks = settings.symlinks;
    if (!symlinks.from_document_root) return {symlinks.followed, symlinks.from};
    const std::string& document_root = settings.root.empty() ? settings.alias : settings.root;
    return {symlinks.followed, settings.root_rest ? document_root : document_root + symlinks.from};
}

}  // namespace

RouteTable::RouteTable(const config::Settings& settings, os::DescriptorReserve& reserve) : settings_(settings) {
    for (const config::Socket& socket : settings.sockets) sockets_.push_back(compile_names(settings, socket));
    for (const config::Server& server : settings.servers) servers_.push_back(compile_server(server, reserve));
}

RouteTable::SocketNames RouteTable::compile_names(const config::Settings& settings,
                                                  const config::Socket& socket) const {
    SocketNames names;
    names.default_server = socket.default_server;
    for (std::size_t server : socket.servers) {
        for (const config::ServerName& name : settings.servers[server].names) {
            switch (name.kind) {
                // emplace keeps the first: the binder has warned about the second.
                case config::ServerName::Kind::exact: names.exact.emplace(name.text, server); break;
                case config::ServerName::Kind::leading_wildcard: names.leading.push_back({name.text, server}); break;
                case config::ServerName::Kind::trailing_wildcard: names.trailing.push_back({name.text, server}); break;
                case config::ServerName::Kind::regex: names.patterns.emplace_back(name.pattern.get(), server); break;
            }
        }
    }
    sort_longest_first(names.leading);
    sort_longest_first(names.trailing);
    names.only_one = socket.servers.size() == 1 && names.patterns.empty();
    return names;
}

RouteTable::CompiledServer RouteTable::compile_server(const config::Server& server, os::DescriptorReserve& reserve) {
    compile_script(server.script, reserve);
    const Mapping* mapping = compile_mapping(server.settings, reserve);
    return {{&server, nullptr, &server.settings, mapping, server.script.empty()},
            compile_level(server, server.locations, reserve)};
}

RouteTable::Level RouteTable::compile_level(const config::Server& server,
                                            const std::vector<config::Location>& locations,
                                            os::DescriptorReserve& reserve) {
    Level level;
    level.is_empty = locations.empty();
    for (const config::Location& location : locations) {
        const bool is_settled = location.script.empty() && !location.settings.internal;
        const Route route{&server, &location, &location.settings, compile_mapping(location.settings, reserve),
                          is_settled};
        CompiledLocation compiled{&location, route, compile_level(server, location.nested, reserve)};
        compile_script(location.script, reserve);
        switch (location.match) {
            case config::Location::Match::exact: level.exact.push_back(std::move(compiled)); break;
            case config::Location::Match::prefix:
            case config::Location::Match::preferred_prefix: level.prefixes.push_back(std::move(compiled)); break;
            case config::Location::Match::regex: level.patterns.push_back(std::move(compiled)); break;
            case config::Location::Match::named: level.named.push_back(std::move(compiled)); break;
        }
    }
    std::ranges::sort(level.exact, {},
                      [](const CompiledLocation& entry) { return std::string_view{entry.location->path}; });
    std::ranges::stable_sort(level.prefixes, std::greater{},
                             [](const CompiledLocation& entry) { return entry.location->path.size(); });
    return level;
}

void RouteTable::compile_script(const config::Script& script, os::DescriptorReserve& reserve) {
    for (const config::Step& step : script) {
        const auto* condition = std::get_if<config::IfStep>(&step.what);
        if (condition != nullptr && condition->settings) compile_mapping(*condition->settings, reserve);
    }
}

const Mapping* RouteTable::compile_mapping(const config::LocationSettings& settings, os::DescriptorReserve& reserve) {
    auto& mapping = mappings_[&settings];
    mapping = std::make_unique<const Mapping>(make_mapping(settings, reserve));
    return mapping.get();
}

Mapping RouteTable::make_mapping(const config::LocationSettings& settings, os::DescriptorReserve& reserve) {
    const files::LinkPolicy policy = link_policy(settings);
    Mapping mapping;
    mapping.rest = settings.root_rest.get();
    mapping.replaces_location = !settings.alias.empty();
    mapping.replaced = settings.alias_replaces;
    mapping.is_whole = settings.alias_is_whole;
    if (mapping.replaces_location && mapping.rest == nullptr && is_file(settings.alias)) {
        const std::size_t slash = settings.alias.rfind('/');
        mapping.root = root_at(slash == 0 ? "/" : settings.alias.substr(0, slash), policy, reserve);
        mapping.file_name = settings.alias.substr(slash + 1);
    } else if (mapping.replaces_location || !settings.root.empty()) {
        mapping.root = root_at(mapping.replaces_location ? settings.alias : settings.root, policy, reserve);
    }
    return mapping;
}

files::Root* RouteTable::root_at(const std::string& path, files::LinkPolicy policy, os::DescriptorReserve& reserve) {
    std::unique_ptr<files::Root>& root = roots_[{path, policy}];
    if (!root) root = std::make_unique<files::Root>(path, std::move(policy), reserve);
    return root.get();
}

void RouteTable::choose_server(Request& request, std::size_t socket) const {
    const SocketNames& names = sockets_[socket];
    const std::string_view host = request.head.host;
    request.server = names.default_server;
    if (names.only_one) return;
    if (const auto exact = names.exact.find(host); exact != names.exact.end()) {
        request.server = exact->second;
        return;
    }
    const auto take = [&](const std::vector<Wildcard>& wildcards, auto fits) {
        const auto found = std::ranges::find_if(wildcards, fits);
        if (found != wildcards.end()) request.server = found->server;
        return found != wildcards.end();
    };
    const auto is_longer = [&](const Wildcard& one) { return host.size() > one.text.size(); };
    if (take(names.leading, [&](const Wildcard& one) { return is_longer(one) && host.ends_with(one.text); })) return;
    if (take(names.trailing, [&](const Wildcard& one) { return is_longer(one) && host.starts_with(one.text); })) return;
    for (const auto& [pattern, server] : names.patterns) {
        if (!request.match(*pattern, host)) continue;
        request.server = server;
        return;
    }
}

// As nginx does: prefixes first, in each level the longest; an exact one ends the search; then the regular expressions
// from the innermost level outwards, unless the prefix that was found there rules them out.
RouteTable::Found RouteTable::find(const Level& level, const Request& request, std::string_view path) const {
    const auto path_of = [](const CompiledLocation& entry) { return std::string_view{entry.location->path}; };
    const auto exact = std::ranges::lower_bound(level.exact, path, {}, path_of);
    if (exact != level.exact.end() && path_of(*exact) == path) return {&*exact, true};
    const auto prefix = std::ranges::find_if(
        level.prefixes, [&](const CompiledLocation& entry) { return path.starts_with(entry.location->path); });
    Found found;
    bool patterns_count = true;
    if (prefix != level.prefixes.end()) {
        if (!prefix->inside.is_empty) found = find(prefix->inside, request, path);
        if (found.is_final) return found;
        if (found.location == nullptr) found.location = &*prefix;
        patterns_count = prefix->location->match != config::Location::Match::preferred_prefix;
    }
    const Found pattern = patterns_count ? find_pattern(level, request, path) : Found{};
    return pattern.location != nullptr ? pattern : found;
}

RouteTable::Found RouteTable::find_pattern(const Level& level, const Request& request, std::string_view path) const {
    for (const CompiledLocation& entry : level.patterns) {
        if (!request.match(*entry.location->pattern, path)) continue;
        const Found inner = find(entry.inside, request, path);
        return {inner.location != nullptr ? inner.location : &entry, true};
    }
    return {};
}

const Route& RouteTable::route(const Request& request, std::string_view path) const {
    const CompiledServer& compiled = servers_[request.server];
    if (compiled.locations.is_empty) return compiled.route;
    const CompiledLocation* found = find(compiled.locations, request, path).location;
    return found == nullptr ? compiled.route : found->route;
}

const config::Location* RouteTable::named_location(std::size_t server, std::string_view name) const {
    for (const CompiledLocation& entry : servers_[server].locations.named)
        if (entry.location->path == name) return entry.location;
    return nullptr;
}

Route RouteTable::route_of(std::size_t server, const config::Location& location) const {
    return {servers_[server].route.server, &location, &location.settings, mapping_of(location.settings)};
}

const Mapping* RouteTable::mapping_of(const config::LocationSettings& settings) const {
    return mappings_.at(&settings).get();
}

}  // namespace routing

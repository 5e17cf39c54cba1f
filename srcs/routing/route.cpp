#include "routing/route.hpp"

#include <algorithm>

#include "os/file.hpp"

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

}  // namespace

RouteTable::RouteTable(const config::Settings& settings, os::DescriptorReserve& reserve) {
    for (const config::Socket& socket : settings.sockets) sockets_.push_back(compile_names(settings, socket));
    for (const config::Server& server : settings.servers) servers_.push_back(compile_server(server, reserve));
}

RouteTable::SocketNames RouteTable::compile_names(const config::Settings& settings,
                                                  const config::Socket& socket) const {
    SocketNames names;
    names.default_server = socket.default_server;
    names.only_one = socket.servers.size() == 1;
    for (std::size_t server : socket.servers) {
        for (const config::ServerName& name : settings.servers[server].names) {
            switch (name.kind) {
                // emplace keeps the first: the binder has warned about the second.
                case config::ServerName::Kind::exact: names.exact.emplace(name.text, server); break;
                case config::ServerName::Kind::leading_wildcard: names.leading.push_back({name.text, server}); break;
                case config::ServerName::Kind::trailing_wildcard: names.trailing.push_back({name.text, server}); break;
            }
        }
    }
    sort_longest_first(names.leading);
    sort_longest_first(names.trailing);
    return names;
}

RouteTable::CompiledServer RouteTable::compile_server(const config::Server& server, os::DescriptorReserve& reserve) {
    CompiledServer compiled{&server, compile_mapping(server.settings, reserve), {}, {}};
    for (const config::Location& location : server.locations) {
        auto& group = location.match == config::Location::Match::exact ? compiled.exact : compiled.prefixes;
        group.push_back({&location, compile_mapping(location.settings, reserve)});
    }
    std::ranges::sort(compiled.exact, {},
                      [](const CompiledLocation& entry) { return std::string_view{entry.location->path}; });
    std::ranges::stable_sort(compiled.prefixes, std::greater{},
                             [](const CompiledLocation& entry) { return entry.location->path.size(); });
    return compiled;
}

Mapping RouteTable::compile_mapping(const config::LocationSettings& settings, os::DescriptorReserve& reserve) {
    if (!settings.root.empty()) return {root_at(settings.root, reserve), false, {}};
    if (settings.alias.empty()) return {};
    if (!is_file(settings.alias)) return {root_at(settings.alias, reserve), true, {}};
    const std::size_t slash = settings.alias.rfind('/');
    return {root_at(slash == 0 ? "/" : settings.alias.substr(0, slash), reserve), true,
            settings.alias.substr(slash + 1)};
}

files::Root* RouteTable::root_at(const std::string& path, os::DescriptorReserve& reserve) {
    std::unique_ptr<files::Root>& root = roots_[path];
    if (!root) root = std::make_unique<files::Root>(path, reserve);
    return root.get();
}

std::size_t RouteTable::server_for(std::size_t socket, std::string_view host) const {
    const SocketNames& names = sockets_[socket];
    if (names.only_one) return names.default_server;
    if (const auto exact = names.exact.find(host); exact != names.exact.end()) return exact->second;
    for (const Wildcard& wildcard : names.leading) {
        if (host.size() > wildcard.text.size() && host.ends_with(wildcard.text)) return wildcard.server;
    }
    for (const Wildcard& wildcard : names.trailing) {
        if (host.size() > wildcard.text.size() && host.starts_with(wildcard.text)) return wildcard.server;
    }
    return names.default_server;
}

Route RouteTable::route(std::size_t server, std::string_view path) const {
    const CompiledServer& compiled = servers_[server];
    const auto path_of = [](const CompiledLocation& entry) { return std::string_view{entry.location->path}; };
    const auto matched = [&](const CompiledLocation& entry) {
        return Route{compiled.server, &entry.location->settings, &entry.mapping, entry.location->path};
    };
    const auto exact = std::ranges::lower_bound(compiled.exact, path, {}, path_of);
    if (exact != compiled.exact.end() && path_of(*exact) == path) return matched(*exact);
    for (const CompiledLocation& entry : compiled.prefixes) {
        if (path.starts_with(entry.location->path)) return matched(entry);
    }
    return route_of_server(server);
}

Route RouteTable::route_of_server(std::size_t server) const {
    const CompiledServer& compiled = servers_[server];
    return {compiled.server, &compiled.server->settings, &compiled.mapping, {}};
}

}  // namespace routing

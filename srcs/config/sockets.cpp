#include "config/sockets.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace config {

namespace {

// A socket while its servers are gathered: which lines said something that only one line may say.
struct Gathering {
    Socket socket;
    const Token* first = nullptr;
    const Listen* options = nullptr;
    const Listen* default_server = nullptr;
};

std::string place(const Token& token) { return token.source->name + ':' + std::to_string(token.line); }

// Whether an open socket on `wildcard` leaves no room for one on `other` (ip(7), ipv6(7)).
bool covers(const Socket& wildcard, const Socket& other) {
    using Family = os::Endpoint::Family;
    const os::Endpoint& a = wildcard.endpoint;
    const os::Endpoint& b = other.endpoint;
    if (a.family() == Family::unix_path || b.family() == Family::unix_path) return false;
    if (!a.is_wildcard() || a.port() != b.port() || a.port() == 0) return false;
    if (a.family() == b.family()) return true;
    return a.family() == Family::ipv6 && !wildcard.options.ipv6_only;
}

class Assignment {
public:
    explicit Assignment(Build& build) : build_(build) {}

    void add(const Listen& listen, std::size_t server);
    void share_covered();
    void warn_of_shared_names(const std::vector<ServerAddresses>& servers) const;
    std::vector<Socket> take();

private:
    void take_options(Gathering& gathering, const Listen& listen);
    void take_default(Gathering& gathering, const Listen& listen, std::size_t server);
    void share(const Gathering& wide, Gathering& narrow) const;

    Build& build_;
    std::vector<Gathering> sockets_;
};

void Assignment::add(const Listen& listen, std::size_t server) {
    auto found =
        std::ranges::find_if(sockets_, [&](const Gathering& one) { return one.socket.endpoint == listen.endpoint; });
    if (found == sockets_.end()) {
        Gathering gathering;
        gathering.socket.endpoint = listen.endpoint;
        gathering.socket.default_server = server;
        gathering.socket.origin = listen.at->origin();
        gathering.first = listen.at;
        found = sockets_.insert(sockets_.end(), std::move(gathering));
    }
    found->socket.servers.push_back(server);
    take_options(*found, listen);
    take_default(*found, listen, server);
}

void Assignment::take_options(Gathering& gathering, const Listen& listen) {
    if (!listen.options_given) return;
    if (gathering.options != nullptr && gathering.options->options != listen.options)
        return build_.report.error(*listen.at,
                                   "listen: other socket options for " + listen.endpoint.to_string() + " than at " +
                                       place(*gathering.options->at),
                                   "one socket has one set of options: give them once");
    gathering.options = &listen;
    gathering.socket.options = listen.options;
}

void Assignment::take_default(Gathering& gathering, const Listen& listen, std::size_t server) {
    if (!listen.default_server) return;
    if (gathering.default_server != nullptr)
        return build_.report.error(*listen.at, "listen: a second default_server for " + listen.endpoint.to_string(),
                                   "the first is at " + place(*gathering.default_server->at));
    gathering.default_server = &listen;
    gathering.socket.default_server = server;
}

void Assignment::share_covered() {
    for (Gathering& narrow : sockets_) {
        const auto wide = std::ranges::find_if(
            sockets_, [&](const Gathering& one) { return &one != &narrow && covers(one.socket, narrow.socket); });
        if (wide != sockets_.end()) share(*wide, narrow);
    }
}

// The wildcard's socket takes the connections of the narrower address as well, and its own options are the ones in
// force.
void Assignment::share(const Gathering& wide, Gathering& narrow) const {
    const std::string both = narrow.socket.endpoint.to_string() + " can't be opened beside " +
                             wide.socket.endpoint.to_string() + " (" + place(*wide.first) + "), which covers it";
    if (narrow.socket.endpoint.is_wildcard())
        return build_.report.error(*narrow.first, "listen: " + both, "leave one of them out, or say ipv6only=on");
    if (narrow.options != nullptr && narrow.socket.options != wide.socket.options)
        return build_.report.error(*narrow.options->at,
                                   "listen: " + narrow.socket.endpoint.to_string() +
                                       " has no socket of its own: " + wide.socket.endpoint.to_string() + " (" +
                                       place(*wide.first) + ") takes its connections",
                                   "give backlog, ipv6only, reuseport and deferred on that line");
    narrow.socket.opened_by = static_cast<std::size_t>(&wide - sockets_.data());
}

void Assignment::warn_of_shared_names(const std::vector<ServerAddresses>& servers) const {
    for (const Gathering& gathering : sockets_) {
        std::set<std::pair<ServerName::Kind, std::string>> seen;
        for (const std::size_t server : gathering.socket.servers) {
            for (const auto& [name, at] : servers[server].names) {
                if (seen.emplace(name.kind, name.text).second) continue;
                build_.report.warning(Warning::name_conflict, *at,
                                      "conflicting server name " + quoted(name.text) + " on " +
                                          gathering.socket.endpoint.to_string() + ", ignored",
                                      name.text.empty() ? "give each server on one address a server_name of its own"
                                                        : "the first server of that name on this address answers");
            }
        }
    }
}

std::vector<Socket> Assignment::take() {
    std::vector<Socket> sockets;
    for (Gathering& gathering : sockets_) sockets.push_back(std::move(gathering.socket));
    return sockets;
}

}  // namespace

void assign_sockets(const std::vector<ServerAddresses>& servers, Build& build) {
    Assignment assignment{build};
    for (std::size_t i = 0; i < servers.size(); ++i)
        for (const Listen& listen : servers[i].listens) assignment.add(listen, i);
    assignment.share_covered();
    assignment.warn_of_shared_names(servers);
    build.settings.sockets = assignment.take();
}

}  // namespace config

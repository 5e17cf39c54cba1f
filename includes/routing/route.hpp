// Which server and which location a request belongs to: compiled from the settings when they are loaded, then only
// looked up.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/settings.hpp"
#include "files/root.hpp"
#include "os/sandbox.hpp"

namespace routing {

// How a location's paths become files: `root` + the whole URI path, or `alias` in place of the location's own path.
struct Mapping {
    files::Root* root = nullptr;     // null: neither root nor alias was given
    bool replaces_location = false;  // alias
    std::string file_name;  // an alias that names a file: that file, beneath `root`, stands for the location's path
};

struct Route {
    const config::Server* server = nullptr;
    const config::LocationSettings* settings = nullptr;  // of the location, or of the server where no location matches
    const Mapping* mapping = nullptr;
    std::string_view location_path;  // empty where no location matches
};

class RouteTable {
public:
    // Settings and reserve must outlive the table.
    RouteTable(const config::Settings& settings, os::DescriptorReserve& reserve);
    RouteTable(const RouteTable&) = delete;
    RouteTable& operator=(const RouteTable&) = delete;

    // The server for a host (as http::RequestHead::host has it) that came in on the socket with this index: the exact
    // name, then the longest leading wildcard, then the longest trailing wildcard, then the socket's default server.
    std::size_t server_for(std::size_t socket, std::string_view host) const;

    // The location for a decoded, normalised path: the exact one, else the longest prefix, else the server's own
    // settings.
    Route route(std::size_t server, std::string_view path) const;

    // A server's own settings: for requests that failed before there was a path.
    Route route_of_server(std::size_t server) const;

private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    using ServerByName = std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>>;

    struct Wildcard {
        std::string text;
        std::size_t server;
    };
    struct SocketNames {
        ServerByName exact;
        std::vector<Wildcard> leading;   // longest first
        std::vector<Wildcard> trailing;  // longest first
        std::size_t default_server = 0;
        bool only_one = false;  // server: no name decides anything
    };
    struct CompiledLocation {
        const config::Location* location;
        Mapping mapping;
    };
    struct CompiledServer {
        const config::Server* server;
        Mapping mapping;
        std::vector<CompiledLocation> exact;     // sorted by path
        std::vector<CompiledLocation> prefixes;  // longest first
    };

    SocketNames compile_names(const config::Settings& settings, const config::Socket& socket) const;
    CompiledServer compile_server(const config::Server& server, os::DescriptorReserve& reserve);
    Mapping compile_mapping(const config::LocationSettings& settings, os::DescriptorReserve& reserve);
    files::Root* root_at(const std::string& path, os::DescriptorReserve& reserve);

    std::map<std::string, std::unique_ptr<files::Root>> roots_;
    std::vector<SocketNames> sockets_;     // index as in Settings::sockets
    std::vector<CompiledServer> servers_;  // index as in Settings::servers
};

}  // namespace routing

// Which server and which location a request belongs to: compiled from the settings when they are loaded, then only
// looked up.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/settings.hpp"
#include "files/root.hpp"
#include "os/sandbox.hpp"

namespace routing {

// How a location's paths become files: `root` + the whole URI path, or `alias` in place of the location's own path.
struct Mapping {
    files::Root* root = nullptr;     // null: neither root nor alias was given
    bool replaces_location = false;  // alias
    std::string_view replaced{};     // by it: where a path has to begin
    std::string file_name;  // an alias that names a file: that file, beneath `root`, stands for the location's path
    const config::Template* rest = nullptr;  // beneath `root`, before the path: where variables are part of the folder
    bool is_whole = false;                   // `rest` is the path of the file: nothing is put behind it
};

struct Request;

struct Route {
    const config::Server* server = nullptr;
    const config::Location* location = nullptr;          // null: none matches
    const config::LocationSettings* settings = nullptr;  // of the location, or of the server where no location matches
    const Mapping* mapping = nullptr;
    bool is_settled = false;  // no script changes it, and nobody is turned away
};

class RouteTable {
public:
    // Settings and reserve must outlive the table.
    RouteTable(const config::Settings& settings, os::DescriptorReserve& reserve);
    RouteTable(const RouteTable&) = delete;
    RouteTable& operator=(const RouteTable&) = delete;

    const config::Settings& settings() const { return settings_; }

    // Finds the server for the request's host (as http::RequestHead::host has it) that came in on the socket with this
    // index: the exact name, then the longest leading wildcard, then the longest trailing wildcard, then the first
    // regular expression that fits, then the socket's default server.
    void choose_server(Request& request, std::size_t socket) const;

    // The location for the request's path: the exact one; else the first regular expression that fits, unless the
    // longest prefix rules them out; else the longest prefix; else the server's own settings. The groups of a regular
    // expression become the request's.
    const Route& route(const Request& request, std::string_view path) const;

    // The location "@name" of a server; null where there is none.
    const config::Location* named_location(std::size_t server, std::string_view name) const;
    Route route_of(std::size_t server, const config::Location& location) const;

    // Settings that took the place of a location's in the middle of it, by an `if`.
    const Mapping* mapping_of(const config::LocationSettings& settings) const;

    // A server's own settings: for requests that failed before there was a path.
    const Route& route_of_server(std::size_t server) const { return servers_[server].route; }

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
        std::vector<std::pair<const config::Pattern*, std::size_t>> patterns;
        std::size_t default_server = 0;
        bool only_one = false;  // server: no name decides anything
    };
    struct CompiledLocation;
    // The locations of one block.
    struct Level {
        std::vector<CompiledLocation> exact;     // sorted by path
        std::vector<CompiledLocation> prefixes;  // longest first
        std::vector<CompiledLocation> patterns;  // in the order of the file
        std::vector<CompiledLocation> named;
        bool is_empty = true;  // nothing can be found here
    };
    struct CompiledLocation {
        const config::Location* location;
        Route route;
        Level inside;
    };
    struct CompiledServer {
        Route route;  // where no location matches
        Level locations;
    };

    SocketNames compile_names(const config::Settings& settings, const config::Socket& socket) const;
    CompiledServer compile_server(const config::Server& server, os::DescriptorReserve& reserve);
    Level compile_level(const config::Server& server, const std::vector<config::Location>& locations,
                        os::DescriptorReserve& reserve);
    void compile_script(const config::Script& script, os::DescriptorReserve& reserve);
    const Mapping* compile_mapping(const config::LocationSettings& settings, os::DescriptorReserve& reserve);
    Mapping make_mapping(const config::LocationSettings& settings, os::DescriptorReserve& reserve);
    struct Found {
        const CompiledLocation* location = nullptr;
        bool is_final = false;  // what stands further out has no say
    };
    Found find(const Level& level, const Request& request, std::string_view path) const;
    Found find_pattern(const Level& level, const Request& request, std::string_view path) const;
    files::Root* root_at(const std::string& path, files::LinkPolicy policy, os::DescriptorReserve& reserve);

    const config::Settings& settings_;
    std::map<std::pair<std::string, files::LinkPolicy>, std::unique_ptr<files::Root>> roots_;
    std::unordered_map<const config::LocationSettings*, std::unique_ptr<const Mapping>> mappings_;
    std::vector<SocketNames> sockets_;     // index as in Settings::sockets
    std::vector<CompiledServer> servers_;  // index as in Settings::servers
};

}  // namespace routing

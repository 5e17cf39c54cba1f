#include "app/quick_site.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>

#include "base/ascii.hpp"
#include "config/load.hpp"
#include "config/values.hpp"
#include "http/media_types.hpp"
#include "os/interfaces.hpp"

namespace app {

namespace {

using base::Error;
using base::Result;

constexpr std::uint16_t first_port = 8080;
constexpr std::uint16_t most_ports = 100;  // that are tried
constexpr std::string_view default_address = "127.0.0.1";
constexpr std::string_view name_of_text = "(the configuration of the command line)";

// Absolute, symbolic links resolved.
Result<std::string> real_path(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> real{::realpath(path.c_str(), nullptr), &std::free};
    if (!real) return Error::from_errno("serve", path);
    return std::string{real.get()};
}

std::string last_segment(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == 0 ? "/" : path.substr(0, slash);
}

// --listen, taken apart; the parts are judged by the parser of configurations.
struct Address {
    std::string host;
    std::string port;  // empty: not said
    bool is_path = false;
};

Result<Address> address_of(const QuickOptions& options) {
    std::string text = options.listen.value_or(std::string{default_address});
    Address address;
    if (text.starts_with("unix:")) {
        const std::string path = text.substr(5);
        if (options.port) return Error{"--port: a unix-domain socket has no port; leave one of the two out", 0};
        if (!path.empty() && !path.starts_with('/')) {
            auto folder = real_path(".");
            if (!folder) return folder.error();
            text = "unix:" + *folder + '/' + path;
        }
        return Address{text, {}, true};
    }
    const std::size_t colon = text.rfind(':');
    const std::size_t bracket = text.rfind(']');
    const bool bare_ipv6 = !text.starts_with('[') && std::ranges::count(text, ':') > 1;
    const bool has_port = colon != std::string::npos && !bare_ipv6 && (bracket == std::string::npos || bracket < colon);
    if (bare_ipv6)
        address.host = '[' + text + ']';
    else
        address.host = text.substr(0, has_port ? colon : std::string::npos);
    if (has_port) address.port = text.substr(colon + 1);
    // As in nginx: a number alone is a port on every address.
    if (!has_port && !text.empty() && std::ranges::all_of(text, base::is_digit)) address = {"*", text, false};
    if (!address.port.empty() && options.port)
        return Error{"--listen " + text + " and --port both name a port; leave one of them out", 0};
    if (options.port) address.port = std::to_string(*options.port);
    return address;
}

std::string server_text(const std::string& listen, const std::string& body) {
    return "server {\n    listen " + config::as_word(listen) + ";\n" + body + "}\n";
}

Result<os::Endpoint> endpoint_of(const std::string& listen) {
    const config::Loaded loaded =
        config::load_text(std::string{name_of_text}, server_text(listen, "    return 204;\n"));
    if (loaded.settings) return loaded.settings->sockets.front().endpoint;
    return Error{loaded.diagnostics.empty() ? std::string{"--listen"} : "--listen: " + loaded.diagnostics[0].message,
                 0};
}

// The text of `listen`, with a port that is free where none was asked for.
Result<std::string> listen_of(const QuickOptions& options) {
    auto address = address_of(options);
    if (!address) return address.error();
    const bool chosen = address->is_path || !address->port.empty();
    std::string text = address->is_path ? address->host : address->host + ':' + address->port;
    if (!chosen) text += std::to_string(first_port);
    auto endpoint = endpoint_of(text);
    if (!endpoint) return endpoint.error();
    if (chosen) return text;
    for (std::uint16_t port = first_port; port < first_port + most_ports; ++port) {
        endpoint->set_port(port);
        const auto socket = os::listen_on(*endpoint, {});
        if (socket) return address->host + ':' + std::to_string(port);
        if (socket.error().code != EADDRINUSE) return socket.error();
    }
    return Error{"no port from " + std::to_string(first_port) + " to " + std::to_string(first_port + most_ports - 1) +
                     " is free; name one with --port",
                 0};
}

constexpr std::string_view fresh = "    add_header Cache-Control no-cache;\n";

Result<std::string> body_of_folder(const std::string& folder, bool spa) {
    std::string body = "    root " + config::as_word(folder) + ";\n" + std::string{fresh};
    if (!spa) return body + "    autoindex on;\n";
    struct stat facts {};
    if (::stat((folder + "/index.html").c_str(), &facts) != 0)
        return Error{"--spa answers paths that don't exist with /index.html, and " + folder + " has none", 0};
    return body + "    location / {\n        try_files $uri $uri/ /index.html;\n    }\n";
}

// The file answers for / and for its name, and nothing else is there.
Result<std::string> body_of_file(const std::string& real, const std::string& name) {
    const std::string target = last_segment(real);
    if (target.starts_with('.') || name.starts_with('.'))
        return Error{"names that begin with a dot are not served: " + name + "; give it another name", 0};
    std::string body = "    root " + config::as_word(folder_of(real)) + ";\n" + std::string{fresh};
    body += "    location = / {\n        index " + config::as_word(target) + ";\n    }\n";
    body += "    location = " + config::as_word('/' + target) + " {\n    }\n";
    if (name != target)  // a symbolic link
        body += "    location = " + config::as_word('/' + name) + " {\n        alias " + config::as_word(real) +
                ";\n    }\n";
    return body + "    location / {\n        return 404;\n    }\n";
}

}  // namespace

Named what_is(const std::string& path) {
    struct stat facts {};
    const bool called_so = path.ends_with(".conf");
    if (::stat(path.c_str(), &facts) != 0) return called_so ? Named::configuration : Named::nothing;
    if (S_ISDIR(facts.st_mode)) return Named::folder;
    if (called_so || !S_ISREG(facts.st_mode)) return Named::configuration;
    if (!http::builtin_media_type(last_segment(path)).empty()) return Named::file;
    return begins_like_configuration(path) ? Named::configuration : Named::file;
}

bool begins_like_configuration(const std::string& path) { return config::begins_with_directive(path); }

Result<QuickSite> quick_site(const std::string& path, const QuickOptions& options) {
    auto real = real_path(path);
    if (!real) return real.error();
    if (real->find('$') != std::string::npos)
        return Error{"a \"$\" in a path would be a variable in a configuration: " + *real + "; rename it", 0};
    const bool folder = what_is(*real) == Named::folder;
    if (!folder && options.spa) return Error{"--spa is for a folder, and " + path + " is a file", 0};
    auto body = folder ? body_of_folder(*real, options.spa) : body_of_file(*real, last_segment(path));
    if (!body) return body.error();
    auto listen = listen_of(options);
    if (!listen) return listen.error();
    return QuickSite{server_text(*listen, *body), (folder ? "the folder " : "the file ") + *real};
}

std::vector<std::string> urls_of(const std::vector<os::Endpoint>& endpoints) {
    using Family = os::Endpoint::Family;
    std::vector<std::string> urls;
    const auto add = [&](const std::string& host, std::uint16_t port) {
        urls.push_back("http://" + host + (port == 80 ? "" : ':' + std::to_string(port)) + '/');
    };
    for (const os::Endpoint& endpoint : endpoints) {
        const std::string text = endpoint.address_text();
        if (endpoint.family() == Family::unix_path) {
            urls.push_back("curl --unix-socket " + endpoint.path() + " http://localhost/");
            continue;
        }
        if (endpoint.is_wildcard() || text == "127.0.0.1") add("localhost", endpoint.port());
        if (!endpoint.is_wildcard()) {
            if (text != "127.0.0.1") add(endpoint.family() == Family::ipv6 ? '[' + text + ']' : text, endpoint.port());
            continue;
        }
        for (const os::Endpoint& mine : os::addresses_in_networks())
            if (mine.family() == endpoint.family())
                add(mine.family() == Family::ipv6 ? '[' + mine.address_text() + ']' : mine.address_text(),
                    endpoint.port());
    }
    return urls;
}

}  // namespace app

// `webserv FOLDER` and `webserv FILE`: serving without a configuration. The flags become the text of one, which is then
// read like any other; --print-config prints it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "os/socket.hpp"

namespace app {

struct QuickOptions {
    std::optional<std::string> listen;  // ADDRESS, ADDRESS:PORT, [IPv6]:PORT or unix:PATH
    std::optional<std::uint16_t> port;
    bool spa = false;  // paths that don't exist are answered with /index.html

    bool any() const { return listen || port || spa; }
};

// What a path on the command line stands for.
enum class Named : std::uint8_t { configuration, folder, file, nothing };

// A file is a configuration when its name ends in .conf, or when its name has no ending that stands for a media type
// and it begins with a directive that may stand at the top of one. What is neither file nor folder (a pipe) is one too.
Named what_is(const std::string& path);

// Whether the file begins as a configuration does, whatever its name.
bool begins_like_configuration(const std::string& path);

struct QuickSite {
    std::string text;    // the configuration
    std::string served;  // "the folder /srv/www", for a message
};

// For a folder or a file. Where no port is given, the first one from 8080 on is taken that is free at this moment.
base::Result<QuickSite> quick_site(const std::string& path, const QuickOptions& options);

// What to open in a browser to get to a server that listens there: for a wildcard address, each address of this
// machine.
std::vector<std::string> urls_of(const std::vector<os::Endpoint>& endpoints);

}  // namespace app

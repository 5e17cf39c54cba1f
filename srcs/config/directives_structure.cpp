#include "config/directives_structure.hpp"

#include <array>

namespace config {

namespace {

using enum Context;

constexpr std::array<DirectiveRow, 5> rows{{
    {
        .name = "events",
        .contexts = {main},
        .least = 0,
        .most = 0,
        .form = Form::block,
        .syntax = "events { ... }",
        .doc = "Holds what concerns connections as such. In a file of bare server blocks its directives may stand at "
               "the top.",
        .example = "events { worker_connections 1024; }",
    },
    {
        .name = "http",
        .contexts = {main},
        .least = 0,
        .most = 0,
        .form = Form::block,
        .syntax = "http { ... }",
        .doc = "Holds the servers and what they have in common. It may be left out: then server blocks and their "
               "common directives stand at the top of the file. One file does it one way or the other, not both.",
        .example = "http { server { listen 8080; } }",
    },
    {
        .name = "server",
        .contexts = {http},
        .least = 0,
        .most = 0,
        .form = Form::block,
        .repeat = Repeat::allowed,
        .syntax = "server { ... }",
        .doc = "One site: the addresses it is reached at (listen), its names (server_name) and what it answers. "
               "Several servers may share an address; the Host of a request chooses among them, and the first, or "
               "the one marked default_server, takes the rest.",
        .example = "server { listen 8080; server_name example.org; root www; }",
    },
    {
        .name = "location",
        .contexts = {server, location},
        .least = 1,
        .most = 2,
        .form = Form::block,
        .repeat = Repeat::allowed,
        .syntax = "location [= | ^~ | ~ | ~*] path | expression { ... }  or  location @name { ... }",
        .doc = "What holds for requests whose path begins with /path: the longest that fits. `=` asks for the whole "
               "path and wins over all others. Otherwise the regular expressions (~, and ~* in any case) are tried in "
               "the order of the file, and the first that fits wins over the prefix, unless that has ^~. Paths are "
               "compared decoded: write a space, not %20. A location in a location is looked for once the outer one "
               "fits. @name is for try_files and error_page only.",
        .example = "location ~* \\.(png|jpe?g)$ { root ../pictures; }",
    },
    {
        .name = "include",
        .contexts = {main, events, http, server, location},
        .repeat = Repeat::allowed,
        .syntax = "include file | pattern;",
        .doc = "Reads other files as if their text stood here. A pattern (* ? [...]) takes what matches, sorted by "
               "name, and may match nothing; a plain name must exist. Relative names start at the main configuration "
               "file's folder.",
        .example = "include sites/*.conf;",
    },
}};

}  // namespace

std::span<const DirectiveRow> structure_directives() { return rows; }

}  // namespace config

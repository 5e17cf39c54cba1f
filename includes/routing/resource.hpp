// From a path of the URI to a path of the file system.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "files/root.hpp"
#include "routing/request.hpp"

namespace routing {

struct Resource {
    files::Root* root = nullptr;
    // Beneath the root, without a leading slash; "" is the root itself; keeps a trailing slash. Views the path, or the
    // mapping, that it was made from; where variables are part of it, it is right until the next call for the request.
    std::string_view relative;

    std::string shown() const;  // the full path in quotes, escaped, for log lines
};

// What `path` (decoded, normalised) stands for in the request's route; nullopt where the location serves no files, or
// where an alias doesn't take the path: it replaces the location's path by whole segments only, so `location /a {
// alias /srv/b; }` has no /ax.
std::optional<Resource> resource_for(const Request& request, std::string_view path);

// What `root` or `alias` say, variables put in, without a slash at the end (but "/"); nullopt where neither is given.
std::optional<std::string> document_root(const Request& request);

}  // namespace routing

// nginx's other directives, so that each is answered by name: those that only tune nginx's own machinery and can be
// passed over, and those that ask for something this server doesn't do, with what to use instead.
#pragma once

#include <span>
#include <string_view>

namespace config {

// Accepted, and without effect.
struct Ineffective {
    std::string_view name;
    std::string_view why;         // "large files always go out by sendfile"
    std::string_view only_value;  // not empty: any other value would change what clients see and is refused, with `why`
};

struct Refused {
    std::string_view name;
    std::string_view instead;  // a clause: "not supported yet", "put haproxy in front for TLS"
};

std::span<const Ineffective> ineffective_directives();
std::span<const Refused> refused_directives();

const Ineffective* find_ineffective(std::string_view name);

// Also by family: every name that begins with "proxy_", "ssl_" and so on.
const Refused* find_refused(std::string_view name);

}  // namespace config

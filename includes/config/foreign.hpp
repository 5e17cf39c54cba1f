// nginx's directives that only tune nginx's own machinery: accepted, so that a configuration that has them works, and
// named by `webserv -t`. What asks for something that this server doesn't do is in config/refused.
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

std::span<const Ineffective> ineffective_directives();

// A directive that has a row of its own in the table is none of these.
const Ineffective* find_ineffective(std::string_view name);

}  // namespace config

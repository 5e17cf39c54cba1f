// Variables that are computed when somebody asks for them: map, geo, split_clients, and what valid_referers compares
// with. routing/maps finds the values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/address_table.hpp"
#include "config/host_table.hpp"
#include "config/script.hpp"
#include "config/template.hpp"

namespace config {

// The script gives it a value (set), or a named group of a regular expression does.
struct Assigned {};

// map source $variable { ... }
struct Map {
    struct Expression {
        Pattern pattern;
        std::uint32_t value;  // index into `values`
    };
    Template source;
    HostTable texts;                      // -> index into `values`
    std::vector<Expression> expressions;  // in the order of the file
    std::vector<Template> values;         // the first is that of `default`
    bool hostnames = false;               // a dot at the end of the source is no part of the name
    bool is_volatile = false;             // found anew each time it is asked for
};

// geo [$address] $variable { ... }
struct Geo {
    std::optional<Template> address;  // unset: the client's
    std::vector<std::string> values;  // the first is that of `default`
    AddressTable<Address4> ipv4;      // -> index into `values`
    AddressTable<Address6> ipv6;
    bool ranges = false;  // IPv4 alone: every other address counts as 255.255.255.255
};

// split_clients source $variable { ... }
struct SplitClients {
    struct Part {
        std::uint32_t end = 0;  // of hashes below this
        std::string value;
    };
    Template source;
    std::vector<Part> parts;          // by `end`
    std::optional<std::string> rest;  // `*`
};

using Definition = std::variant<Assigned, Map, Geo, SplitClients>;

// valid_referers none blocked server_names *.example.org ~expression;
struct Referers {
    bool none = false;                     // no Referer is valid
    bool blocked = false;                  // one without http:// or https:// is
    bool server_names = false;             // this server's names are
    HostTable names;                       // -> index into `paths`
    std::vector<std::string> paths;        // what the path begins with; "" is any
    std::vector<base::Regex> expressions;  // on what follows the scheme
};

}  // namespace config

// Who may use a location: what allow, deny, satisfy, auth_basic and auth_basic_user_file say.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/template.hpp"
#include "http/registry.hpp"

namespace config {

// allow 192.168.0.0/16;   deny all;
struct AddressRule {
    enum class Whose : std::uint8_t { all, unix_socket, ipv4, ipv6 };
    bool allows = false;
    Whose whose = Whose::all;
    std::array<std::uint8_t, 16> address{};  // network order, IPv4 uses the first four; bits beyond the prefix are 0
    unsigned prefix = 0;                     // bits that must be equal
    std::string text;                        // with its place: "deny 192.168.0.0/16" at conf/site.conf:12
};

struct AccessSettings {
    std::vector<AddressRule> rules;  // the first that fits decides; where none does, they say nothing
    bool any_is_enough = false;      // satisfy any
    std::optional<Template> realm;   // unset: off, which a variable may say as well
    std::string user_file;           // absolute; empty: none was given
    // limit_except: what holds for all methods but these; null where it says nothing of who they are.
    http::MethodSet excepted;
    std::shared_ptr<const AccessSettings> for_others;

    bool limits() const { return !rules.empty() || realm.has_value(); }
};

}  // namespace config

// Who a request says that it comes from: Basic credentials (RFC 7617) in its Authorization field.
#pragma once

#include <optional>
#include <string>

#include "http/fields.hpp"

namespace http {

struct BasicCredentials {
    std::string name;
    std::string password;
};

// nullopt where there is no Authorization, more than one, another scheme, or what follows isn't Base64 of a name, a
// colon and a password. The password may hold colons, and either may be empty; no byte of them is a control character
// (RFC 7617 2).
std::optional<BasicCredentials> basic_credentials(const Fields& fields);

// The value of a WWW-Authenticate field that asks for them.
std::string basic_challenge(std::string_view realm);

}  // namespace http

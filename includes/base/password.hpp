// Passwords as htpasswd(1) keeps them: which way a hash was made, and the check of those that need nobody's help.
#pragma once

#include <cstdint>
#include <string_view>

namespace base {

enum class PasswordScheme : std::uint8_t {
    plain,        // {PLAIN}password
    sha1,         // {SHA}base64
    salted_sha1,  // {SSHA}base64
    apr1,         // $apr1$salt$hash: 1000 rounds of MD5
    crypt,        // what crypt(3) knows: $id$..., or 13 characters of the traditional DES
    unknown,
};

PasswordScheme scheme_of(std::string_view hash);

// Whether checking it takes so long, on purpose, that nobody else may be kept waiting for it.
constexpr bool is_slow(PasswordScheme scheme) {
    return scheme == PasswordScheme::apr1 || scheme == PasswordScheme::crypt;
}

// Whether `hash` was made of this password, in a time that doesn't tell how nearly. False for `crypt` and `unknown`,
// which are not known here. Allocates nothing but for {SHA} and {SSHA}.
bool password_fits(std::string_view password, std::string_view hash);

}  // namespace base

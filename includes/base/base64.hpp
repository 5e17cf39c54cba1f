// Base64 (RFC 4648 4) as credentials and password files have it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace base {

// nullopt where a byte is none of the alphabet's, or the length is impossible. The padding may be missing, as some
// clients leave it out.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace base

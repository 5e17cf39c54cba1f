// What this program calls itself: in Server fields, on built-in pages and for -v.
#pragma once

#include <string_view>

namespace base {

inline constexpr std::string_view product = "webserv";
inline constexpr std::string_view product_and_version = "webserv/0.1.0";

}  // namespace base

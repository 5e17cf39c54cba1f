// Where webserv answers, or reads a configuration, otherwise than nginx, on purpose: one row each, with the reason and
// the way back. conf/README.md is made of them.
#pragma once

#include <span>
#include <string_view>

namespace config {

struct Difference {
    std::string_view here;  // Markdown, without a `|`
    std::string_view nginx;
    std::string_view why;
    std::string_view back;  // what to write for nginx's way; "-": there is none
};

// By theme: what clients see, what a configuration may say, the process.
struct DifferenceTheme {
    std::string_view title;
    std::span<const Difference> rows;
};

std::span<const DifferenceTheme> differences();

}  // namespace config

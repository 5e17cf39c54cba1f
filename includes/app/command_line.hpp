// What was asked for on the command line.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace app {

struct Serve {
    std::string configuration;  // path
};
struct TestConfiguration {
    std::string configuration;  // path
};
struct ShowText {
    std::string text;  // for standard output
};
struct UsageError {
    std::string message;  // one line
};
using Command = std::variant<Serve, TestConfiguration, ShowText, UsageError>;

// `arguments` without the program's own name.
Command parse_command_line(std::span<const char* const> arguments);

std::string_view usage();

}  // namespace app

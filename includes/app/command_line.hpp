// What was asked for on the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "app/explain.hpp"
#include "app/quick_site.hpp"

namespace app {

enum class Action : std::uint8_t { serve, test, show_effective, print_configuration, explain };

// Something to be done with a configuration, or with what is to be served without one.
struct Work {
    Action action = Action::serve;
    std::optional<std::string> configuration;  // a path, named as a configuration by -c
    std::optional<std::string> named;          // a path that may be a configuration, a folder or a file
    QuickOptions quick;
    bool tolerant = false;
    Question question;  // to be explained
};
struct ShowText {
    std::string text;  // for standard output
};
struct UsageError {
    std::string message;  // one line
};
using Command = std::variant<Work, ShowText, UsageError>;

inline constexpr std::string_view default_configuration = "conf/default.conf";

// `arguments` without the program's own name.
Command parse_command_line(std::span<const char* const> arguments);

std::string_view usage();

}  // namespace app

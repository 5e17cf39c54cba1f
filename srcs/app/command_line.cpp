#include "app/command_line.hpp"

#include <optional>

#include "base/version.hpp"
#include "config/reference.hpp"

namespace app {

namespace {

constexpr std::string_view usage_text =
    "usage: webserv [-t] [-c] FILE    serve what FILE configures (-t: only test it)\n"
    "       webserv -h [DIRECTIVE]    this help, or the help on a directive\n"
    "       webserv -v | -V           the version; with how it was built\n"
    "       webserv --directives      the reference of all directives, in Markdown\n"
    "\n"
    "Without FILE, conf/default.conf is used. The configuration language is nginx's.\n"
    "TERM, INT and QUIT let running requests finish, then end the server; a second one ends it at once. So does HUP\n"
    "when a terminal hangs up; without one it is ignored, since nothing can be reloaded. USR1 opens the logs anew.\n"
    "Exit status: 0 ended by a signal or -t found no error; 1 wrong configuration or failed start; 2 wrong usage.\n";

constexpr std::string_view default_configuration = "conf/default.conf";

std::string version_text() { return std::string{base::product_and_version} + "\n"; }

std::string build_text() {
    std::string text = version_text();
#if defined(__clang__)
    text.append("built by clang ").append(__clang_version__);
#else
    text.append("built by g++ ").append(__VERSION__);
#endif
    return text.append(", C++").append(std::to_string(__cplusplus / 100 % 100)).append("\n");
}

Command help(std::string_view directive) {
    if (directive.empty()) return ShowText{std::string{usage_text}};
    if (auto text = config::directive_help(directive)) return ShowText{std::move(*text)};
    return UsageError{"there is no directive \"" + std::string{directive} + "\"; `webserv --directives` lists all"};
}

struct Options {
    bool test = false;
    std::optional<std::string> configuration;
};

// nullopt: understood.
std::optional<UsageError> take_configuration(Options& options, std::string_view path) {
    if (options.configuration)
        return UsageError{"more than one configuration is named: \"" + *options.configuration + "\" and \"" +
                          std::string{path} + "\""};
    options.configuration = path;
    return std::nullopt;
}

}  // namespace

Command parse_command_line(std::span<const char* const> arguments) {
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument{arguments[i]};
        const auto next = [&] {
            return i + 1 < arguments.size() ? std::string_view{arguments[i + 1]} : std::string_view{};
        };
        if (argument == "-h" || argument == "--help" || argument == "-?") return help(next());
        if (argument == "-v" || argument == "--version") return ShowText{version_text()};
        if (argument == "-V") return ShowText{build_text()};
        if (argument == "--directives") return ShowText{config::reference_markdown()};
        if (argument == "-t") {
            options.test = true;
        } else if (argument == "-c") {
            if (next().empty()) return UsageError{"-c needs the path of a configuration"};
            if (auto error = take_configuration(options, next())) return *error;
            ++i;
        } else if (argument.starts_with('-')) {
            return UsageError{"there is no option \"" + std::string{argument} + "\""};
        } else if (auto error = take_configuration(options, argument)) {
            return *error;
        }
    }
    std::string path = options.configuration.value_or(std::string{default_configuration});
    if (options.test) return TestConfiguration{std::move(path)};
    return Serve{std::move(path)};
}

std::string_view usage() { return usage_text; }

}  // namespace app

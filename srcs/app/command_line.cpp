#include "app/command_line.hpp"

#include <optional>

#include "base/ascii.hpp"
#include "base/version.hpp"
#include "config/reference.hpp"

namespace app {

namespace {

constexpr std::string_view usage_text =
    "usage: webserv [-t | -T] [[-c] FILE.conf]   serve what FILE.conf configures; without it, conf/default.conf\n"
    "       webserv [OPTION...] FOLDER | FILE    serve a folder or a file at once, without a configuration\n"
    "       webserv -h [DIRECTIVE | WARNING]     this help, or the help on a directive or the code of a warning\n"
    "\n"
    "  -t              test the configuration: what is wrong, what is hardly meant, what has no effect\n"
    "  -T              test it, and print what counts: each value with where it comes from\n"
    "  --explain 'GET http://host:port/path' [-H 'Name: value'] [--from ADDRESS]\n"
    "                  tell what would be answered, and why, without serving\n"
    "  --tolerant      with -t or -T: list what is refused, and tell whether the rest would load\n"
    "  --listen ADDRESS[:PORT] | unix:PATH    for a FOLDER or FILE; without it 127.0.0.1, this machine only; '*': all\n"
    "  --port PORT     for a FOLDER or FILE; without it the first one from 8080 on that is free\n"
    "  --spa           for a FOLDER: paths that don't exist are answered with /index.html\n"
    "  --print-config  print the configuration that FOLDER or FILE and these options stand for\n"
    "  --directives    print the reference of all directives, in Markdown\n"
    "  -v, -V          print the version; with how it was built\n"
    "  --              what comes after it is no option\n"
    "\n"
    "A FILE is a configuration when its name ends in .conf, or when it has no known ending and begins like one; -c "
    "says\n"
    "that it is. The configuration language is nginx's.\n"
    "TERM, INT and QUIT let running requests finish, then end the server; a second one ends it at once. So does HUP\n"
    "when a terminal hangs up; without one it is ignored, since nothing can be reloaded. USR1 opens the logs anew.\n"
    "Exit status: 0 ended by a signal or -t found no error; 1 wrong configuration or failed start; 2 wrong usage.\n";

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

std::string in_quotes(std::string_view text) { return '"' + std::string{text} + '"'; }

Command help(std::string_view directive) {
    if (directive.empty()) return ShowText{std::string{usage_text}};
    if (auto text = config::directive_help(directive)) return ShowText{std::move(*text)};
    std::string hint = config::directive_hint(directive);
    if (hint.empty()) hint = "`webserv --directives` lists all";
    return UsageError{"there is no directive " + in_quotes(directive) + "; " + hint};
}

// Reads the arguments one after the other; the first that is wrong, or that asks for a text, ends it.
class Reader {
public:
    explicit Reader(std::span<const char* const> arguments) : arguments_(arguments) {}

    Command read();

private:
    using Outcome = std::optional<Command>;  // nullopt: go on

    Outcome take(std::string_view argument);
    Outcome take_option(std::string_view argument);
    Outcome take_path(std::optional<std::string>& place, std::string_view path);
    Outcome take_action(Action action);
    Outcome take_port(std::string_view text);
    Outcome take_question(std::string_view argument);
    std::optional<std::string> value_of(std::string_view option, std::string_view argument);
    Command check() const;

    std::span<const char* const> arguments_;
    std::size_t next_ = 0;
    bool options_ended_ = false;
    Work work_;
};

Command Reader::read() {
    while (next_ < arguments_.size()) {
        const std::string_view argument{arguments_[next_++]};
        if (Outcome outcome = take(argument)) return std::move(*outcome);
    }
    return check();
}

Reader::Outcome Reader::take(std::string_view argument) {
    if (!options_ended_ && argument == "--") {
        options_ended_ = true;
        return std::nullopt;
    }
    if (!options_ended_ && argument.starts_with('-')) return take_option(argument);
    if (argument.empty()) return UsageError{"a path is empty"};
    return take_path(work_.named, argument);
}

Reader::Outcome Reader::take_path(std::optional<std::string>& place, std::string_view path) {
    const std::optional<std::string>& earlier = work_.configuration ? work_.configuration : work_.named;
    if (earlier)
        return UsageError{"more than one configuration or folder is named: " + in_quotes(*earlier) + " and " +
                          in_quotes(path)};
    place = path;
    return std::nullopt;
}

Reader::Outcome Reader::take_action(Action action) {
    const bool tests = work_.action == Action::test && action == Action::show_effective;
    const bool tested = work_.action == Action::show_effective && action == Action::test;  // -T tests as well
    if (tested) return std::nullopt;
    if (work_.action != Action::serve && work_.action != action && !tests)
        return UsageError{"-t (or -T), --print-config and --explain are one or the other"};
    work_.action = action;
    return std::nullopt;
}

// Of `--port 80` and `--port=80`; nullopt when there is none.
std::optional<std::string> Reader::value_of(std::string_view option, std::string_view argument) {
    if (argument.size() > option.size()) return std::string{argument.substr(option.size() + 1)};
    if (next_ >= arguments_.size()) return std::nullopt;
    return std::string{arguments_[next_++]};
}

Reader::Outcome Reader::take_port(std::string_view text) {
    work_.quick.port = base::parse_number<std::uint16_t>(text);
    if (work_.quick.port) return std::nullopt;
    return UsageError{"--port: " + in_quotes(text) + " is no port; write a number from 1 to 65535, or 0 for any"};
}

// The request to explain, a field of it, or who asks.
Reader::Outcome Reader::take_question(std::string_view argument) {
    const std::string_view option = argument.substr(0, argument.find('='));
    const std::optional<std::string> value = value_of(option, argument);
    if (!value || value->empty())
        return UsageError{std::string{option} + " needs a value, such as " +
                          (option == "-H"       ? "'Accept: text/html'"
                           : option == "--from" ? "192.0.2.1"
                                                : "'GET http://localhost/'")};
    if (option == "--from") {
        work_.question.from = *value;
        return std::nullopt;
    }
    if (option == "-H") {
        if (value->find(':') == std::string::npos) return UsageError{"-H: " + in_quotes(*value) + " is no field"};
        work_.question.fields.push_back(*value);
        return std::nullopt;
    }
    work_.question.request = *value;
    return take_action(Action::explain);
}

Reader::Outcome Reader::take_option(std::string_view argument) {
    const auto is = [&](std::string_view option) {
        return argument == option || (argument.starts_with(option) && argument[option.size()] == '=');
    };
    if (argument == "-h" || argument == "--help" || argument == "-?")
        return help(next_ < arguments_.size() ? arguments_[next_] : std::string_view{});
    if (argument == "-v" || argument == "--version") return ShowText{version_text()};
    if (argument == "-V") return ShowText{build_text()};
    if (argument == "-H" || is("--from") || is("--explain")) return take_question(argument);
    if (argument == "--directives") return ShowText{config::reference_markdown()};
    if (argument == "-t") return take_action(Action::test);
    if (argument == "-T") return take_action(Action::show_effective);
    if (argument == "--print-config") return take_action(Action::print_configuration);
    if (argument == "--tolerant") {
        work_.tolerant = true;
        return std::nullopt;
    }
    if (argument == "--spa") {
        work_.quick.spa = true;
        return std::nullopt;
    }
    if (argument == "-c") {
        if (next_ >= arguments_.size() || *arguments_[next_] == '\0')
            return UsageError{"-c needs the path of a configuration"};
        return take_path(work_.configuration, arguments_[next_++]);
    }
    if (is("--port")) {
        const auto value = value_of("--port", argument);
        return value ? take_port(*value) : UsageError{"--port needs a number"};
    }
    if (is("--listen")) {
        work_.quick.listen = value_of("--listen", argument);
        if (work_.quick.listen && !work_.quick.listen->empty()) return std::nullopt;
        return UsageError{"--listen needs an address, such as 127.0.0.1, '*' or 192.168.1.5:8080"};
    }
    return UsageError{"there is no option " + in_quotes(argument)};
}

Command Reader::check() const {
    if (work_.tolerant && work_.action == Action::serve) return UsageError{"--tolerant goes with -t or -T"};
    if ((work_.quick.any() || work_.action == Action::print_configuration) && !work_.named)
        return UsageError{"--listen, --port, --spa and --print-config go with a folder or file, such as ."};
    if ((!work_.question.fields.empty() || work_.question.from) && work_.action != Action::explain)
        return UsageError{"-H and --from go with --explain"};
    return work_;
}

}  // namespace

Command parse_command_line(std::span<const char* const> arguments) { return Reader{arguments}.read(); }

std::string_view usage() { return usage_text; }

}  // namespace app

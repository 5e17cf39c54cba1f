#include "config/directives_logs.hpp"

#include <algorithm>
#include <array>

namespace config {

namespace {

using enum Context;

// Whether `path` goes somewhere that is no file: reported.
bool refuse_elsewhere(const Directive& directive, const Token& path, Build& build) {
    if (refuse_variable(directive, path, build)) return true;
    if (path.text.empty()) {
        build.report.error(path, directive.name.text + ": the path is empty");
        return true;
    }
    if (!path.text.starts_with("syslog:") && !path.text.starts_with("memory:")) return false;
    build.report.error(path,
                       directive.name.text + ": " + path.text.substr(0, path.text.find(':')) + " is not supported",
                       "write to a file, or to standard output where systemd-journald or a container reads it");
    return true;
}

std::size_t index_of_access_log(const std::string& path, const Token& at, Settings& settings) {
    const auto found = std::ranges::find(settings.access_logs, path, &AccessLog::path);
    if (found != settings.access_logs.end()) return static_cast<std::size_t>(found - settings.access_logs.begin());
    settings.access_logs.push_back({path, at.origin()});
    return settings.access_logs.size() - 1;
}

void check_format(const Directive& directive, Build& build) {
    for (std::size_t i = 1; i < directive.arguments.size(); ++i) {
        const Token& option = directive.arguments[i];
        if (i == 1 && option.text == "combined") continue;
        const bool is_option = i > 1 || option.text == "gzip" || option.text.find('=') != std::string::npos;
        build.report.error(option,
                           std::string{"access_log: the "} + (is_option ? "option " : "format ") + quoted(option.text) +
                               " is not supported",
                           is_option ? "leave it out" : "the one format is \"combined\"");
    }
}

void set_access_log(const Directive& directive, Level& level, Build& build) {
    const Token& path = directive.arguments[0];
    std::vector<std::size_t>& logs = level.settings().access_logs;
    const bool first = level.starts_list(directive);
    const bool off = path.text == "off";
    // An earlier line that was refused leaves the list empty too.
    if (!first && (off || (logs.empty() && !build.report.failed())))
        return build.report.error(path, "access_log: \"off\" and a log in one block contradict each other",
                                  "line " + std::to_string(level.first_use("access_log")->line) + " has the other");
    if (first) logs.clear();
    if (off && directive.arguments.size() > 1)
        return build.report.error(directive.arguments[1], "access_log: nothing comes after \"off\"");
    if (off || refuse_elsewhere(directive, path, build)) return;
    check_format(directive, build);
    const std::string resolved = build.paths.resolve(path.text);
    check_parent_folder(directive, path, resolved, build);
    const std::size_t index = index_of_access_log(resolved, path, build.settings);
    if (std::ranges::find(logs, index) == logs.end()) logs.push_back(index);
}

void set_error_log(const Directive& directive, Level& level, Build& build) {
    const Token& path = directive.arguments[0];
    if (refuse_elsewhere(directive, path, build)) return;
    if (path.text == "off" && directive.arguments.size() == 1)
        return build.report.error(path, "error_log: \"off\" would be a file of that name",
                                  "write \"error_log /dev/null emerg;\"");
    ErrorLog log{path.text == "stderr" ? std::string{} : build.paths.resolve(path.text), LogLevel::error,
                 directive.name.origin()};
    if (directive.arguments.size() == 2) {
        const Token& name = directive.arguments[1];
        const std::optional<LogLevel> found = os::find_log_level(name.text);
        if (!found) {
            std::string hint = did_you_mean(name.text, {os::log_level_names.begin(), os::log_level_names.end()});
            if (hint.empty()) hint = "write debug, info, notice, warn, error, crit, alert or emerg";
            return build.report.error(name, "error_log: unknown level " + quoted(name.text), std::move(hint));
        }
        log.level = *found;
    }
    if (!log.path.empty()) check_parent_folder(directive, path, log.path, build);
    std::vector<ErrorLog>& logs = build.settings.error_logs;
    const auto same =
        std::ranges::find_if(logs, [&](const ErrorLog& one) { return one.path == log.path && one.level == log.level; });
    level.settings().error_log = static_cast<std::size_t>(same - logs.begin());
    if (same == logs.end()) logs.push_back(std::move(log));
}

void set_log_not_found(const Directive& directive, Level& level, Build& build) {
    if (const auto on = checked(parse_flag(directive.arguments[0].text), directive, directive.arguments[0], build))
        level.settings().log_not_found = *on;
}

constexpr std::array<DirectiveRow, 3> rows{{
    {
        .name = "access_log",
        .contexts = {http, server, location},
        .most = any_number,
        .repeat = Repeat::allowed,
        .set = set_access_log,
        .syntax = "access_log path [combined] | off;",
        .default_text = "access_log /dev/stdout combined;",
        .doc = "Where a line is written for each request, in the format that nginx calls \"combined\". Several lines "
               "write to several places. A block that has a line of its own takes none of the outer ones.",
        .example = "access_log /var/log/webserv/access.log;",
    },
    {
        .name = "error_log",
        .contexts = {main, http, server, location},
        .most = 2,
        .set = set_error_log,
        .syntax = "error_log path | stderr [debug | info | notice | warn | error | crit | alert | emerg];",
        .default_text = "error_log stderr error;",
        .doc = "Where the server says what went wrong, and from which severity on.",
        .example = "error_log /var/log/webserv/error.log warn;",
    },
    {
        .name = "log_not_found",
        .contexts = {http, server, location},
        .set = set_log_not_found,
        .syntax = "log_not_found on | off;",
        .default_text = "log_not_found on;",
        .doc = "Whether the error log explains why a file was not found.",
        .example = "location = /favicon.ico { log_not_found off; }",
    },
}};

}  // namespace

std::span<const DirectiveRow> log_directives() { return rows; }

}  // namespace config

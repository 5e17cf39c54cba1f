#include "config/directives_logs.hpp"

#include <algorithm>
#include <array>

namespace config {

namespace {

using enum Context;

// Whether `path` goes somewhere that is no file: reported.
bool refuse_elsewhere(const Directive& directive, const Token& path, Build& build) {
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

// What is written after the path.
struct LogOptions {
    std::size_t format = 0;
    std::optional<std::uint64_t> buffer;
    std::optional<base::Duration> flush;
    std::shared_ptr<const Template> condition;
};

std::size_t format_index(const Token& name, Build& build) {
    std::vector<LogFormat>& formats = build.settings.log_formats;
    const auto found = std::ranges::find(formats, name.text, &LogFormat::name);
    if (found != formats.end()) return static_cast<std::size_t>(found - formats.begin());
    build.log_formats.emplace(name.text, &name);
    formats.push_back({name.text, LogFormat::Escape::plain, {}});
    return formats.size() - 1;
}

bool read_option(const Directive& directive, const Token& option, LogOptions& options, Build& build) {
    const std::string_view text = option.text;
    const std::string_view value = text.substr(std::min(text.find('=') + 1, text.size()));
    if (text.starts_with("buffer=")) {
        options.buffer = checked(parse_size(value), directive, option, build);
        return options.buffer.has_value();
    }
    if (text.starts_with("flush=")) {
        options.flush = checked(parse_duration(value), directive, option, build);
        return options.flush.has_value();
    }
    if (text.starts_with("if=")) {
        auto condition = read_template(value, directive, option, build);
        if (condition) options.condition = std::make_shared<const Template>(std::move(*condition));
        return condition.has_value();
    }
    const bool gzip = text == "gzip" || text.starts_with("gzip=");
    build.report.error(option, "access_log: the option " + quoted(text) + " is not supported",
                       gzip ? "compress the files when they are rotated" : "write buffer=, flush= or if=");
    return false;
}

std::optional<LogOptions> read_options(const Directive& directive, Build& build) {
    LogOptions options;
    for (std::size_t i = 1; i < directive.arguments.size(); ++i) {
        const Token& word = directive.arguments[i];
        const bool is_option = word.text == "gzip" || word.text.find('=') != std::string::npos;
        if (i == 1 && !is_option) {
            options.format = format_index(word, build);
        } else if (!read_option(directive, word, options, build)) {
            return std::nullopt;
        }
    }
    return options;
}

// The log of this path: lines of one path say the same of its buffer, or nothing.
std::optional<std::size_t> log_at(AccessLog log, const LogOptions& options, const Directive& directive, Build& build) {
    std::vector<AccessLog>& logs = build.settings.access_logs;
    const auto same_file = [&](const AccessLog& one) {
        return one.path == log.path && (one.rest ? one.rest->source() : "") == (log.rest ? log.rest->source() : "");
    };
    const auto found = std::ranges::find_if(logs, same_file);
    if (options.buffer) log.buffer = static_cast<std::size_t>(*options.buffer);
    if (options.flush) log.flush = *options.flush;
    if (found == logs.end()) {
        logs.push_back(std::move(log));
        return logs.size() - 1;
    }
    if ((options.buffer && found->buffer != log.buffer) || (options.flush && found->flush != log.flush)) {
        build.report.error(directive.arguments[0], "access_log: another buffer or flush for this file than before",
                           "the first line is at " + found->origin.to_string() + "; give them once, or equal");
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - logs.begin());
}

// The file of the first argument; a report and nothing when there can't be one.
std::optional<AccessLog> read_log_path(const Directive& directive, Build& build) {
    const Token& path = directive.arguments[0];
    AccessLog log;
    log.origin = path.origin();
    if (!has_variable(path.text)) {
        log.path = build.paths.resolve(path.text);
        check_parent_folder(directive, path, log.path, build);
        return log;
    }
    const std::size_t slash = path.text.rfind('/', path.text.find('$'));
    const std::size_t rest_at = slash == std::string::npos ? 0 : slash + 1;
    log.path = build.paths.resolve(path.text.substr(0, rest_at));
    auto rest = read_template(std::string_view{path.text}.substr(rest_at), directive, path, build);
    if (!rest) return std::nullopt;
    log.rest = std::make_shared<const Template>(std::move(*rest));
    check_parent_folder(directive, path, log.path + "/log", build);
    return log;
}

void set_access_log(const Directive& directive, Level& level, Build& build) {
    const Token& path = directive.arguments[0];
    std::vector<AccessLogUse>& logs = level.settings().access_logs;
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
    auto options = read_options(directive, build);
    auto log = read_log_path(directive, build);
    if (!options || !log) return;
    if (const auto index = log_at(std::move(*log), *options, directive, build))
        logs.push_back({*index, options->format, std::move(options->condition)});
}

struct NamedEscape {
    std::string_view name;
    LogFormat::Escape escape;
};
constexpr std::array<NamedEscape, 3> escapes{{
    {"escape=default", LogFormat::Escape::plain},
    {"escape=json", LogFormat::Escape::json},
    {"escape=none", LogFormat::Escape::none},
}};

void set_log_format(const Directive& directive, Level&, Build& build) {
    const Token& name = directive.arguments[0];
    const std::size_t index = format_index(name, build);
    const bool is_new = build.log_formats.erase(name.text) > 0;
    if (!is_new)
        return build.report.error(
            name, "log_format: there is a format " + quoted(name.text) + " already",
            name.text == "combined" ? "it is built in: choose another name" : "choose another name");
    std::span<const Token> words{directive.arguments};
    words = words.subspan(1);
    LogFormat& format = build.settings.log_formats[index];
    if (words.front().text.starts_with("escape=")) {
        const auto escape = std::ranges::find(escapes, words.front().text, &NamedEscape::name);
        if (escape == escapes.end())
            return build.report.error(words.front(), "log_format: unknown " + quoted(words.front().text),
                                      "write escape=default, escape=json or escape=none");
        format.escape = escape->escape;
        words = words.subspan(1);
    }
    std::string text;
    for (const Token& word : words) text.append(word.text);
    if (text.empty())
        return build.report.error(name, "log_format: " + quoted(name.text) + " has no text",
                                  "write what a line says, such as '$remote_addr \"$request\" $status'");
    if (auto read = read_template(text, directive, name, build)) format.text = std::move(*read);
}

void set_open_log_file_cache(const Directive& directive, Level&, Build& build) {
    LogFileCache& cache = build.settings.log_file_cache;
    if (directive.arguments.front().text == "off") {
        cache.most = 1;
        return;
    }
    for (const Token& option : directive.arguments) {
        const std::string_view text = option.text;
        const std::string_view value = text.substr(std::min(text.find('=') + 1, text.size()));
        if (text.starts_with("max=")) {
            if (const auto most = checked(parse_count(value, 1, 10'000), directive, option, build)) cache.most = *most;
        } else if (text.starts_with("inactive=")) {
            if (const auto time = checked(parse_duration(value), directive, option, build)) cache.inactive = *time;
        } else if (text.starts_with("min_uses=") || text.starts_with("valid=")) {
            build.report.note(option, "open_log_file_cache: " + quoted(text.substr(0, text.find('='))) +
                                          " has no effect here: an open file is written to until USR1 comes");
        } else {
            build.report.error(option, "open_log_file_cache: unknown " + quoted(text), "write max= or inactive=");
        }
    }
}

void set_error_log(const Directive& directive, Level& level, Build& build) {
    const Token& path = directive.arguments[0];
    if (refuse_variable(directive, path, build) || refuse_elsewhere(directive, path, build)) return;
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

constexpr auto rows = std::to_array<DirectiveRow>({
    {
        .name = "access_log",
        .contexts = {http, server, location, if_in_location},
        .most = any_number,
        .repeat = Repeat::allowed,
        .set = set_access_log,
        .syntax = "access_log path [format] [buffer=size] [flush=time] [if=condition]; | access_log off;",
        .default_text = "access_log /dev/stdout combined;",
        .doc =
            "Where a line is written for each request, in the format of a log_format, or in the one that is called "
            "\"combined\". Lines wait for at most a second (flush) or 16k (buffer). if= leaves out requests for which "
            "its value is empty or \"0\". Variables in the path give one file for each value: the folder before the "
            "first of them must exist, and a \"/\" in a value becomes \"_\". Several lines write to several places. "
            "A block that has a line of its own takes none of the outer ones.",
        .example = "access_log /var/log/webserv/access.log combined if=$loggable;",
    },
    {
        .name = "log_format",
        .contexts = {http},
        .least = 2,
        .most = any_number,
        .repeat = Repeat::allowed,
        .set = set_log_format,
        .syntax = "log_format name [escape=default | json | none] text ...;",
        .doc =
            "A format for access_log: text with variables. By default quotes, backslashes and control bytes in values "
            "become \\xHH and a missing value is \"-\"; escape=json writes them as the inside of a JSON string; none "
            "leaves them as they are, line ends too.",
        .example = "log_format short '$remote_addr \"$request\" $status $request_time';",
    },
    {
        .name = "open_log_file_cache",
        .contexts = {http},
        .most = any_number,
        .set = set_open_log_file_cache,
        .syntax = "open_log_file_cache max=number [inactive=time]; | open_log_file_cache off;",
        .default_text = "open_log_file_cache max=64 inactive=60s;",
        .doc = "How many log files whose path holds variables are kept open, and for how long after their last line.",
        .example = "open_log_file_cache max=1000 inactive=20s;",
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
});

}  // namespace

std::span<const DirectiveRow> log_directives() { return rows; }

}  // namespace config

#include "config/directives_reading.hpp"

#include <algorithm>
#include <array>

namespace config {

namespace {

using enum Context;

void set_aio(const Directive& directive, Level& level, Build& build) {
    const Token& how = directive.arguments[0];
    const bool threads = how.text == "threads";
    const std::string_view wrong = how.text == "on" ? " is not supported: it reads past the kernel's cache"
                                   : how.text.starts_with("threads=") ? " names a pool: there is one, without a name"
                                                                      : " is unknown";
    if (!threads && how.text != "off")
        return build.report.error(how, "aio: " + quoted(how.text).append(wrong), "write threads (the default) or off");
    level.settings().aio_threads = threads;
}

void set_open_file_cache(const Directive& directive, Level& level, Build& build) {
    const Token& first = directive.arguments[0];
    if (first.text == "off") {
        if (directive.arguments.size() > 1)
            return build.report.error(directive.arguments[1], "open_file_cache: nothing comes after \"off\"");
        level.settings().open_file_cache = false;
        return;
    }
    if (!level.contexts.contains(http))
        return build.report.error(first, "open_file_cache: one cache serves all: its size stands in http { }",
                                  "here it can be \"off\"");
    constexpr std::uint64_t most = 10'000'000;
    FileCache& cache = build.settings.file_cache;
    for (const Token& option : directive.arguments) {
        const std::size_t equals = std::min(option.text.find('='), option.text.size());
        const std::string_view name = std::string_view{option.text}.substr(0, equals);
        const std::string_view value = std::string_view{option.text}.substr(std::min(equals + 1, option.text.size()));
        if (name == "max") {
            if (const auto count = checked(parse_count(value, 1, most), directive, option, build))
                cache.entries = static_cast<std::size_t>(*count);
        } else if (name == "bytes") {
            if (const auto size = checked(parse_offset(value), directive, option, build)) cache.bytes = *size;
        } else if (name == "inactive") {
            if (const auto time = checked(parse_duration(value), directive, option, build))
                cache.inactive = std::max<base::Duration>(*time, std::chrono::seconds{1});
        } else {
            build.report.error(option, "open_file_cache: unknown option " + quoted(option.text),
                               "write max=number, bytes=size, inactive=time, or off");
        }
    }
}

constexpr std::array rows = std::to_array<DirectiveRow>({
    {
        .name = "open_file_cache",
        .contexts = {http, server, location},
        .most = 3,
        .set = set_open_file_cache,
        .syntax = "open_file_cache off | [max=number] [bytes=size] [inactive=time];",
        .default_text = "open_file_cache max=16384 bytes=64m inactive=60s;",
        .doc = "What is kept in memory of the files that are served: their status, content up to 64k, and the ready "
               "answer; of larger ones the open file; and that a file is missing. A change is seen by the next "
               "request, since the kernel tells of it (inotify). What it can't tell (another machine's changes on a "
               "network file system, a link above the root that is switched) is seen within a second, and a write "
               "through a memory mapping when the kernel notes it in the file's times: the first after each sync. "
               "Large files are best replaced by a rename: one that is overwritten in place while it is sent ends the "
               "response early, as soon as that is known. `max` entries use up to `bytes` of memory; what nobody has "
               "asked for in `inactive` is dropped. There is one cache: its size stands in http { }; a server or "
               "location can turn it off.",
        .example = "open_file_cache max=1000 bytes=16m inactive=20s;",
    },
    {
        .name = "aio",
        .contexts = {http, server, location},
        .set = set_aio,
        .syntax = "aio threads | off;",
        .default_text = "aio threads;",
        .doc = "Who waits for the disk when what is to be sent isn't in the kernel's cache: a helper thread that "
               "reads it, while everybody else is served on, or the server. No thread runs before that happens.",
        .example = "aio off;",
    },
});

}  // namespace

std::span<const DirectiveRow> reading_directives() { return rows; }

}  // namespace config

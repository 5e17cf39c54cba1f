#include "config/directives_process.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <array>

namespace config {

namespace {

using enum Context;

void set_user(const Directive& directive, Level&, Build& build) {
    // As in nginx: only root can become somebody else.
    if (build.check_world && ::geteuid() != 0)
        return build.report.warning(directive.name, "\"user\" is ignored",
                                    "only a server started by root can become another user");
    const Token& user = directive.arguments[0];
    if (build.check_world && ::getpwnam(user.text.c_str()) == nullptr)
        return build.report.error(user, "user: there is no user " + quoted(user.text) + " on this machine",
                                  "see /etc/passwd");
    build.settings.user = user.text;
    build.settings.user_origin = directive.name.origin();
    if (directive.arguments.size() < 2) return;
    const Token& group = directive.arguments[1];
    if (build.check_world && ::getgrnam(group.text.c_str()) == nullptr)
        return build.report.error(group, "user: there is no group " + quoted(group.text) + " on this machine",
                                  "see /etc/group");
    build.settings.group = group.text;
}

void set_pid(const Directive& directive, Level&, Build& build) {
    const Token& path = directive.arguments[0];
    if (path.text.empty()) return build.report.error(path, "pid: the path is empty");
    if (refuse_variable(directive, path, build)) return;
    build.settings.pid = build.paths.resolve(path.text);
    check_parent_folder(directive, path, build.settings.pid, build);
    build.settings.pid_origin = directive.name.origin();
}

void set_daemon(const Directive& directive, Level&, Build& build) {
    const Token& value = directive.arguments[0];
    const auto on = checked(parse_flag(value.text), directive, value, build);
    if (on.value_or(false))
        build.report.error(value, "daemon: webserv stays in the foreground",
                           "use systemd, or nohup, and write \"daemon off;\"");
}

void set_worker_processes(const Directive& directive, Level&, Build& build) {
    const Token& value = directive.arguments[0];
    if (value.text != "1")
        build.report.error(value, "worker_processes: webserv serves with one process", "write \"worker_processes 1;\"");
}

void set_worker_connections(const Directive& directive, Level&, Build& build) {
    constexpr std::uint64_t most = 1'000'000;
    const Token& value = directive.arguments[0];
    if (const auto count = checked(parse_count(value.text, 1, most), directive, value, build))
        build.settings.worker_connections = static_cast<std::size_t>(*count);
}

void set_worker_rlimit_nofile(const Directive& directive, Level&, Build& build) {
    constexpr std::uint64_t least = 16;            // the server's own descriptors have to fit
    constexpr std::uint64_t most = 1'073'741'816;  // the kernel's own bound, fs.nr_open
    const Token& value = directive.arguments[0];
    build.settings.worker_rlimit_nofile = checked(parse_count(value.text, least, most), directive, value, build);
}

constexpr std::array rows = std::to_array<DirectiveRow>({
    {
        .name = "user",
        .contexts = {main},
        .most = 2,
        .set = set_user,
        .syntax = "user name [group];",
        .doc = "Who the server becomes once its sockets are open; the group is the user's own when it is not named. "
               "Only a server that root started can do that: for others the line is ignored with a warning. "
               "A pid file or a unix-domain socket in a folder that only root can write to stays there at the end.",
        .example = "user www-data;",
    },
    {
        .name = "pid",
        .contexts = {main},
        .set = set_pid,
        .syntax = "pid file;",
        .doc = "The file that holds the process number while the server runs. Without this line none is written.",
        .example = "pid /run/webserv.pid;",
    },
    {
        .name = "daemon",
        .contexts = {main},
        .set = set_daemon,
        .syntax = "daemon off;",
        .default_text = "daemon off;",
        .doc = "webserv stays in the foreground, where systemd, a container or a shell can watch it. The line is "
               "accepted for the sake of configurations that have it; `on` is refused.",
        .example = "daemon off;",
    },
    {
        .name = "worker_processes",
        .contexts = {main},
        .set = set_worker_processes,
        .syntax = "worker_processes 1;",
        .default_text = "worker_processes 1;",
        .doc = "One process serves with one event loop. Other numbers and `auto` are refused, so that nobody counts "
               "on them.",
        .example = "worker_processes 1;",
    },
    {
        .name = "worker_rlimit_nofile",
        .contexts = {main},
        .set = set_worker_rlimit_nofile,
        .syntax = "worker_rlimit_nofile number;",
        .doc = "How many files and sockets the process may have open (RLIMIT_NOFILE). Without this line it is "
               "the hard limit that the process was started with (ulimit -Hn). Each connection needs one, and one more "
               "while it sends a large file.",
        .example = "worker_rlimit_nofile 8192;",
    },
    {
        .name = "worker_connections",
        .contexts = {events},
        .set = set_worker_connections,
        .syntax = "worker_connections number;",
        .default_text = "worker_connections 512;",
        .doc =
            "How many connections may be open at the same time. For a further one, the connection that has been idle "
            "for longest is closed; when none is idle, it waits in the kernel's queue.",
        .example = "events { worker_connections 4096; }",
    },
});

}  // namespace

std::span<const DirectiveRow> process_directives() { return rows; }

}  // namespace config

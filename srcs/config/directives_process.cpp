#include "config/directives_process.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "os/process.hpp"

namespace config {

namespace {

using enum Context;

void set_user(const Directive& directive, Level&, Build& build) {
    // As in nginx: only root can become somebody else.
    if (build.check_world && ::geteuid() != 0)
        return build.report.warning(Warning::user_ignored, directive.name, "\"user\" is ignored",
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
    constexpr std::uint64_t most = 512;
    const Token& value = directive.arguments[0];
    if (value.text == "auto") {
        build.settings.worker_processes = std::min<std::size_t>(os::usable_processors(), most);
        return;
    }
    auto count = parse_count(value.text, 1, most);
    if (!count) return build.report.error(value, "worker_processes: " + count.error().message + ", or auto");
    build.settings.worker_processes = static_cast<std::size_t>(*count);
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
               "With several worker_processes, the workers do, and the master, which serves nobody, stays root. Only a "
               "server that root started can do that: for others the line is ignored with a warning. "
               "With one process, a pid file or a unix-domain socket in a folder that only root can write to stays "
               "there at the end.",
        .example = "user www-data;",
    },
    {
        .name = "pid",
        .contexts = {main},
        .set = set_pid,
        .syntax = "pid file;",
        .doc = "The file that holds the number of the process to signal while the server runs. Without this line none "
               "is written.",
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
        .syntax = "worker_processes number | auto;",
        .default_text = "worker_processes 1;",
        .doc = "How many processes serve, each with an event loop of its own; `auto` is one for each processor that "
               "this process may use. With 1 there is no other process. With more, a master starts them, replaces one "
               "that dies, and passes signals on: signals go to the master, whose number is in the pid file. Each "
               "process has its own socket for every address, and the kernel spreads the connections over them "
               "(SO_REUSEPORT); a unix-domain socket is shared. worker_connections and worker_rlimit_nofile hold for "
               "each process.",
        .example = "worker_processes auto;",
    },
    {
        .name = "worker_rlimit_nofile",
        .contexts = {main},
        .set = set_worker_rlimit_nofile,
        .syntax = "worker_rlimit_nofile number;",
        .doc = "How many files and sockets each process may have open (RLIMIT_NOFILE). Without this line it is "
               "the hard limit that the server was started with (ulimit -Hn). Each connection needs one, and one more "
               "while it sends a large file.",
        .example = "worker_rlimit_nofile 8192;",
    },
    {
        .name = "worker_connections",
        .contexts = {events},
        .set = set_worker_connections,
        .syntax = "worker_connections number;",
        .default_text = "worker_connections 512;",
        .doc = "How many connections each process may have open at the same time. For a further one, the connection "
               "that has been idle "
               "for longest is closed; when none is idle, it waits in the kernel's queue.",
        .example = "events { worker_connections 4096; }",
    },
});

}  // namespace

std::span<const DirectiveRow> process_directives() { return rows; }

}  // namespace config

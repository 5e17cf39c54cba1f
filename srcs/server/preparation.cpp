#include "server/preparation.hpp"

#include <utility>

#include "os/file.hpp"
#include "os/sandbox.hpp"

namespace server {

namespace {

base::Error at(const config::Origin& origin, base::Error error) {
    error.message = origin.to_string() + ": " + error.message;
    return error;
}

struct OpenedSockets {
    std::vector<SocketSet> sets;
    std::vector<os::Endpoint> endpoints;
    std::vector<os::LeftFile> left_files;
};

// Each process gets a socket of its own on the same address, and the kernel spreads the connections over them.
base::Result<void> open_spread(const config::Socket& configured, std::size_t index, OpenedSockets& opened) {
    os::Endpoint endpoint = configured.endpoint;
    os::ListenOptions options = configured.options;
    const bool spread = opened.sets.size() > 1;
    if (spread && !options.reuse_port && endpoint.port() != 0) {
        if (auto unused = os::check_unused(endpoint, options); !unused) return unused.error();
    }
    options.reuse_port = options.reuse_port || spread;
    for (SocketSet& set : opened.sets) {
        base::Result<os::UniqueFd> socket = os::listen_on(endpoint, options);
        if (!socket) return socket.error();
        const os::Endpoint local = os::local_endpoint(socket->fd());
        if (&set == &opened.sets.front()) opened.endpoints.push_back(local);
        endpoint.set_port(local.port());  // the one that the kernel chose for the first
        set.push_back({index, std::move(socket).value()});
    }
    return {};
}

// SO_REUSEPORT is for addresses with ports: of a unix-domain socket there is one for all. It has no EPOLLEXCLUSIVE:
// that would wake the same idle worker every time, and clients that come one by one would all be that worker's.
base::Result<void> open_shared(const config::Socket& configured, std::size_t index, OpenedSockets& opened) {
    base::Result<os::UniqueFd> socket = os::listen_on(configured.endpoint, configured.options);
    if (!socket) return socket.error();
    opened.left_files.emplace_back(configured.endpoint.path());
    opened.endpoints.push_back(os::local_endpoint(socket->fd()));
    for (SocketSet& set : opened.sets) {
        base::Result<os::UniqueFd> copy = os::duplicate(*socket);
        if (!copy) return copy.error();
        set.push_back({index, std::move(copy).value()});
    }
    return {};
}

base::Result<OpenedSockets> open_sockets(const config::Settings& settings, std::size_t sets) {
    OpenedSockets opened;
    opened.sets.resize(sets);
    for (std::size_t index = 0; index < settings.sockets.size(); ++index) {
        const config::Socket& configured = settings.sockets[index];
        if (configured.opened_by) continue;
        const bool shared = configured.endpoint.family() == os::Endpoint::Family::unix_path;
        auto done = shared ? open_shared(configured, index, opened) : open_spread(configured, index, opened);
        if (!done) return at(configured.origin, done.error());
    }
    return opened;
}

std::optional<std::string> warning_about_limits(const config::Settings& settings, std::uint64_t descriptor_limit) {
    // A connection needs a descriptor; that some need another one, for a file, is what the reserve is for.
    if (settings.worker_connections + os::DescriptorReserve::capacity < descriptor_limit) return std::nullopt;
    return "worker_connections " + std::to_string(settings.worker_connections) +
           " is more than the limit of open files, " + std::to_string(descriptor_limit) +
           ", has room for: raise the limit (`ulimit -n`, or worker_rlimit_nofile)";
}

}  // namespace

base::Result<Prepared> prepare(std::shared_ptr<const config::Settings> settings, std::size_t processes) {
    if (auto possible = os::check_open_beneath(); !possible) return possible.error();
    base::Result<std::uint64_t> limit = os::raise_descriptor_limit(settings->worker_rlimit_nofile);
    std::optional<std::string> warning;
    if (!limit) {
        // As in nginx: fewer connections are better than none.
        warning = "worker_rlimit_nofile: " + limit.error().message;
        limit = os::raise_descriptor_limit(std::nullopt);
        if (!limit) return limit.error();
    }
    base::Result<CounterTable> counters = CounterTable::open(processes);
    if (!counters) return counters.error();
    base::Result<Logs> logs = Logs::open(*settings);
    if (!logs) return logs.error();
    base::Result<OpenedSockets> opened = open_sockets(*settings, processes);
    if (!opened) return opened.error();
    if (!settings->pid.empty()) {
        base::Result<os::LeftFile> file = os::LeftFile::pid_file(settings->pid);
        if (!file) return at(settings->pid_origin, file.error());
        opened->left_files.push_back(std::move(file).value());
    }
    if (!warning) warning = warning_about_limits(*settings, limit.value());
    return Prepared{std::move(settings),
                    std::move(logs).value(),
                    std::move(opened->sets),
                    std::move(opened->endpoints),
                    std::move(opened->left_files),
                    std::move(counters).value(),
                    limit.value(),
                    std::move(warning)};
}

Equipment equipment_of_all(Prepared prepared) {
    return {.settings = std::move(prepared.settings),
            .logs = std::move(prepared.logs),
            .sockets = std::move(prepared.socket_sets.front()),
            .left_files = std::move(prepared.left_files),
            .counters = std::move(prepared.counters),
            .place = 0,
            .descriptor_limit = prepared.descriptor_limit,
            .master = std::nullopt,
            .warning = std::move(prepared.warning)};
}

}  // namespace server

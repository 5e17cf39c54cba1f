// Wires everything together; the only place that knows all rooms, and the only one that writes to the terminal by
// itself.

#include <cstdio>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/command_line.hpp"
#include "config/load.hpp"
#include "os/sandbox.hpp"
#include "server/master.hpp"
#include "server/preparation.hpp"
#include "server/server.hpp"

namespace {

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

void print(std::FILE* stream, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stream);
    std::fflush(stream);
}

void print_diagnostics(const config::Loaded& loaded, bool with_notes) {
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
        if (diagnostic.severity != config::Severity::note || with_notes) print(stderr, config::render(diagnostic));
    }
}

int test_configuration(const std::string& path) {
    const config::Loaded loaded = config::load(path);
    print_diagnostics(loaded, true);
    print(stderr, "webserv: the configuration " + path + (loaded.settings ? " is fine\n" : " is not usable\n"));
    return loaded.settings ? 0 : exit_failed;
}

int not_started(std::string_view what, const base::Error& error) {
    print(stderr, "webserv: " + std::string{what} + "not started: " + error.message + "\n");
    return exit_failed;
}

void print_endpoints(const std::vector<os::Endpoint>& endpoints) {
    for (const os::Endpoint& endpoint : endpoints)
        print(stderr, "webserv: listening on " + endpoint.to_string() + "\n");
}

// `endpoints`: where it listens, to be told.
int serve_with(server::Equipment equipment, const std::vector<os::Endpoint>& endpoints) {
    const std::string_view what = equipment.master ? "worker " : "";
    auto server = server::Server::start(std::move(equipment));
    if (!server) return not_started(what, server.error());
    print_endpoints(endpoints);
    server.value()->run();
    return 0;
}

// Returns in the master, and in each worker as well.
int supervise(server::Prepared prepared) {
    const std::vector<os::Endpoint> endpoints = prepared.endpoints;
    base::Result<std::unique_ptr<server::Master>> started = server::Master::start(std::move(prepared));
    if (!started) return not_started("", started.error());
    std::unique_ptr<server::Master> master = std::move(started).value();
    print_endpoints(endpoints);
    std::optional<server::Equipment> worker = master->run();
    master.reset();
    return worker ? serve_with(std::move(*worker), {}) : 0;
}

int serve(const std::string& path) {
    config::Loaded loaded = config::load(path);
    print_diagnostics(loaded, false);
    if (!loaded.settings) {
        print(stderr, "webserv: not started: the configuration " + path + " is not usable\n");
        return exit_failed;
    }
    const std::size_t processes = loaded.settings->worker_processes;
    base::Result<server::Prepared> prepared = server::prepare(std::move(loaded.settings), processes);
    if (!prepared) return not_started("", prepared.error());
    if (processes > 1) return supervise(std::move(prepared).value());
    const std::vector<os::Endpoint> endpoints = prepared->endpoints;
    return serve_with(server::equipment_of_all(std::move(prepared).value()), endpoints);
}

int run(const app::Command& command) {
    if (const auto* wanted = std::get_if<app::Serve>(&command)) return serve(wanted->configuration);
    if (const auto* wanted = std::get_if<app::TestConfiguration>(&command))
        return test_configuration(wanted->configuration);
    if (const auto* text = std::get_if<app::ShowText>(&command)) {
        print(stdout, text->text);
        return 0;
    }
    print(stderr, "webserv: " + std::get<app::UsageError>(command).message + "\n" + std::string{app::usage()});
    return exit_usage;
}

}  // namespace

int main(int argc, char** argv) {
    if (!os::ensure_standard_descriptors()) return exit_failed;
    try {
        const auto count = argc > 0 ? static_cast<std::size_t>(argc) - 1 : 0;
        return run(app::parse_command_line({argv + (argc > 0 ? 1 : 0), count}));
    } catch (const std::bad_alloc&) {
        print(stderr, "webserv: out of memory\n");
        return exit_failed;
    }
}

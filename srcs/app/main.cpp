// Wires everything together; the only place that knows all rooms, and the only one that writes to the terminal by
// itself.

#include <cstdio>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/command_line.hpp"
#include "app/explain.hpp"
#include "app/quick_site.hpp"
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

bool is_shown(config::Severity severity, bool with_notes) {
    return with_notes || severity == config::Severity::error || severity == config::Severity::warning;
}

void print_diagnostics(const config::Loaded& loaded, bool with_notes) {
    for (const config::Diagnostic& diagnostic : loaded.diagnostics)
        if (is_shown(diagnostic.severity, with_notes)) print(stderr, config::render(diagnostic));
}

// A configuration, from a file or made of the command line.
struct Source {
    std::string name;  // as people call it: the path
    std::optional<app::QuickSite> quick;

    config::Loaded load(config::LoadOptions options = {}) const {
        return quick ? config::load_text("(made of the command line)", quick->text, options)
                     : config::load(name, options);
    }
};

std::string summary_of_skipped(const config::Loaded& loaded) {
    std::map<std::string_view, std::size_t> counts;
    for (const config::Diagnostic& diagnostic : loaded.diagnostics)
        if (diagnostic.severity == config::Severity::skipped) ++counts[diagnostic.code];
    std::string text;
    for (const auto& [lack, count] : counts)
        text.append(text.empty() ? "" : ", ").append(lack).append(": ").append(std::to_string(count));
    return text.empty() ? "nothing was skipped" : "skipped for what webserv doesn't do (" + text + ")";
}

int test_configuration(const Source& source, const app::Work& work) {
    const bool effective = work.action == app::Action::show_effective;
    const config::Loaded loaded = source.load({.lint = true, .tolerant = work.tolerant, .effective = effective});
    print_diagnostics(loaded, true);
    if (loaded.settings && effective) print(stdout, loaded.effective);
    if (work.tolerant) print(stderr, "webserv: " + summary_of_skipped(loaded) + "\n");
    const std::string what = std::string{work.tolerant ? "the rest of " : ""} + "the configuration " + source.name;
    print(stderr, "webserv: " + what + (loaded.settings ? " is fine\n" : " is not usable\n"));
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

void print_urls(const Source& source, const std::vector<os::Endpoint>& endpoints) {
    std::string text = "webserv: serving " + source.quick->served + "; ^C ends it\n";
    for (const std::string& url : app::urls_of(endpoints)) text += "    " + url + "\n";
    print(stderr, text);
}

int serve(const Source& source) {
    config::Loaded loaded = source.load();
    print_diagnostics(loaded, false);
    if (!loaded.settings) {
        print(stderr, "webserv: not started: the configuration " + source.name + " is not usable\n");
        return exit_failed;
    }
    const std::size_t processes = loaded.settings->worker_processes;
    base::Result<server::Prepared> prepared = server::prepare(std::move(loaded.settings), processes);
    if (!prepared) return not_started("", prepared.error());
    if (processes > 1) return supervise(std::move(prepared).value());
    const std::vector<os::Endpoint> endpoints = prepared->endpoints;
    if (source.quick) print_urls(source, endpoints);
    return serve_with(server::equipment_of_all(std::move(prepared).value()), endpoints);
}

int explain(const Source& source, const app::Question& question) {
    config::Loaded loaded = source.load();
    print_diagnostics(loaded, false);
    if (!loaded.settings) return exit_failed;
    const base::Result<std::string> text = app::explain(std::move(loaded.settings), question);
    if (text) {
        print(stdout, text.value());
        return 0;
    }
    print(stderr, "webserv: --explain: " + text.error().message + "\n");
    return exit_failed;
}

int work_with(const Source& source, const app::Work& work) {
    switch (work.action) {
        case app::Action::serve: return serve(source);
        case app::Action::test:
        case app::Action::show_effective: return test_configuration(source, work);
        case app::Action::print_configuration: print(stdout, source.quick->text); return 0;
        case app::Action::explain: return explain(source, work.question);
    }
    return exit_failed;
}

int wrong_usage(const std::string& message) {
    print(stderr, "webserv: " + message + "\n" + std::string{app::usage()});
    return exit_usage;
}

int work_with_configuration(const std::string& path, const app::Work& work) {
    if (work.quick.any() || work.action == app::Action::print_configuration)
        return wrong_usage("--listen, --port, --spa and --print-config are for a folder or file, and " + path +
                           " is a configuration: it says these things itself, and -T prints what it comes to");
    const int status = work_with({path, std::nullopt}, work);
    if (status == exit_failed && !work.configuration && work.named && !path.ends_with(".conf"))
        print(stderr, "webserv: " + path + " was taken for a configuration, because it begins like one\n");
    return status;
}

int work_without_configuration(const std::string& path, const app::Work& work) {
    base::Result<app::QuickSite> site = app::quick_site(path, work.quick);
    if (!site) return not_started("", site.error());
    if (app::what_is(path) == app::Named::file && app::begins_like_configuration(path))
        print(stderr,
              "webserv: " + path + " is served as a file; to serve what it configures: webserv -c " + path + "\n");
    return work_with({path, std::move(site).value()}, work);
}

int run(const app::Command& command) {
    if (const auto* text = std::get_if<app::ShowText>(&command)) {
        print(stdout, text->text);
        return 0;
    }
    if (const auto* error = std::get_if<app::UsageError>(&command)) return wrong_usage(error->message);
    const app::Work& work = std::get<app::Work>(command);
    if (!work.named)
        return work_with_configuration(work.configuration.value_or(std::string{app::default_configuration}), work);
    switch (app::what_is(*work.named)) {
        case app::Named::configuration: return work_with_configuration(*work.named, work);
        case app::Named::folder:
        case app::Named::file: return work_without_configuration(*work.named, work);
        case app::Named::nothing: break;
    }
    print(stderr, "webserv: there is no such file or directory: " + *work.named +
                      "; name a configuration, a folder or a file\n");
    return exit_failed;
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

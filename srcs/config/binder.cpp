#include "config/binder.hpp"

#include <unistd.h>

#include <algorithm>

#include "config/check.hpp"
#include "config/location.hpp"
#include "config/sockets.hpp"

namespace config {

namespace {

class Binder {
public:
    Binder(const Tree& tree, Build& build) : tree_(tree), build_(build) {}

    void bind_top();
    const std::vector<ServerAddresses>& addresses() const { return addresses_; }

private:
    std::vector<const Directive*> bind_simple(const std::vector<Directive>& block, Level& level);
    void bind_nested(const std::vector<const Directive*>& blocks, Level& level);
    void bind_block(const Directive& directive, Level& level);
    void bind_server(const Directive& directive, const Level& outer);
    void bind_location(const Directive& directive, const Level& outer, Server& server);
    void complete(Level& level);
    void add_defaults(const Directive& directive, Level& level) const;
    bool refuse_two_forms() const;

    const Tree& tree_;
    Build& build_;
    std::vector<ServerAddresses> addresses_;
};

// The top of a file without http { } is main, events and http in one.
void Binder::bind_top() {
    const bool has_http =
        std::ranges::any_of(tree_.directives, [](const Directive& one) { return one.name.text == "http"; });
    if (has_http && refuse_two_forms()) return;
    Level top;
    top.contexts = has_http ? ContextSet{Context::main} : ContextSet{Context::main, Context::events, Context::http};
    const auto nested = bind_simple(tree_.directives, top);
    if (build_.settings.error_logs.empty()) build_.settings.error_logs.emplace_back();
    complete(top);
    bind_nested(nested, top);
}

bool Binder::refuse_two_forms() const {
    const auto bare = std::ranges::find(tree_.directives, "server", [](const Directive& one) { return one.name.text; });
    const auto http = std::ranges::find(tree_.directives, "http", [](const Directive& one) { return one.name.text; });
    if (bare == tree_.directives.end()) return false;
    build_.report.error(bare->name, "a server beside an http block",
                        "the http block of line " + std::to_string(http->name.line) +
                            " holds all servers: move this one into it, or take \"http {\" and its \"}\" away");
    return true;
}

// Carries out all that is no block of its own, and returns those blocks: they are gone into when this level is
// complete, so that it doesn't matter whether a directive stands before or after them.
std::vector<const Directive*> Binder::bind_simple(const std::vector<Directive>& block, Level& level) {
    std::vector<const Directive*> nested;
    for (const Directive& directive : block) {
        if (build_.report.full()) break;
        const DirectiveRow* row = checked_row(directive, level, build_);
        if (row == nullptr) continue;
        level.first_uses.try_emplace(row->name, &directive.name);
        if (row->set != nullptr)
            row->set(directive, level, build_);
        else if (row->form == Form::block)
            nested.push_back(&directive);
    }
    return nested;
}

void Binder::bind_nested(const std::vector<const Directive*>& blocks, Level& level) {
    for (const Directive* directive : blocks) {
        if (directive->name.text == "server")
            bind_server(*directive, level);
        else
            bind_block(*directive, level);
    }
}

void Binder::bind_block(const Directive& directive, Level& level) {
    Level inner = level.inside(directive.name.text == "events" ? Context::events : Context::http);
    const auto nested = bind_simple(directive.block, inner);
    complete(inner);
    bind_nested(nested, inner);
}

// What http has without being told.
void Binder::complete(Level& level) {
    if (!level.contexts.contains(Context::http) || level.first_use("access_log") != nullptr) return;
    build_.settings.access_logs.push_back({"/dev/stdout", {}});
    level.settings().access_logs = {build_.settings.access_logs.size() - 1};
}

void Binder::bind_server(const Directive& directive, const Level& outer) {
    Level level = outer.inside(Context::server);
    level.server.origin = directive.name.origin();
    const auto locations = bind_simple(directive.block, level);
    add_defaults(directive, level);
    for (const auto& [name, at] : level.names) level.server.names.push_back(name);
    Server server = level.server;
    for (const Directive* location : locations) bind_location(*location, level, server);
    if (server.locations.empty()) warn_of_nothing_to_serve(directive, server.settings, build_);
    build_.settings.servers.push_back(std::move(server));
    addresses_.push_back({std::move(level.listens), std::move(level.names)});
}

void Binder::add_defaults(const Directive& directive, Level& level) const {
    if (level.first_use("server_name") == nullptr) level.names.emplace_back(ServerName{}, &directive.name);
    if (level.first_use("listen") != nullptr) return;
    // As in nginx: who may not open port 80 gets 8000.
    constexpr std::uint16_t root_port = 80;
    constexpr std::uint16_t other_port = 8000;
    Listen listen;
    listen.endpoint = os::Endpoint::ipv4({}, ::geteuid() == 0 ? root_port : other_port);
    listen.at = &directive.name;
    level.listens.push_back(std::move(listen));
}

void Binder::bind_location(const Directive& directive, const Level& outer, Server& server) {
    auto location = read_location(directive, build_);
    if (!location) return;
    if (const Location* earlier = same_location(*location, server)) {
        build_.report.error(directive.arguments.back(), "duplicate location " + quoted(location->path),
                            "the first is at " + earlier->origin.file + ':' + std::to_string(earlier->origin.line));
        return;
    }
    Level level = outer.inside(Context::location);
    bind_simple(directive.block, level);
    warn_of_nothing_to_serve(directive, level.settings(), build_);
    location->settings = std::move(level.settings());
    server.locations.push_back(std::move(*location));
}

}  // namespace

void bind(const Tree& tree, const std::string& main_file, Build& build) {
    Binder binder{tree, build};
    binder.bind_top();
    if (!build.report.failed() && build.settings.servers.empty())
        build.report.file_error(main_file, "there is no server block",
                                "write one, such as \"server { listen 8080; root www; }\"");
    assign_sockets(binder.addresses(), build);
}

}  // namespace config

#include "config/binder.hpp"

#include <unistd.h>

#include <algorithm>

#include "config/check.hpp"
#include "config/condition.hpp"
#include "config/definitions.hpp"
#include "config/directives_access.hpp"
#include "config/directives_fields.hpp"
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
    void bind_inner(const std::vector<const Directive*>& blocks, Level& level, const Location* around,
                    std::vector<Location>& locations);
    void bind_location(const Directive& directive, const Level& outer, const Location* around,
                       std::vector<Location>& locations);
    void begin_if(const Directive& directive, Level& level);
    void bind_if(const Directive& directive, std::size_t& from, Level& level);
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
        if (row->name == "if") begin_if(directive, level);
    }
    complete_added_fields(level, build_);
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
    AccessLog log;
    log.path = "/dev/stdout";
    build_.settings.access_logs.push_back(std::move(log));
    level.settings().access_logs = {AccessLogUse{build_.settings.access_logs.size() - 1, 0, nullptr}};
}

void Binder::bind_server(const Directive& directive, const Level& outer) {
    Level level = outer.inside(Context::server);
    level.server.origin = directive.name.origin();
    const auto blocks = bind_simple(directive.block, level);
    add_defaults(directive, level);
    for (const auto& [name, at] : level.names) level.server.names.push_back(name);
    std::vector<Location> locations;
    bind_inner(blocks, level, nullptr, locations);
    if (locations.empty()) complete_access(directive, level, build_);
    Server server = std::move(level.server);
    server.script = std::move(level.script);
    server.locations = std::move(locations);
    check_named_locations(server, build_);
    if (server.locations.empty()) warn_of_nothing_to_serve(directive, server.settings, server.script, build_);
    build_.settings.servers.push_back(std::move(server));
    addresses_.push_back({std::move(level.listens), std::move(level.names)});
}

void Binder::add_defaults(const Directive& directive, Level& level) const {
    if (level.first_use("server_name") == nullptr) level.names.emplace_back(ServerName{}, &directive.name);
    if (level.first_use("listen") != nullptr) return;
    Listen listen;
    listen.endpoint = os::Endpoint::ipv4({}, default_listen_port());
    listen.at = &directive.name;
    level.listens.push_back(std::move(listen));
}

// The blocks of a server or location: `if`, and locations.
void Binder::bind_inner(const std::vector<const Directive*>& blocks, Level& level, const Location* around,
                        std::vector<Location>& locations) {
    std::size_t step = 0;
    for (const Directive* directive : blocks) {
        if (directive->name.text == "if")
            bind_if(*directive, step, level);
        else
            bind_location(*directive, level, around, locations);
    }
}

void Binder::bind_location(const Directive& directive, const Level& outer, const Location* around,
                           std::vector<Location>& locations) {
    auto location = read_location(directive, build_);
    if (!location || (around != nullptr && !fits_inside(*location, *around, directive, build_))) return;
    if (const Location* earlier = same_location(*location, locations)) {
        build_.report.error(directive.arguments.back(), "duplicate location " + quoted(location->path),
                            "the first is at " + earlier->origin.file + ':' + std::to_string(earlier->origin.line));
        return;
    }
    Level level = outer.inside(Context::location);
    level.match = location->match;
    level.path = location->path;
    level.settings().try_files = nullptr;
    level.settings().internal = false;
    forget_limit_except(level);
    const auto blocks = bind_simple(directive.block, level);
    complete_access(directive, level, build_);
    bind_inner(blocks, level, &*location, location->nested);
    location->settings = std::move(level.settings());
    location->script = std::move(level.script);
    warn_of_nothing_to_serve(directive, location->settings, location->script, build_);
    locations.push_back(std::move(*location));
}

// The condition takes its place among the steps at once, the block is read when all settings around it are known.
void Binder::begin_if(const Directive& directive, Level& level) {
    auto step = read_condition(directive, build_);
    level.script.push_back({step ? std::move(*step) : IfStep{}});
}

// `from`: the steps before this one belong to what was read already.
void Binder::bind_if(const Directive& directive, std::size_t& from, Level& level) {
    const bool in_server = level.contexts.contains(Context::server);
    Level inner = level.inside(in_server ? Context::if_in_server : Context::if_in_location);
    inner.match = level.match;
    inner.path = level.path;
    bind_simple(directive.block, inner);
    while (!std::holds_alternative<IfStep>(level.script[from].what)) ++from;
    IfStep& step = std::get<IfStep>(level.script[from++].what);
    step.then = std::move(inner.script);
    if (!in_server) step.settings = std::make_shared<const LocationSettings>(std::move(inner.settings()));
}

}  // namespace

std::uint16_t default_listen_port() {
    constexpr std::uint16_t root_port = 80;
    constexpr std::uint16_t other_port = 8000;
    return ::geteuid() == 0 ? root_port : other_port;
}

void bind(const Tree& tree, const std::string& main_file, Build& build) {
    Binder binder{tree, build};
    binder.bind_top();
    build.variables.report_missing(build.report);
    for (const auto& [name, token] : build.log_formats)
        build.report.error(*token, "access_log: there is no format " + quoted(name),
                           "make it with log_format, or write \"combined\"");
    build.settings.host_name = name_of_this_machine();
    settle_variables(build);
    if (!build.report.failed() && build.settings.servers.empty())
        build.report.file_error(main_file, "there is no server block",
                                "write one, such as \"server { listen 8080; root www; }\"");
    assign_sockets(binder.addresses(), build);
    warn_of_served_user_files(build);
}

}  // namespace config

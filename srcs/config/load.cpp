#include "config/load.hpp"

#include "config/binder.hpp"
#include "config/directives.hpp"
#include "config/foreign.hpp"
#include "config/syntax.hpp"

namespace config {

namespace {

bool is_directive_name(std::string_view name) {
    return find_directive(name) != nullptr || find_ineffective(name) != nullptr || find_refused(name) != nullptr;
}

Loaded settings_of(const Tree& tree, const std::string& path, bool check_world, Report& report) {
    const auto settings = std::make_shared<Settings>();
    const Paths paths{path};
    if (!tree.sources.empty()) {
        Build build{*settings, report, paths, check_world};
        bind(tree, path, build);
    }
    const bool failed = report.failed();
    return {failed ? nullptr : settings, report.take()};
}

}  // namespace

Loaded load(const std::string& path) {
    Report report;
    const Tree tree = parse_file(path, {.is_directive = is_directive_name, .includes = true}, report);
    return settings_of(tree, path, true, report);
}

Loaded load_text(const std::string& name, std::string text) {
    Report report;
    const Tree tree = parse_text(name, std::move(text), {.is_directive = is_directive_name, .includes = false}, report);
    return settings_of(tree, name, false, report);
}

}  // namespace config

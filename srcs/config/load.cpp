#include "config/load.hpp"

#include "config/binder.hpp"
#include "config/directives.hpp"
#include "config/effective.hpp"
#include "config/foreign.hpp"
#include "config/lint.hpp"
#include "config/refused.hpp"
#include "config/syntax.hpp"
#include "config/text_file.hpp"

namespace config {

namespace {

bool is_directive_name(std::string_view name) {
    return find_directive(name) != nullptr || find_ineffective(name) != nullptr || find_refused(name) != nullptr;
}

Loaded settings_of(const Tree& tree, const std::string& path, bool check_world, LoadOptions options, Report& report) {
    const auto settings = std::make_shared<Settings>();
    const Paths paths{path};
    if (!tree.sources.empty()) {
        Build build{*settings, report, paths, check_world, options.lint};
        bind(tree, path, build);
        if (options.lint && !report.failed()) lint(tree, build);
    }
    const bool failed = report.failed();
    return {failed ? nullptr : settings, report.take(),
            options.effective && !failed ? effective_text(tree, paths) : std::string{}};
}

}  // namespace

Loaded load(const std::string& path, LoadOptions options) {
    Report report{options.tolerant};
    const Tree tree = parse_file(path, {.is_directive = is_directive_name, .includes = true}, report);
    return settings_of(tree, path, true, options, report);
}

Loaded load_text(const std::string& name, std::string text, LoadOptions options) {
    Report report{options.tolerant};
    const Tree tree = parse_text(name, std::move(text), {.is_directive = is_directive_name, .includes = false}, report);
    return settings_of(tree, name, false, options, report);
}

bool begins_with_directive(const std::string& path) {
    auto text = read_text_file(path, largest_file);
    if (!text) return false;
    Report unheard;
    const Tree tree =
        parse_text(path, std::move(*text), {.is_directive = is_directive_name, .includes = false}, unheard);
    if (tree.directives.empty()) return false;
    const DirectiveRow* row = find_directive(tree.directives.front().name.text);
    return row != nullptr && row->contexts.meets({Context::main, Context::http});
}

}  // namespace config

#include "config/directives.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "config/directives_access.hpp"
#include "config/directives_codings.hpp"
#include "config/directives_content.hpp"
#include "config/directives_fields.hpp"
#include "config/directives_finding.hpp"
#include "config/directives_limits.hpp"
#include "config/directives_listen.hpp"
#include "config/directives_listing.hpp"
#include "config/directives_logs.hpp"
#include "config/directives_maps.hpp"
#include "config/directives_methods.hpp"
#include "config/directives_process.hpp"
#include "config/directives_reading.hpp"
#include "config/directives_responses.hpp"
#include "config/directives_rewrite.hpp"
#include "config/directives_structure.hpp"
#include "config/directives_validators.hpp"
#include "config/foreign.hpp"

namespace config {

namespace {

constexpr std::array<std::string_view, context_count> context_names{
    "the top of the file", "events", "http", "server", "location", "if in server", "if in location", "limit_except"};

}  // namespace

std::string ContextSet::to_string() const {
    std::vector<std::string_view> names;
    for (unsigned i = 0; i < context_count; ++i)
        if (contains(static_cast<Context>(i))) names.push_back(context_names[i]);
    std::string out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
        out += names[i];
    }
    return out;
}

Level Level::inside(Context context) const {
    Level inner;
    inner.contexts = {context};
    inner.server = server;
    return inner;
}

const Token* Level::first_use(std::string_view directive) const {
    const auto found = first_uses.find(directive);
    return found == first_uses.end() ? nullptr : found->second;
}

std::span<const Theme> all_themes() {
    static const auto themes = std::to_array<Theme>({
        {"Structure", structure_directives()},
        {"Process", process_directives()},
        {"Addresses and names", listen_directives()},
        {"Files", content_directives()},
        {"Finding the file", finding_directives()},
        {"Rewriting", rewrite_directives()},
        {"Computed variables", map_directives()},
        {"Folders and links", listing_directives()},
        {"Reading files", reading_directives()},
        {"Versions and parts", validator_directives()},
        {"Compression", coding_directives()},
        {"Answers", response_directives()},
        {"Fields of answers", field_directives()},
        {"Methods", method_directives()},
        {"Access", access_directives()},
        {"Limits and times", limit_directives()},
        {"Logs", log_directives()},
    });
    return themes;
}

const DirectiveRow* find_directive(std::string_view name) {
    for (const Theme& theme : all_themes())
        if (const auto row = std::ranges::find(theme.rows, name, &DirectiveRow::name); row != theme.rows.end())
            return &*row;
    return nullptr;
}

std::vector<std::string_view> suggested_names() {
    std::vector<std::string_view> names;
    for (const Theme& theme : all_themes())
        for (const DirectiveRow& row : theme.rows) names.push_back(row.name);
    for (const Ineffective& row : ineffective_directives())
        if (find_directive(row.name) == nullptr) names.push_back(row.name);
    return names;
}

bool refuse_variable(const Directive& directive, const Token& token, Build& build) {
    if (!has_variable(token.text)) return false;
    const std::size_t dollar = token.text.find('$');
    build.report.error(part_of(token, dollar, token.text.size() - dollar),
                       "variables are not supported in " + directive.name.text,
                       "write the value itself, without \"$\"");
    return true;
}

bool refuse_both(const Directive& directive, std::string_view other, const Level& level, Build& build) {
    const Token* earlier = level.first_use(other);
    if (earlier == nullptr) return false;
    build.report.error(directive.name,
                       quoted(directive.name.text) + " and " + quoted(other) + " exclude each other in one block",
                       quoted(other) + " stands on line " + std::to_string(earlier->line) + "; keep one of them");
    return true;
}

void check_parent_folder(const Directive& directive, const Token& path, const std::string& resolved, Build& build) {
    if (!build.check_world) return;
    const std::string folder = resolved.substr(0, std::max<std::size_t>(resolved.rfind('/'), 1));
    struct stat facts {};
    const bool there = ::stat(folder.c_str(), &facts) == 0;
    if (there && S_ISDIR(facts.st_mode)) return;
    const int code = there ? ENOTDIR : errno;
    build.report.error(path, base::Error::from_code(code, directive.name.text, build.paths.shown(path.text)).message,
                       "create its folder (mkdir -p) or correct the path");
}

}  // namespace config

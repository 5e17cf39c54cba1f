#include "config/lint.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <set>

#include "config/lint_locations.hpp"
#include "config/lint_rewriting.hpp"
#include "config/scope.hpp"

namespace config {

namespace {

bool is_file(const std::string& path) {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode);
}

// Symbolic links resolved; empty when there is no such thing.
std::string real_path(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> real{::realpath(path.c_str(), nullptr), &std::free};
    return real ? real.get() : "";
}

bool is_beneath(const std::string& path, const std::string& folder) {
    return folder == "/" || path == folder || path.starts_with(folder + '/');
}

void check_alias_slash(const Scope& scope, Build& build) {
    const Token* alias = scope.is("location") ? fixed_path(scope.first("alias")) : nullptr;
    if (alias == nullptr) return;
    const LocationWords location = words_of_location(*scope.block);
    const bool both = location.path.ends_with('/') == alias->text.ends_with('/');
    if (!location.is_prefix() || both || is_file(build.paths.resolve(alias->text))) return;
    const bool lacks = !alias->text.ends_with('/');
    const std::string end =
        lacks ? "ends with a slash and its alias doesn't" : "has no slash at its end and its alias has";
    const std::string harm = lacks ? "nginx would paste them together without one" : "in nginx this leaves the folder";
    build.report.warning(
        Warning::alias_slash, *alias, "alias: the location " + quoted(location.path) + ' ' + end + ": " + harm,
        lacks ? "write " + quoted(alias->text + '/') : "write \"location " + std::string{location.path} + "/ {\"");
}

void check_root_above(const Scope& scope, Build& build) {
    if (!build.check_world) return;
    const std::string own = real_path(build.paths.resolve("."));
    for (const std::string_view name : {"root", "alias"}) {
        const Token* folder = fixed_path(scope.first(name));
        if (folder == nullptr) continue;
        const std::string real = real_path(build.paths.resolve(folder->text));
        if (real.empty() || !is_beneath(own, real)) continue;
        build.report.warning(Warning::root_above_configuration, *folder,
                             std::string{name} + ": this folder holds the configuration: everybody can read it",
                             "give what is served a folder of its own, such as www");
    }
}

bool has_any(const Scope& scope, std::initializer_list<std::string_view> names) {
    return std::ranges::any_of(names, [&](std::string_view name) { return scope.first(name) != nullptr; });
}

// Where nothing but files can answer, whatever the method.
void check_methods(const Scope& scope, Build& build) {
    const Directive* allowed = scope.first("allow_methods");
    if (allowed == nullptr || scope.is("http") || scope.block == nullptr) return;
    const auto answers = [](const Scope& one) {
        return has_any(one, {"return", "cgi", "dav_methods", "upload_store"});
    };
    if (answers(scope) || scope.nearest({"dav_methods", "upload_store", "cgi"}) != nullptr) return;
    if (std::ranges::any_of(scope.inside(), answers)) return;
    constexpr std::array<std::string_view, 4> served{"GET", "HEAD", "OPTIONS", "TRACE"};
    for (const Token& method : allowed->arguments) {
        if (std::ranges::count(served, method.text) > 0) continue;
        build.report.warning(Warning::method_unserved, method,
                             "allow_methods: nothing here can serve " + method.text + ": files can only be read",
                             "take it out: it is answered 405 either way");
    }
}

// error_page: whether its page is there

// Whether something else than a file of a folder could answer for `path` here.
bool answers_otherwise(const Scope& scope, std::string_view path) {
    if (has_any(scope, {"return", "rewrite", "try_files", "if", "cgi"})) {
        const LocationWords words = scope.is("location") ? words_of_location(*scope.block) : LocationWords{};
        if (!scope.is("location") || !words.is_prefix() || path.starts_with(words.path)) return true;
    }
    return std::ranges::any_of(scope.inside(), [&](const Scope& inner) { return answers_otherwise(inner, path); });
}

// In one of the folders of this block or of those in it. Which location a path belongs to is not looked at: a page
// that lies in none of them is missing for certain.
bool has_page(const Scope& scope, const std::string& path, const Paths& paths, bool& has_folder) {
    for (const std::string_view name : {"root", "alias"}) {
        const Directive* folder = scope.first(name);
        if (folder == nullptr) continue;
        has_folder = true;
        const Token* fixed = fixed_path(folder);
        if (fixed == nullptr) return true;  // nobody can tell
        const LocationWords words = scope.is("location") ? words_of_location(*scope.block) : LocationWords{};
        if (name == "alias" && (!words.is_prefix() || !path.starts_with(words.path))) continue;
        const std::string rest = name == "root" ? path : '/' + path.substr(words.path.size());
        if (is_file(paths.resolve(fixed->text) + rest)) return true;
    }
    return std::ranges::any_of(scope.inside(),
                               [&](const Scope& inner) { return has_page(inner, path, paths, has_folder); });
}

void check_page(const Directive& page, const Scope& server, Build& build) {
    const Token& target = page.arguments.back();
    const std::string path = target.text.substr(0, target.text.find('?'));
    if (!path.starts_with('/') || path.ends_with('/') || path.find_first_of("$%") != std::string::npos) return;
    bool has_folder = false;
    if (answers_otherwise(server, path) || has_page(server, path, build.paths, has_folder)) return;
    for (const Scope* outer = server.outer; outer != nullptr; outer = outer->outer) {
        const Token* root = fixed_path(outer->first("root"));
        if (outer->first("root") != nullptr) has_folder = true;
        if (root != nullptr && is_file(build.paths.resolve(root->text) + path)) return;
    }
    if (!has_folder) return;
    build.report.warning(Warning::error_page_missing, target,
                         "error_page: there is no file " + quoted(path) + " in the folders of this server",
                         "create it, or correct the path; until then the built-in page is sent");
}

void check_pages_within(const Scope& scope, const Scope& server, Build& build) {
    for (const Directive* page : scope.all("error_page")) check_page(*page, server, build);
    for (const Scope& inner : scope.inside()) check_pages_within(inner, server, build);
}

void check_error_pages(const Scope& scope, Build& build) {
    if (!build.check_world || !scope.is("server")) return;
    check_pages_within(scope, scope, build);
    // What stands further out is looked at once, with the first server that takes it.
    const Scope* outer = scope.outer == nullptr ? nullptr : scope.outer->nearest({"error_page"});
    if (scope.first("error_page") != nullptr || outer == nullptr) return;
    const auto takes_it = [](const Scope& one) { return one.is("server") && one.first("error_page") == nullptr; };
    const std::vector<Scope> servers = scope.outer->inside();
    const auto first = std::ranges::find_if(servers, takes_it);
    if (first == servers.end() || first->block != scope.block) return;
    for (const Directive* page : outer->all("error_page")) check_page(*page, scope, build);
}

using Check = void (*)(const Scope& scope, Build& build);

// Each is asked about every block of the file, from the outside inwards; its row is in config/warnings. (Lost fields
// are noticed where they are lost, in config/directives_fields.)
constexpr std::array<Check, 6> checks{
    check_alias_slash, check_root_above, check_methods, check_error_pages, check_locations, check_rewriting,
};

void visit(const Scope& scope, Build& build) {
    for (const Check check : checks) check(scope, build);
    for (const Scope& inner : scope.inside()) visit(inner, build);
}

}  // namespace

const Token* fixed_path(const Directive* directive) {
    if (directive == nullptr || directive->arguments.empty()) return nullptr;
    const Token& path = directive->arguments.front();
    return path.text.empty() || has_variable(path.text) ? nullptr : &path;
}

void lint(const Tree& tree, Build& build) { visit({nullptr, nullptr, &tree.directives}, build); }

}  // namespace config

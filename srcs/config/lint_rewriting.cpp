#include "config/lint_rewriting.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "config/lint.hpp"
#include "config/location_tree.hpp"

namespace config {

namespace {

using Locations = std::vector<WrittenLocation>;

constexpr int most_rounds = 10;

bool is_there(const std::string& path) {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0;
}

// The first directive of the block that may lead a request elsewhere.
const Directive* first_step(const Scope& scope) {
    constexpr std::array<std::string_view, 5> steps{"rewrite", "return", "if", "break", "set"};
    const auto found = std::ranges::find_if(
        *scope.body, [&](const Directive& one) { return std::ranges::count(steps, one.name.text) > 0; });
    return found == scope.body->end() ? nullptr : &*found;
}

// try_files

// "$uri" in a candidate becomes the path; empty where there is another variable.
std::string candidate_for(std::string_view word, std::string_view path) {
    constexpr std::string_view uri = "$uri";
    if (!word.starts_with(uri)) return std::string{has_variable(word) ? "" : word};
    const std::string_view rest = word.substr(uri.size());
    return rest.empty() || rest == "/" ? std::string{path}.append(rest) : "";
}

void check_try_files(const WrittenLocation& location, const Locations& all, Build& build) {
    const Directive* files = location.scope.first("try_files");
    const Scope* rooted = location.scope.nearest({"root", "alias"});
    const Token* root = rooted == nullptr ? nullptr : fixed_path(rooted->first("root"));
    if (files == nullptr || root == nullptr || first_step(location.scope) != nullptr) return;
    const Token& last = files->arguments.back();
    const std::string path = last.text.substr(0, last.text.find('?'));
    if (!path.starts_with('/') || has_variable(path) || location_of(all, path) != &location) return;
    const std::string folder = build.paths.resolve(root->text);
    const auto may_answer = [&](const Token& word) {
        const std::string candidate = candidate_for(word.text, path);
        return &word != &last && (candidate.empty() || is_there(folder + '/' + candidate));
    };
    if (std::ranges::any_of(files->arguments, may_answer)) return;
    build.report.warning(
        Warning::try_files_loop, last,
        "try_files: " + quoted(path) + " comes back here, and no file answers for it: that ends in 500",
        "create the file, or write =404 in its place");
}

// rewrite

// What becomes of `path`, as far as the groups tell; empty: the expression doesn't fit, or another variable is in it.
std::string rewritten(const base::Regex& regex, std::string_view replacement, const std::string& path) {
    base::RegexMatcher matcher;
    std::vector<std::string_view> groups;
    if (!matcher.search(regex, path, groups)) return {};
    std::string result;
    for (std::size_t i = 0; i < replacement.size(); ++i) {
        if (replacement[i] != '$') {
            result.push_back(replacement[i]);
            continue;
        }
        const bool is_group = ++i < replacement.size() && base::is_digit(replacement[i]);
        if (!is_group) return {};
        const auto group = static_cast<std::size_t>(replacement[i] - '0');
        if (group < groups.size()) result.append(groups[group]);
    }
    return result;
}

bool never_ends(const WrittenLocation& location, const base::Regex& regex, std::string_view replacement,
                std::string path, const Locations& all) {
    for (int round = 0; round <= most_rounds; ++round) {
        if (location_of(all, path) != &location) return false;
        path = rewritten(regex, replacement, path);
        if (!path.starts_with('/')) return false;
    }
    return true;
}

void check_rewrite(const WrittenLocation& location, const Locations& all, Build& build) {
    const Directive* step = location.is_prefix() ? first_step(location.scope) : nullptr;
    if (step == nullptr || step->name.text != "rewrite" || step->arguments.size() != 3) return;
    if (step->arguments[2].text != "last") return;
    const auto regex = base::Regex::compile(step->arguments[0].text, base::Regex::Case::sensitive);
    const std::string& text = step->arguments[1].text;
    if (!regex || !text.starts_with('/')) return;
    const std::string_view replacement = std::string_view{text}.substr(0, text.find('?'));
    const std::string path{location.words.path};
    for (const std::string& begin : {path + (path.ends_with('/') ? "x" : "/x"), path}) {
        if (!never_ends(location, regex.value(), replacement, begin, all)) continue;
        build.report.warning(Warning::rewrite_cycle, step->arguments[1],
                             "rewrite: " + quoted(begin) + " becomes " +
                                 quoted(rewritten(regex.value(), replacement, begin)) +
                                 ", which comes back here, and so on: that ends in 500",
                             "write break in place of last, if its files are looked for here");
        return;
    }
}

void check_within(const Locations& level, const Locations& all, Build& build) {
    for (const WrittenLocation& location : level) {
        if (build.check_world) check_try_files(location, all, build);
        check_rewrite(location, all, build);
        check_within(location.nested, all, build);
    }
}

}  // namespace

void check_rewriting(const Scope& scope, Build& build) {
    if (!scope.is("server")) return;
    const Locations locations = locations_in(scope);
    check_within(locations, locations, build);
}

}  // namespace config

#include "config/lint_locations.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "config/location_tree.hpp"

namespace config {

namespace {

using Locations = std::vector<WrittenLocation>;

std::string line_of(const WrittenLocation& location) {
    return location.shown() + " on line " + std::to_string(location.token().line);
}

bool has_any(const Scope& scope, std::initializer_list<std::string_view> names) {
    return std::ranges::any_of(names, [&](std::string_view name) { return scope.first(name) != nullptr; });
}

// Locations that no request gets to

// A return that every request of the server comes to; null: there is none, or something goes before it.
const Directive* certain_return(const Scope& server) {
    for (const Directive& directive : *server.body) {
        const std::string& name = directive.name.text;
        if (name == "return") return &directive;
        if (name == "rewrite" || name == "break" || name == "if") return nullptr;
    }
    return nullptr;
}

bool is_blind(const WrittenLocation& regex) { return regex.words.modifier == "~*"; }

// Whether `regex`, which stands first, takes all that `later` could.
bool goes_before(const WrittenLocation& regex, const WrittenLocation& later) {
    if (later.words.path == regex.words.path && (is_blind(regex) || !is_blind(later))) return true;
    const std::optional<std::string> beneath = all_beneath(regex);
    if (!beneath) return false;
    const bool any_case = std::ranges::none_of(*beneath, base::is_alpha);
    return beneath->empty() ||
           ((any_case || !is_blind(later) || is_blind(regex)) && literal_beginning(later).starts_with(*beneath));
}

// The preferred prefix (`^~`) beneath which all that `regex` fits lies, where no expression is tried.
const WrittenLocation* shield_of(const WrittenLocation& regex, const Locations& level) {
    const std::string beginning = is_blind(regex) ? "" : literal_beginning(regex);
    const WrittenLocation* shield = longest_prefix(level, beginning);
    if (beginning.empty() || shield == nullptr || shield->words.modifier != "^~") return nullptr;
    const auto opens = [&](const WrittenLocation& one) {
        return one.is_prefix() && one.words.modifier.empty() && one.words.path.starts_with(beginning);
    };
    return std::ranges::any_of(level, opens) ? nullptr : shield;
}

// Why nothing gets to `location` of this level; empty: something may.
std::string taker_of(const WrittenLocation& location, const Locations& level) {
    const bool is_plain_prefix = location.is_prefix() && location.words.modifier.empty();
    if (!location.regex && (!is_plain_prefix || !location.nested.empty())) return {};
    for (const WrittenLocation& other : level) {
        if (&other == &location && location.regex) break;
        if (!other.regex) continue;
        if (location.regex) {
            if (goes_before(other, location)) return line_of(other) + " takes all of them first";
        } else if (const auto beneath = all_beneath(other); beneath && location.words.path.starts_with(*beneath)) {
            return line_of(other) + " takes all of them: regular expressions go before paths";
        }
    }
    if (!location.regex) return {};
    const WrittenLocation* shield = shield_of(location, level);
    return shield == nullptr ? "" : line_of(*shield) + " takes all of them: beneath ^~ no expression is tried";
}

// A nested expression that begins elsewhere than the paths its location has.
std::string mismatch_with(const WrittenLocation* outer, const WrittenLocation& location) {
    if (outer == nullptr || !outer->is_prefix() || !location.regex || is_blind(location)) return {};
    const std::string beginning = literal_beginning(location);
    if (beginning.starts_with(outer->words.path) || outer->words.path.starts_with(beginning)) return {};
    return "all that come to " + line_of(*outer) + ", in which it stands, begin otherwise";
}

void check_reached(const Locations& level, const WrittenLocation* outer, Build& build) {
    for (const WrittenLocation& location : level) {
        std::string why = mismatch_with(outer, location);
        if (why.empty()) why = taker_of(location, level);
        if (why.empty()) {
            check_reached(location.nested, &location, build);
            continue;
        }
        build.report.warning(Warning::location_unreachable, location.token(),
                             "location: no request gets to " + location.shown(), std::move(why));
    }
}

// Named locations and those that an error_page leads to are reached all the same.
void check_returned(const Scope& server, const Locations& locations, Build& build) {
    const Directive* answer = certain_return(server);
    if (answer == nullptr || server.nearest({"error_page"}) != nullptr) return;
    const auto first = std::ranges::find_if(locations, [](const WrittenLocation& one) { return !one.is_named(); });
    if (first == locations.end()) return;
    build.report.warning(
        Warning::location_unreachable, first->token(), "location: no request gets to " + first->shown(),
        "the return on line " + std::to_string(answer->name.line) + " answers every request of this server");
}

// Expressions that take paths from a prefix

// Paths beneath `prefix` that an expression of this text might fit: names and extensions made of the words in it.
std::vector<std::string> samples(std::string_view prefix, std::string_view pattern) {
    const std::string folder = std::string{prefix} + (prefix.ends_with('/') ? "" : "/");
    std::vector<std::string> paths{folder + "x.php", folder + "x"};
    const auto is_word_byte = [](char c) { return base::is_alpha(c) || base::is_digit(c) || c == '-' || c == '_'; };
    for (std::size_t i = 0; i < pattern.size();) {
        const auto begin = pattern.begin() + static_cast<std::ptrdiff_t>(i);
        const auto end = std::find_if_not(begin, pattern.end(), is_word_byte);
        const std::string word{begin, end};
        i += std::max<std::size_t>(word.size(), 1);
        if (word.empty()) continue;
        for (const std::string& name : {"x." + word, word, '.' + word, word + "/x"}) paths.push_back(folder + name);
    }
    return paths;
}

// A path that would be `prefix`'s and goes to `regex`; empty: none was found, or the expression names that very place,
// so that it is meant to.
std::string path_taken(const WrittenLocation& regex, const WrittenLocation& prefix, const Locations& level,
                       const Locations& all) {
    if (literal_beginning(regex).starts_with(prefix.words.path)) return {};
    for (std::string& path : samples(prefix.words.path, regex.words.path))
        if (longest_prefix(level, path) == &prefix && location_of(all, path) == &regex) return std::move(path);
    return {};
}

bool refuses(const Scope& scope) {
    const Directive* answer = scope.first("return");
    if (answer == nullptr || answer->arguments.empty()) return false;
    const std::string& code = answer->arguments.front().text;
    return code.size() == 3 && (code.front() == '4' || code.front() == '5');
}

bool asks_for_password(const Scope* scope) {
    const Directive* realm = scope == nullptr ? nullptr : scope->first("auth_basic");
    return realm != nullptr && !realm->arguments.empty() && realm->arguments.front().text != "off";
}

// The guard that `prefix` has and `regex` has not; empty: there is none. Who denies or answers all beneath "/" leaves
// the exceptions to other locations.
std::string_view lost_guard(const WrittenLocation& prefix, const WrittenLocation& regex) {
    if (has_any(regex.scope, {"return", "internal", "deny", "allow"})) return "";
    const bool is_all = prefix.words.path == "/";
    if (!is_all && prefix.scope.first("deny") != nullptr && regex.scope.nearest({"deny"}) == nullptr) return "deny";
    if (asks_for_password(&prefix.scope) && regex.scope.first("auth_basic") == nullptr &&
        !asks_for_password(regex.scope.nearest({"auth_basic"})) && !(is_all && regex.words.path.starts_with('^')))
        return "auth_basic";
    if (prefix.scope.first("internal") != nullptr) return "internal";
    return !is_all && refuses(prefix.scope) ? "return" : "";
}

// The folder that `prefix` has for itself, where `regex` looks in another.
const Directive* lost_folder(const WrittenLocation& prefix, const WrittenLocation& regex) {
    if (has_any(regex.scope, {"root", "alias", "return", "rewrite", "try_files", "internal", "deny"})) return nullptr;
    const Directive* root = prefix.scope.first("root");
    if (root == nullptr) return prefix.scope.first("alias");
    const Scope* elsewhere = regex.scope.nearest({"root", "alias"});
    const Directive* other = elsewhere == nullptr ? nullptr : elsewhere->first("root");
    const bool same = other != nullptr && !other->arguments.empty() && !root->arguments.empty() &&
                      other->arguments.front().text == root->arguments.front().text;
    return same ? nullptr : root;
}

void check_taken(const WrittenLocation& prefix, const WrittenLocation& regex, const Locations& level,
                 const Locations& all, Build& build) {
    const std::string_view guard = lost_guard(prefix, regex);
    const Directive* folder = guard.empty() ? lost_folder(prefix, regex) : nullptr;
    if (guard.empty() && folder == nullptr) return;
    const std::string path = path_taken(regex, prefix, level, all);
    if (path.empty()) return;
    const std::string cure = "write \"location ^~ " + std::string{prefix.words.path} + " {\"";
    if (guard.empty()) {
        build.report.warning(Warning::regex_shadows_prefix, prefix.token(),
                             "location: " + quoted(path) + " goes to " + line_of(regex) + ", not here: this " +
                                 folder->name.text + " doesn't count for it",
                             cure);
        return;
    }
    build.report.warning(Warning::protection_bypassed, prefix.token(),
                         "location: everybody gets " + quoted(path) + ": it goes to " + line_of(regex) + ", past the " +
                             std::string{guard} + " here",
                         cure + ", or repeat the " + std::string{guard} + " there");
}

void check_taken_within(const Locations& level, const Locations& all, Build& build) {
    for (const WrittenLocation& prefix : level) {
        check_taken_within(prefix.nested, all, build);
        if (!prefix.is_prefix() || prefix.words.modifier == "^~") continue;
        for (const WrittenLocation& regex : level)
            if (regex.regex) check_taken(prefix, regex, level, all, build);
    }
}

}  // namespace

void check_locations(const Scope& scope, Build& build) {
    if (!scope.is("server")) return;
    const Locations locations = locations_in(scope);
    check_returned(scope, locations, build);
    check_reached(locations, nullptr, build);
    check_taken_within(locations, locations, build);
}

}  // namespace config

#include "config/location_tree.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace config {

namespace {

constexpr base::ByteSet is_literal =
    base::ByteSet{"/-_,:;=@%&~!#' "}.insert_range('0', '9').insert_range('A', 'Z').insert_range('a', 'z');

// What an expression begins with that stands for itself, and where that ends. A byte that may be left out or repeated
// is none of it.
std::string take_literal(std::string_view& text) {
    std::string literal;
    while (!text.empty()) {
        const bool escaped =
            text.front() == '\\' && text.size() > 1 && !base::is_alpha(text[1]) && !base::is_digit(text[1]);
        if (!escaped && !is_literal[text.front()]) break;
        const std::string_view rest = text.substr(escaped ? 2 : 1);
        if (!rest.empty() && std::string_view{"?*+{"}.find(rest.front()) != std::string_view::npos) break;
        literal.push_back(escaped ? text[1] : text.front());
        text = rest;
    }
    return literal;
}

// Groups change nothing about what fits where there is no choice in them.
std::string without_groups(std::string_view pattern) {
    std::string text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '\\' && i + 1 < pattern.size())
            text.push_back(pattern[i++]);
        else if (pattern[i] == '(' || pattern[i] == ')')
            continue;
        text.push_back(pattern[i]);
    }
    return text;
}

}  // namespace

std::string WrittenLocation::shown() const {
    const std::string modifier{words.modifier};
    return quoted(modifier + (modifier.empty() || is_named() ? "" : " ") + std::string{words.path});
}

std::vector<WrittenLocation> locations_in(const Scope& scope) {
    std::vector<WrittenLocation> locations;
    for (Scope& inner : scope.inside()) {
        if (!inner.is("location")) continue;
        WrittenLocation one{inner, words_of_location(*inner.block), std::nullopt, {}};
        if (one.words.modifier.starts_with('~')) {
            const bool blind = one.words.modifier == "~*";
            auto regex =
                base::Regex::compile(one.words.path, blind ? base::Regex::Case::blind : base::Regex::Case::sensitive);
            if (regex) one.regex = std::move(regex).value();
        }
        locations.push_back(std::move(one));
    }
    // Only now do they stand where they stay.
    for (WrittenLocation& one : locations) one.nested = locations_in(one.scope);
    return locations;
}

const WrittenLocation* longest_prefix(const std::vector<WrittenLocation>& locations, std::string_view path) {
    const WrittenLocation* longest = nullptr;
    for (const WrittenLocation& one : locations) {
        if (!one.is_prefix() || !path.starts_with(one.words.path)) continue;
        if (longest == nullptr || one.words.path.size() > longest->words.path.size()) longest = &one;
    }
    return longest;
}

const WrittenLocation* location_of(const std::vector<WrittenLocation>& locations, std::string_view path) {
    for (const WrittenLocation& one : locations)
        if (one.words.modifier == "=" && one.words.path == path) return &one;
    const WrittenLocation* prefix = longest_prefix(locations, path);
    if (prefix != nullptr) {
        if (const WrittenLocation* inner = location_of(prefix->nested, path)) return inner;
        if (prefix->words.modifier == "^~") return prefix;
    }
    base::RegexMatcher matcher;
    for (const WrittenLocation& one : locations) {
        if (!one.regex || !matcher.search(*one.regex, path)) continue;
        const WrittenLocation* inner = location_of(one.nested, path);
        return inner != nullptr ? inner : &one;
    }
    return prefix;
}

std::optional<std::string> all_beneath(const WrittenLocation& regex) {
    const std::string bare = without_groups(regex.words.path);
    std::string_view text = bare;
    const bool begins = text.starts_with('^');
    if (begins) text.remove_prefix(1);
    std::string literal = begins || text.starts_with('/') ? take_literal(text) : std::string{};
    if (!begins && literal.size() > 1) return std::nullopt;  // stands anywhere in a path
    constexpr std::array<std::string_view, 4> anything{"", ".*", ".*$", ".*?"};
    constexpr std::array<std::string_view, 4> something{".", ".+", ".+$", ".$"};  // a path has a slash at least
    if (std::ranges::count(anything, text) > 0) return begins ? literal : "";
    if (literal.empty() && std::ranges::count(something, text) > 0 && !(begins && text == ".$")) return "";
    if (!begins && literal.empty() && text == "$") return "";
    return std::nullopt;
}

std::string literal_beginning(const WrittenLocation& regex) {
    std::string_view text = regex.words.path;
    if (!text.starts_with('^') || text.find('|') != std::string_view::npos) return {};
    text.remove_prefix(1);
    return take_literal(text);
}

}  // namespace config

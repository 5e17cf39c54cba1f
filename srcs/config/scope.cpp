#include "config/scope.hpp"

#include <algorithm>
#include <array>

#include "config/directives.hpp"

namespace config {

const Directive* Scope::first(std::string_view name) const {
    const auto found = std::ranges::find(*body, name, [](const Directive& one) { return one.name.text; });
    return found == body->end() ? nullptr : &*found;
}

std::vector<const Directive*> Scope::all(std::string_view name) const {
    std::vector<const Directive*> found;
    for (const Directive& one : *body)
        if (one.name.text == name) found.push_back(&one);
    return found;
}

const Scope* Scope::nearest(std::initializer_list<std::string_view> names) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer)
        if (std::ranges::any_of(names, [&](std::string_view name) { return scope->first(name) != nullptr; }))
            return scope;
    return nullptr;
}

std::vector<Scope> Scope::inside() const {
    std::vector<Scope> scopes;
    for (const Directive& one : *body)
        if (is_scope(one)) scopes.push_back({this, &one, &one.block});
    return scopes;
}

bool is_scope(const Directive& directive) {
    if (!directive.has_block) return false;
    const DirectiveRow* row = find_directive(directive.name.text);
    return row != nullptr && row->form == Form::block && row->set == nullptr;
}

LocationWords words_of_location(const Directive& location) {
    if (location.arguments.empty()) return {};
    const std::string_view first = location.arguments.front().text;
    if (location.arguments.size() > 1) return {first, location.arguments[1].text};
    constexpr std::array<std::string_view, 5> modifiers{"=", "^~", "~*", "~", "@"};
    for (const std::string_view modifier : modifiers)
        if (first.starts_with(modifier)) return {modifier, first.substr(modifier.size())};
    return {"", first};
}

}  // namespace config

// The blocks of a tree as they lie in each other, for what looks at a configuration as it is written rather than at
// what it came to: the effective configuration and the warnings.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "config/syntax.hpp"

namespace config {

// One block that holds directives of the server's own language, or the top of the file. Points into the tree, and into
// the scope around it.
struct Scope {
    const Scope* outer = nullptr;
    const Directive* block = nullptr;  // null: the top of the file
    const std::vector<Directive>* body = nullptr;

    bool is(std::string_view name) const { return block != nullptr && block->name.text == name; }

    const Directive* first(std::string_view name) const;  // of this very block; null when there is none
    std::vector<const Directive*> all(std::string_view name) const;

    // This block or the nearest around it that has one of these; null when none has.
    const Scope* nearest(std::initializer_list<std::string_view> names) const;

    std::vector<Scope> inside() const;  // the blocks in it, in the order of the file
};

// http { }, server { } and the like, whose directives are looked at one by one; `types { }` is none.
bool is_scope(const Directive& directive);

// A location's way of matching and its path, as they are written: "", "=", "^~", "~", "~*", "@".
struct LocationWords {
    std::string_view modifier;
    std::string_view path;

    bool is_prefix() const { return modifier.empty() || modifier == "^~"; }
};
LocationWords words_of_location(const Directive& location);

}  // namespace config

#include "config/directives_methods.hpp"

#include <algorithm>
#include <array>

#include "config/directives_access.hpp"

namespace config {

namespace {

using enum Context;

http::MethodSet read_methods(const Directive& directive, Build& build) {
    http::MethodSet methods;
    for (const Token& token : directive.arguments)
        if (const auto method = checked(parse_method(token.text), directive, token, build)) methods.insert(*method);
    return methods;
}

bool denies_all(const Directive& rule) {
    return rule.name.text == "deny" && rule.arguments.size() == 1 && rule.arguments[0].text == "all" && !rule.has_block;
}

void set_allow_methods(const Directive& directive, Level& level, Build& build) {
    if (refuse_both(directive, "limit_except", level, build)) return;
    level.settings().methods = read_methods(directive, build);
}

void set_limit_except(const Directive& directive, Level& level, Build& build) {
    if (refuse_both(directive, "allow_methods", level, build)) return;
    http::MethodSet methods = read_methods(directive, build);
    // nginx: "Allowing the GET method makes the HEAD method also allowed".
    if (methods.contains(http::Method::get)) methods.insert(http::Method::head);
    if (directive.block.empty())
        return build.report.error(directive.name, "limit_except: an empty block limits nothing",
                                  "write \"deny all;\" into it");
    if (std::ranges::all_of(directive.block, denies_all)) {
        level.settings().methods = methods;
        return;
    }
    AccessSettings& access = own_access(level);
    access.excepted = methods;
    access.for_others.reset();
    level.limit_except = &directive;
}

constexpr std::array<DirectiveRow, 2> rows{{
    {
        .name = "allow_methods",
        .contexts = {http, server, location},
        .most = any_number,
        .set = set_allow_methods,
        .syntax = "allow_methods method ...;",
        .default_text = "what the location can do: GET and HEAD for files",
        .doc =
            "Exactly these methods are served, nothing is implied; any other answers 405 with an Allow field. Files "
            "can only be read, so there GET and HEAD are all that it can allow; the answers of return take any method. "
            "Not part of nginx.",
        .example = "allow_methods GET HEAD;",
    },
    {
        .name = "limit_except",
        .contexts = {location},
        .most = any_number,
        .form = Form::block,
        .set = set_limit_except,
        .syntax = "limit_except method ... { ... }",
        .default_text = "see allow_methods",
        .doc = "Access rules (allow, deny, auth_basic, auth_basic_user_file) for all methods but these; GET is named "
               "together with HEAD. With `deny all;` alone these methods are served and no others: they answer 405. "
               "A block has limit_except or allow_methods, not both.",
        .example = "limit_except GET { deny all; }",
    },
}};

}  // namespace

std::span<const DirectiveRow> method_directives() { return rows; }

}  // namespace config

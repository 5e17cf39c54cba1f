#include "config/directives_responses.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "config/url.hpp"

namespace config {

namespace {

using enum Context;

constexpr unsigned client_closed_request = 499;  // nginx's word for a client that went away: nobody is left to answer
// `=`, `=200`: false after a report.
bool read_replacement(const Directive& directive, const Token& token, ErrorPage& page, Build& build) {
    if (token.text == "=") {
        page.status_of_target = true;
        return true;
    }
    page.replacement = checked(parse_status(std::string_view{token.text}.substr(1), 200, 599), directive, token, build);
    return page.replacement.has_value();
}

bool check_target(const Directive& directive, const Token& target, Build& build) {
    if (refuse_bytes_of_no_url(directive, target, build)) return false;
    const std::string_view text = target.text;
    if (text.starts_with('@')) build.named_locations.push_back(&target);
    if (text.starts_with('/') || text.starts_with('@') || text.starts_with('$') || is_absolute_url(text)) return true;
    const bool is_code = text.starts_with('=') || std::ranges::all_of(text, base::is_digit);
    build.report.error(
        target, "error_page: " + quoted(target.text) + (is_code ? " is no page" : " does not begin with \"/\""),
        is_code ? "the page comes last, such as \"error_page 404 /404.html;\"" : "write " + quoted('/' + target.text));
    return false;
}

// A page may be written as in a URL: %20 is a space. Where variables are put in, nothing is decoded.
std::string decoded_path(std::string_view target) {
    if (!target.starts_with('/') || has_variable(target)) return std::string{target};
    const std::size_t path_end = std::min(target.find('?'), target.size());
    const std::string path{target.substr(0, path_end)};
    return base::percent_decode(path).value_or(path).append(target.substr(path_end));
}

void set_error_page(const Directive& directive, Level& level, Build& build) {
    std::vector<ErrorPage>& pages = level.settings().error_pages;
    if (level.starts_list(directive)) pages.clear();
    const std::vector<Token>& words = directive.arguments;
    ErrorPage page;
    std::size_t codes = words.size() - 1;
    if (!check_target(directive, words.back(), build)) return;
    auto target = read_template(decoded_path(words.back().text), directive, words.back(), build);
    if (!target) return;
    page.target = std::move(*target);
    if (codes > 0 && words[codes - 1].text.starts_with('=') &&
        !read_replacement(directive, words[--codes], page, build))
        return;
    if (codes == 0)
        build.report.error(directive.name, "error_page: no status code is named",
                           "write \"error_page 404 /404.html;\"");
    for (std::size_t i = 0; i < codes; ++i) {
        const auto status = checked(parse_status(words[i].text, 300, 599), directive, words[i], build);
        if (!status) continue;
        if (http::code_of(*status) == client_closed_request) {
            build.report.error(words[i], "error_page: 499 has no page", "its client has gone already");
            continue;
        }
        page.status = *status;
        pages.push_back(page);
    }
}

template <bool LocationSettings::*flag>
void set_flag(const Directive& directive, Level& level, Build& build) {
    if (const auto on = checked(parse_flag(directive.arguments[0].text), directive, directive.arguments[0], build))
        level.settings().*flag = *on;
}

constexpr auto rows = std::to_array<DirectiveRow>({
    {
        .name = "error_page",
        .contexts = {http, server, location, if_in_location},
        .least = 2,
        .most = any_number,
        .repeat = Repeat::allowed,
        .set = set_error_page,
        .syntax = "error_page code ... [=[code]] /path | @name | URL;",
        .doc = "What answers in place of the built-in page of a status, 300 to 599: a path of this server, a named "
               "location, which sees the request's own path and method, or an absolute URL to redirect to. `=code` "
               "answers with another status, `=` alone with the one that the path gives. Variables are put in. A block "
               "with a line of its own takes none of the outer ones.",
        .example = "error_page 404 /404.html;",
    },
    {
        .name = "recursive_error_pages",
        .contexts = {http, server, location},
        .set = set_flag<&LocationSettings::recursive_error_pages>,
        .syntax = "recursive_error_pages on | off;",
        .default_text = "recursive_error_pages off;",
        .doc = "Whether an error of an error page has its error page too, at most ten times.",
        .example = "recursive_error_pages on;",
    },
    {
        .name = "absolute_redirect",
        .contexts = {http, server, location},
        .set = set_flag<&LocationSettings::absolute_redirect>,
        .syntax = "absolute_redirect on | off;",
        .default_text = "absolute_redirect off;",
        .doc = "Whether redirects to a path of this server name scheme, host and port. Relative ones stay right behind "
               "any proxy and are shorter; nginx's default is on.",
        .example = "absolute_redirect on;",
    },
    {
        .name = "server_name_in_redirect",
        .contexts = {http, server, location},
        .set = set_flag<&LocationSettings::server_name_in_redirect>,
        .syntax = "server_name_in_redirect on | off;",
        .default_text = "server_name_in_redirect off;",
        .doc = "Whether an absolute redirect names the server's first server_name instead of the host that the client "
               "asked for.",
        .example = "server_name_in_redirect on;",
    },
    {
        .name = "port_in_redirect",
        .contexts = {http, server, location},
        .set = set_flag<&LocationSettings::port_in_redirect>,
        .syntax = "port_in_redirect on | off;",
        .default_text = "port_in_redirect on;",
        .doc = "Whether an absolute redirect names the port where that is not 80.",
        .example = "port_in_redirect off;",
    },
});

}  // namespace

std::span<const DirectiveRow> response_directives() { return rows; }

}  // namespace config

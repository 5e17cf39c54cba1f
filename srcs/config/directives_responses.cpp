#include "config/directives_responses.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "http/target.hpp"

namespace config {

namespace {

using enum Context;

constexpr unsigned client_closed_request = 499;  // nginx's word for a client that went away: nobody is left to answer
constexpr unsigned close_without_answer = 444;   // nginx's word for closing the connection at once

bool redirects(http::Status status) {
    constexpr std::array codes{301U, 302U, 303U, 307U, 308U};
    return std::ranges::find(codes, http::code_of(status)) != codes.end();
}

// A URL becomes a field value: a control byte would end it, a space is no part of any URL.
bool refuse_bytes_of_no_url(const Directive& directive, const Token& url, Build& build) {
    const auto wrong = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; };
    if (std::ranges::none_of(url.text, wrong)) return false;
    build.report.error(url, directive.name.text + ": a space or control byte in a URL",
                       "write it percent-encoded, such as %20");
    return true;
}

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
    if (refuse_variable(directive, target, build) || refuse_bytes_of_no_url(directive, target, build)) return false;
    if (target.text.starts_with('/') || is_absolute_url(target.text)) return true;
    if (target.text.starts_with('@')) {
        build.report.error(target, "error_page: named locations are not supported yet",
                           "write a path such as /404.html");
        return false;
    }
    const bool is_code = target.text.starts_with('=') || std::ranges::all_of(target.text, base::is_digit);
    build.report.error(
        target, "error_page: " + quoted(target.text) + (is_code ? " is no page" : " does not begin with \"/\""),
        is_code ? "the page comes last, such as \"error_page 404 /404.html;\"" : "write " + quoted('/' + target.text));
    return false;
}

void set_error_page(const Directive& directive, Level& level, Build& build) {
    std::vector<ErrorPage>& pages = level.settings().error_pages;
    if (level.starts_list(directive)) pages.clear();
    const std::vector<Token>& words = directive.arguments;
    ErrorPage page;
    std::size_t codes = words.size() - 1;
    if (!check_target(directive, words.back(), build)) return;
    page.target = words.back().text;
    if (page.target.starts_with('/')) {
        const auto parsed = http::parse_target(words.back().text, http::Method::get);
        const auto* target = std::get_if<http::Target>(&parsed);
        if (target == nullptr)
            return build.report.error(words.back(),
                                      "error_page: " + quoted(words.back().text) + " is no path of this server",
                                      "write a path such as /404.html");
        page.target = target->path;
    }
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

// `return URL;`
std::optional<Return> return_of_url(const Directive& directive, const Token& token, Build& build) {
    if (token.text.starts_with('/')) {
        build.report.error(token, "return: a path alone has no status code",
                           "write \"return 302 " + token.text + ";\"");
        return std::nullopt;
    }
    if (!is_absolute_url(token.text)) {
        build.report.error(token, "return: " + quoted(token.text) + " is neither a status code nor an absolute URL",
                           "write \"return 404;\", \"return 301 /new;\" or \"return https://example.org/;\"");
        return std::nullopt;
    }
    if (refuse_bytes_of_no_url(directive, token, build)) return std::nullopt;
    return Return{http::Status::found, token.text, true};
}

// `return CODE;` and `return CODE text;`
std::optional<Return> return_of_code(const Directive& directive, Build& build) {
    const Token& code = directive.arguments[0];
    const auto status = checked(parse_status(code.text, 200, 599), directive, code, build);
    if (!status) return std::nullopt;
    if (http::code_of(*status) == close_without_answer) {
        build.report.error(code, "return: 444 (close without an answer) is not supported yet", "write \"return 403;\"");
        return std::nullopt;
    }
    Return answer{*status, {}, redirects(*status)};
    if (directive.arguments.size() == 2) answer.text = directive.arguments[1].text;
    if (!answer.redirects) return answer;
    if (answer.text.empty()) {
        build.report.error(code, "return: " + code.text + " needs the place to go to",
                           "write \"return " + code.text + " /new;\"");
        return std::nullopt;
    }
    if (refuse_bytes_of_no_url(directive, directive.arguments[1], build)) return std::nullopt;
    return answer;
}

void set_return(const Directive& directive, Level& level, Build& build) {
    for (const Token& token : directive.arguments)
        if (refuse_variable(directive, token, build)) return;
    const Token& first = directive.arguments[0];
    const bool url = directive.arguments.size() == 1 && !first.text.empty() && !base::is_digit(first.text.front());
    auto answer = url ? return_of_url(directive, first, build) : return_of_code(directive, build);
    if (!answer) return;
    // The first that is reached answers, and a server's own come before any location is looked for.
    if (level.settings().return_) {
        const Token* earlier = level.first_use("return");
        const bool here = earlier != nullptr && earlier != &directive.name;
        return build.report.warning(directive.name, "this return is never reached",
                                    here ? "the one on line " + std::to_string(earlier->line) + " answers first"
                                         : "the server's own return answers first");
    }
    level.settings().return_ = std::move(answer);
}

constexpr std::array<DirectiveRow, 2> rows{{
    {
        .name = "return",
        .contexts = {server, location},
        .most = 2,
        .repeat = Repeat::allowed,
        .set = set_return,
        .syntax = "return code [text]; | return code URL; | return URL;",
        .doc = "Answers at once: with a text (its Content-Type is default_type), or, for 301, 302, 303, 307 and 308, "
               "with a redirect to a URL or a path. A URL alone means 302. In a server it answers every request of "
               "that server.",
        .example = "location = /old { return 301 /new; }",
    },
    {
        .name = "error_page",
        .contexts = {http, server, location},
        .least = 2,
        .most = any_number,
        .repeat = Repeat::allowed,
        .set = set_error_page,
        .syntax = "error_page code ... [=[code]] /path | URL;",
        .doc = "What answers in place of the built-in page of a status, 300 to 599: a path of this server, or an "
               "absolute URL to redirect to. `=code` answers with another status, `=` alone with the one that the "
               "path gives. A block with a line of its own takes none of the outer ones.",
        .example = "error_page 404 /404.html;",
    },
}};

}  // namespace

std::span<const DirectiveRow> response_directives() { return rows; }

}  // namespace config

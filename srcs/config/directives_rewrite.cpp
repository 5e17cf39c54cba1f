#include "config/directives_rewrite.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "config/pattern.hpp"
#include "config/url.hpp"

namespace config {

namespace {

using enum Context;

constexpr unsigned close_without_answer = 444;  // nginx's word for closing the connection at once

bool redirects(http::Status status) {
    constexpr std::array codes{301U, 302U, 303U, 307U, 308U};
    return std::ranges::find(codes, http::code_of(status)) != codes.end();
}

// `return URL;`
std::optional<ReturnStep> return_of_url(const Directive& directive, const Token& token, Build& build) {
    if (token.text.starts_with('/')) {
        build.report.error(token, "return: a path alone has no status code",
                           "write \"return 302 " + token.text + ";\"");
        return std::nullopt;
    }
    if (!is_absolute_url(token.text) && !token.text.starts_with("$scheme")) {
        build.report.error(token, "return: " + quoted(token.text) + " is neither a status code nor an absolute URL",
                           "write \"return 404;\", \"return 301 /new;\" or \"return https://example.org/;\"");
        return std::nullopt;
    }
    if (refuse_bytes_of_no_url(directive, token, build)) return std::nullopt;
    auto url = read_template(directive, token, build);
    if (!url) return std::nullopt;
    return ReturnStep{.status = http::Status::found, .text = std::move(*url), .has_text = true, .redirects = true};
}

// `return CODE;` and `return CODE text;`
std::optional<ReturnStep> return_of_code(const Directive& directive, Build& build) {
    const Token& code = directive.arguments[0];
    const auto status = checked(parse_status(code.text, 200, 599), directive, code, build);
    if (!status) return std::nullopt;
    ReturnStep step;
    step.status = *status;
    step.redirects = redirects(*status);
    step.closes = http::code_of(*status) == close_without_answer;
    if (directive.arguments.size() == 2) {
        auto text = read_template(directive, directive.arguments[1], build);
        if (!text) return std::nullopt;
        step.text = std::move(*text);
        step.has_text = !directive.arguments[1].text.empty();
    }
    if (!step.redirects) return step;
    if (!step.has_text) {
        build.report.error(code, "return: " + code.text + " needs the place to go to",
                           "write \"return " + code.text + " /new;\"");
        return std::nullopt;
    }
    if (refuse_bytes_of_no_url(directive, directive.arguments[1], build)) return std::nullopt;
    return step;
}

// What comes after an answer in one block is never reached.
void warn_if_answered(const Directive& directive, const Level& level, Build& build) {
    const auto answers = [](const Step& step) { return std::holds_alternative<ReturnStep>(step.what); };
    if (std::ranges::none_of(level.script, answers)) return;
    const Token* earlier = level.first_use("return");
    build.report.warning(Warning::return_unreached, directive.name, "this " + directive.name.text + " is never reached",
                         earlier == nullptr || earlier == &directive.name
                             ? "a return before it answers first"
                             : "the return on line " + std::to_string(earlier->line) + " answers first");
}

void set_return(const Directive& directive, Level& level, Build& build) {
    const Token& first = directive.arguments[0];
    const bool url = directive.arguments.size() == 1 && !first.text.empty() && !base::is_digit(first.text.front());
    auto answer = url ? return_of_url(directive, first, build) : return_of_code(directive, build);
    if (!answer) return;
    warn_if_answered(directive, level, build);
    level.script.push_back({std::move(*answer)});
}

void set_set(const Directive& directive, Level& level, Build& build) {
    const Token& name = directive.arguments[0];
    SetStep step;
    const std::string known = base::lower_case(name.text);
    if (known == "$args") {
        step.target = SetStep::Target::args;
    } else if (known == "$limit_rate") {
        step.target = SetStep::Target::limit_rate;
        const Token& rate = directive.arguments[1];
        if (!has_variable(rate.text) && !checked(parse_size(rate.text), directive, rate, build)) return;
    } else {
        const auto variable = read_own_variable(directive, name, build);
        if (!variable) return;
        step.variable = *variable;
    }
    auto value = read_template(directive, directive.arguments[1], build);
    if (!value) return;
    step.value = std::move(*value);
    warn_if_answered(directive, level, build);
    level.script.push_back({std::move(step)});
}

void set_break(const Directive&, Level& level, Build&) { level.script.push_back({BreakStep{}}); }

struct Flag {
    std::string_view name;
    RewriteStep::Then then;
};
constexpr std::array<Flag, 4> flags{{
    {"last", RewriteStep::Then::last},
    {"break", RewriteStep::Then::break_},
    {"redirect", RewriteStep::Then::redirect},
    {"permanent", RewriteStep::Then::permanent},
}};

// A replacement with a scheme is a redirect without being told.
bool has_scheme(std::string_view replacement) {
    return replacement.starts_with("http://") || replacement.starts_with("https://") ||
           replacement.starts_with("$scheme");
}

bool read_flag(const Directive& directive, RewriteStep& step, Build& build) {
    const Token& token = directive.arguments[2];
    const auto flag = std::ranges::find(flags, token.text, &Flag::name);
    if (flag == flags.end()) {
        build.report.error(token, "rewrite: unknown flag " + quoted(token.text),
                           "write last, break, redirect or permanent; a space belongs in quotes");
        return false;
    }
    step.then = flag->then;
    return true;
}

// "/new/$1?a=b": the path and the query that takes the request's place, or goes before it.
bool read_replacement(const Directive& directive, RewriteStep& step, Build& build) {
    const Token& token = directive.arguments[1];
    std::string_view text = token.text;
    if (text.ends_with('?')) {
        step.adds_args = false;
        text.remove_suffix(1);
    }
    const std::size_t question = text.find('?');
    auto path = read_template(text.substr(0, question), directive, token, build);
    if (!path) return false;
    step.path = std::move(*path);
    if (question == std::string_view::npos && step.adds_args) return true;
    const std::string_view query = question == std::string_view::npos ? std::string_view{} : text.substr(question + 1);
    step.args = read_template(query, directive, token, build);
    return step.args.has_value();
}

void set_rewrite(const Directive& directive, Level& level, Build& build) {
    const Token& expression = directive.arguments[0];
    auto pattern = read_pattern(expression.text, base::Regex::Case::sensitive, directive, expression, build);
    if (!pattern) return;
    RewriteStep step{.pattern = std::move(*pattern), .path = {}, .args = {}};
    const Token& replacement = directive.arguments[1];
    if (replacement.text.empty())
        return build.report.error(replacement, "rewrite: the replacement is empty", "write a path such as /new/$1");
    if (has_scheme(replacement.text)) step.then = RewriteStep::Then::redirect;
    if (directive.arguments.size() == 3 && !read_flag(directive, step, build)) return;
    const bool leaves = step.then == RewriteStep::Then::redirect || step.then == RewriteStep::Then::permanent;
    if (has_scheme(replacement.text) && !leaves)
        return build.report.error(directive.arguments[2], "rewrite: a replacement with a scheme is a redirect",
                                  "write redirect or permanent in place of " + directive.arguments[2].text);
    if (!leaves && !replacement.text.starts_with('/') && !replacement.text.starts_with('$'))
        return build.report.error(replacement, "rewrite: " + quoted(replacement.text) + " does not begin with \"/\"",
                                  "write " + quoted('/' + replacement.text));
    if (!read_replacement(directive, step, build)) return;
    warn_if_answered(directive, level, build);
    level.script.push_back({std::move(step)});
}

constexpr ContextSet anywhere_in_server{server, location, if_in_server, if_in_location};

constexpr auto rows = std::to_array<DirectiveRow>({
    {
        .name = "return",
        .contexts = anywhere_in_server,
        .most = 2,
        .repeat = Repeat::allowed,
        .set = set_return,
        .syntax = "return code [text]; | return code URL; | return URL;",
        .doc = "Answers at once: with a text (its Content-Type is default_type), or, for 301, 302, 303, 307 and 308, "
               "with a redirect to a URL or a path. A URL alone means 302; 444 closes the connection without an "
               "answer. In a server it answers every request of that server.",
        .example = "location = /old { return 301 /new$is_args$args; }",
    },
    {
        .name = "rewrite",
        .contexts = anywhere_in_server,
        .least = 2,
        .most = 3,
        .repeat = Repeat::allowed,
        .set = set_rewrite,
        .syntax = "rewrite expression replacement [last | break | redirect | permanent];",
        .doc = "Where the regular expression fits the path, the replacement takes its place; $1 to $9 are the groups. "
               "A query in the replacement goes before the request's own, which a \"?\" at the end drops. last: a "
               "location is looked for anew; break: this one serves the new path; redirect, permanent: 302 and 301 to "
               "it. A replacement with a scheme is a redirect. Without a flag the next directives go on with the new "
               "path. Ten rounds end with 500.",
        .example = "rewrite ^/user/(\\w+)$ /profile.html?name=$1 last;",
    },
    {
        .name = "set",
        .contexts = anywhere_in_server,
        .least = 2,
        .most = 2,
        .repeat = Repeat::allowed,
        .set = set_set,
        .syntax = "set $variable value;",
        .doc = "Gives a variable of your own, $args or $limit_rate a value: text and variables.",
        .example = "set $canonical https://example.org$uri;",
    },
    {
        .name = "if",
        .contexts = {server, location},
        .least = 1,
        .most = any_number,
        .form = Form::block,
        .repeat = Repeat::allowed,
        .syntax = "if (condition) { ... }",
        .doc = "Carries out its block where the condition is true: a variable that is neither empty nor \"0\"; = and "
               "!= with a text; ~, ~* (any case), !~ and !~* with a regular expression; -f, -d, -e, -x and !-f, !-d, "
               "!-e, !-x with the path of a file, folder, either, or program. In a location, settings in the block "
               "take the place of the location's own.",
        .example = "if ($request_method !~ ^(GET|HEAD)$) { return 405; }",
    },
    {
        .name = "break",
        .contexts = anywhere_in_server,
        .least = 0,
        .most = 0,
        .repeat = Repeat::allowed,
        .set = set_break,
        .syntax = "break;",
        .doc = "Ends the rewriting of this block: set, if, rewrite and return after it are left out.",
        .example = "if ($slow) { break; }",
    },
});

}  // namespace

std::span<const DirectiveRow> rewrite_directives() { return rows; }

}  // namespace config

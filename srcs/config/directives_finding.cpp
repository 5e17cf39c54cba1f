#include "config/directives_finding.hpp"

#include <array>

namespace config {

namespace {

using enum Context;

// "=404"
bool read_code(const Directive& directive, const Token& token, TryFiles& files, Build& build) {
    files.status = checked(parse_status(std::string_view{token.text}.substr(1), 200, 599), directive, token, build);
    return files.status.has_value();
}

bool read_last(const Directive& directive, const Token& token, TryFiles& files, Build& build) {
    if (token.text.starts_with('=')) return read_code(directive, token, files, build);
    if (token.text.starts_with('@')) build.named_locations.push_back(&token);
    if (!token.text.starts_with('/') && !token.text.starts_with('@') && !token.text.starts_with('$')) {
        build.report.error(token,
                           "try_files: the last word, " + quoted(token.text) + ", says where to go without a file",
                           "write a path such as /index.html, a code such as =404, or @name");
        return false;
    }
    auto last = read_template(directive, token, build);
    if (last) files.last = std::move(*last);
    return last.has_value();
}

void set_try_files(const Directive& directive, Level& level, Build& build) {
    TryFiles files;
    const std::span<const Token> words{directive.arguments};
    if (!read_last(directive, words.back(), files, build)) return;
    for (const Token& word : words.first(words.size() - 1)) {
        std::string_view text = word.text;
        if (text.starts_with('=') || text.starts_with('@')) {
            build.report.error(word, "try_files: " + quoted(text) + " can only stand last", "put the files before it");
            return;
        }
        const bool is_folder = text.ends_with('/');
        if (is_folder) text.remove_suffix(1);
        auto path = read_template(text, directive, word, build);
        if (!path) return;
        files.candidates.push_back({std::move(*path), is_folder});
    }
    level.settings().try_files = std::make_shared<const TryFiles>(std::move(files));
}

void set_internal(const Directive&, Level& level, Build&) { level.settings().internal = true; }

void set_merge_slashes(const Directive& directive, Level& level, Build& build) {
    const Token& value = directive.arguments[0];
    const auto on = checked(parse_flag(value.text), directive, value, build);
    if (!on) return;
    level.server.merge_slashes = *on;
    if (!*on) build.keeps_slashes = true;
}

constexpr auto rows = std::to_array<DirectiveRow>({
    {
        .name = "try_files",
        .contexts = {server, location},
        .least = 2,
        .most = any_number,
        .set = set_try_files,
        .syntax = "try_files file ... path | @name | =code;",
        .doc = "The first of the files that exists answers, within this location; a slash at the end asks for a "
               "folder. Where none exists, the last word says what happens: a path of this server, for which a "
               "location is looked for anew, a named location, or a status. Variables are put in. Not inherited.",
        .example = "try_files $uri $uri/ /index.html;",
    },
    {
        .name = "internal",
        .contexts = {location},
        .least = 0,
        .most = 0,
        .set = set_internal,
        .syntax = "internal;",
        .doc = "Clients who ask for this location get 404; index, error_page, try_files and rewrite reach it.",
        .example = "location /errors/ { internal; root ../www; }",
    },
    {
        .name = "merge_slashes",
        .contexts = {http, server},
        .set = set_merge_slashes,
        .syntax = "merge_slashes on | off;",
        .default_text = "merge_slashes on;",
        .doc = "Whether repeated slashes in a request's path become one. With off they stay, in variables and for "
               "locations too: //private/a doesn't belong to location /private/, though it names the same file. The "
               "path is read before the server is known by its name: of several on one address, the default server "
               "decides.",
        .example = "merge_slashes off;",
    },
});

}  // namespace

std::span<const DirectiveRow> finding_directives() { return rows; }

}  // namespace config

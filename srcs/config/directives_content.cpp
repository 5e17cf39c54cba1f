#include "config/directives_content.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace config {

namespace {

using enum Context;

// With parameters: text/html; charset=iso-8859-1.
bool is_content_type(std::string_view text) {
    const std::size_t semicolon = std::min(text.find(';'), text.size());
    const std::string_view parameters = text.substr(semicolon);
    const auto is_printed = [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; };
    if (!parameters.empty() && parameters.find('=') == std::string_view::npos) return false;
    return is_media_type(base::trim_ows(text.substr(0, semicolon))) && std::ranges::all_of(parameters, is_printed);
}

void check_folder(const Directive& directive, const Token& path, const std::string& resolved, Build& build) {
    if (!build.check_world) return;
    struct stat facts {};
    const std::string shown = build.paths.shown(path.text);
    if (::stat(resolved.c_str(), &facts) != 0)
        return build.report.error(
            path, base::Error::from_errno(directive.name.text, shown).message,
            "create it or correct the path (a relative one starts at the configuration's folder)");
    const bool file_in_place_of_location = directive.name.text == "alias" && S_ISREG(facts.st_mode);
    if (!S_ISDIR(facts.st_mode) && !file_in_place_of_location)
        build.report.error(path, directive.name.text + ' ' + shown + ": not a folder",
                           "name the folder that the files are in");
}

// A folder as root or alias name it: the constant part of its path, and what follows that where variables begin.
struct Folder {
    std::string path;  // absolute
    std::shared_ptr<const Template> rest;
};

// "/srv/sites/$host/www" is "$host/www" beneath /srv/sites. The folder that variables lead to isn't looked at now.
std::optional<Folder> folder_with_variables(const Directive& directive, const Token& path, Build& build) {
    const std::size_t dollar = path.text.find('$');
    const std::size_t slash = path.text.rfind('/', dollar);
    const bool at_front = slash == std::string::npos;
    const std::string constant = at_front ? std::string{dollar == 0 ? "/" : ""} : path.text.substr(0, slash + 1);
    auto rest = read_template(std::string_view{path.text}.substr(at_front ? 0 : slash + 1), directive, path, build);
    if (!rest) return std::nullopt;
    for (const Template::Part& part : rest->parts()) {
        if (!part.variable || part.variable->kind != VariableUse::Kind::built_in) continue;
        const auto variable = static_cast<Variable>(part.variable->index);
        if (variable != Variable::document_root && variable != Variable::realpath_root &&
            variable != Variable::request_filename)
            continue;
        build.report.error(path,
                           directive.name.text + ": a variable that is made of " + directive.name.text + " itself",
                           "take another one, such as $host");
        return std::nullopt;
    }
    std::string resolved = build.paths.resolve(constant);
    Token folder = path;
    folder.text = constant;
    check_folder(directive, folder, resolved, build);
    return Folder{std::move(resolved), std::make_shared<const Template>(std::move(*rest))};
}

// The argument of root or alias; reports and gives nothing when it can't be used.
std::optional<Folder> folder_argument(const Directive& directive, Level& level, Build& build) {
    const std::string_view other = directive.name.text == "root" ? "alias" : "root";
    const Token& path = directive.arguments[0];
    if (refuse_both(directive, other, level, build)) return std::nullopt;
    if (path.text.empty()) {
        build.report.error(path, directive.name.text + ": the path is empty");
        return std::nullopt;
    }
    if (has_variable(path.text)) return folder_with_variables(directive, path, build);
    std::string resolved = build.paths.resolve(path.text);
    if (level.match != Location::Match::regex) check_folder(directive, path, resolved, build);
    return Folder{std::move(resolved), nullptr};
}

void set_root(const Directive& directive, Level& level, Build& build) {
    auto folder = folder_argument(directive, level, build);
    if (!folder) return;
    LocationSettings& settings = level.settings();
    settings.root = std::move(folder->path);
    settings.root_rest = std::move(folder->rest);
    settings.alias.clear();
    settings.alias_is_whole = false;
    settings.root_origin = directive.name.origin();
}

void set_alias(const Directive& directive, Level& level, Build& build) {
    if (level.match == Location::Match::named)
        return build.report.error(directive.name, "alias: a named location has no path that it could replace",
                                  "write root");
    auto folder = folder_argument(directive, level, build);
    if (!folder) return;
    if (level.match == Location::Match::regex && folder->rest == nullptr)
        return build.report.error(directive.name,
                                  "alias: without $1 every path of this regular expression would be the same file",
                                  "write \"alias /folder/$1;\" with a group in the expression, or root");
    LocationSettings& settings = level.settings();
    settings.alias = std::move(folder->path);
    settings.root_rest = std::move(folder->rest);
    settings.alias_is_whole = level.match == Location::Match::regex;
    settings.alias_replaces = settings.alias_is_whole ? std::string{} : level.path;
    settings.root.clear();
    settings.root_origin = directive.name.origin();
}

void set_index(const Directive& directive, Level& level, Build& build) {
    std::vector<Template>& names = level.settings().index;
    if (level.starts_list(directive)) names.clear();
    for (const Token& name : directive.arguments) {
        if (name.text.empty()) {
            build.report.error(name, "index: the name is empty");
            continue;
        }
        if (name.text.front() == '/' && &name != &directive.arguments.back())
            build.report.warning(Warning::index_after_path, name,
                                 "index: what comes after " + quoted(name.text) + " is never looked for",
                                 "a path that begins with \"/\" stands last");
        if (auto text = read_template(directive, name, build)) names.push_back(std::move(*text));
    }
}

void set_server_tokens(const Directive& directive, Level& level, Build& build) {
    if (const auto on = checked(parse_flag(directive.arguments[0].text), directive, directive.arguments[0], build))
        level.settings().server_tokens = *on;
}

void add_extension(MediaTypes& types, const Directive& row, const Token& before, const Token& extension, Build& build) {
    if (is_media_type(extension.text))
        return build.report.error(
            end_of(before), "missing \";\" after " + quoted(before.text),
            quoted(extension.text) + " on line " + std::to_string(extension.line) + " begins the next row");
    std::string key =
        base::lower_case(extension.text.starts_with('.') ? std::string_view{extension.text}.substr(1) : extension.text);
    const auto [place, is_new] = types.try_emplace(std::move(key), row.name.text);
    if (is_new || place->second == row.name.text) return;
    build.report.warning(Warning::type_twice, extension,
                         "types: the extension " + quoted(extension.text) + " was " + place->second + " before",
                         "the later line counts");
    place->second = row.name.text;
}

void set_types(const Directive& directive, Level& level, Build& build) {
    const bool first = level.starts_list(directive);
    auto types = first || !level.settings().types ? std::make_shared<MediaTypes>()
                                                  : std::make_shared<MediaTypes>(*level.settings().types);
    for (const Directive& row : directive.block) {
        if (row.has_block || !is_content_type(row.name.text)) {
            build.report.error(row.name, "types: " + quoted(row.name.text) + " is no media type",
                               "each line is a type and its extensions, such as \"text/html html htm;\"");
            continue;
        }
        if (row.arguments.empty())
            build.report.error(row.name, "types: " + quoted(row.name.text) + " has no extension",
                               "write \"text/html html htm;\"");
        const Token* before = &row.name;
        for (const Token& extension : row.arguments) {
            add_extension(*types, row, *before, extension, build);
            before = &extension;
        }
    }
    level.settings().types = std::move(types);
}

void set_default_type(const Directive& directive, Level& level, Build& build) {
    const Token& type = directive.arguments[0];
    if (!type.text.empty() && !is_content_type(type.text))
        return build.report.error(type, "default_type: " + quoted(type.text) + " is no media type",
                                  "write type/subtype, such as text/plain or application/octet-stream");
    level.settings().default_type = type.text;
}

constexpr std::array rows = std::to_array<DirectiveRow>({
    {
        .name = "root",
        .contexts = {http, server, location, if_in_location},
        .set = set_root,
        .syntax = "root folder;",
        .doc = "The folder that paths are looked up in: with `root /srv/www`, a request for /a/b.html reads "
               "/srv/www/a/b.html. A relative folder starts at the main configuration file's. It must exist when the "
               "server starts. With variables (/srv/$host/www) the folder before the first of them must, and no path "
               "leaves that.",
        .example = "root ../www;",
    },
    {
        .name = "alias",
        .contexts = {location},
        .set = set_alias,
        .syntax = "alias folder | file;",
        .doc = "The folder that stands for the location's own path: in `location /img/ { alias /srv/pictures/; }` a "
               "request for /img/cat.png reads /srv/pictures/cat.png. Whole path segments only: /imgx never reads "
               "beside the folder. A file answers for the location's path itself. In a location of a regular "
               "expression the alias is the "
               "whole path and takes groups: alias /srv/pictures/$1. One block has root or alias, not both.",
        .example = "location /img/ { alias /srv/pictures/; }",
    },
    {
        .name = "index",
        .contexts = {http, server, location},
        .most = any_number,
        .repeat = Repeat::allowed,
        .set = set_index,
        .syntax = "index name ...;",
        .default_text = "index index.html;",
        .doc = "What answers for a folder: the first of these that exists in it. A last one that begins with \"/\" "
               "is a path of the server and always taken. With variables, an empty name is left out, and one with a "
               "name in it that begins with a dot. A block with a line of its own takes none of the outer "
               "ones.",
        .example = "index index.html index.htm;",
    },
    {
        .name = "types",
        .contexts = {http, server, location},
        .least = 0,
        .most = 0,
        .form = Form::block,
        .repeat = Repeat::allowed,
        .set = set_types,
        .syntax = "types { media/type extension ...; ... }",
        .default_text = "a built-in table of the usual types",
        .doc = "Which Content-Type a file's extension stands for, whatever its case. The block replaces the built-in "
               "table and outer blocks; several in one block add up.",
        .example = "types { text/html html htm; image/webp webp; }",
    },
    {
        .name = "default_type",
        .contexts = {http, server, location},
        .set = set_default_type,
        .syntax = "default_type media/type | \"\";",
        .default_text = "default_type application/octet-stream;",
        .doc = "The Content-Type of files whose extension no row of types has, and of the text of return. It may have "
               "parameters, such as \"text/html; charset=koi8-r\"; \"\" means none is said.",
        .example = "default_type text/plain;",
    },
    {
        .name = "server_tokens",
        .contexts = {http, server, location},
        .set = set_server_tokens,
        .syntax = "server_tokens on | off;",
        .default_text = "server_tokens on;",
        .doc = "Whether the Server field and built-in pages tell the version.",
        .example = "server_tokens off;",
    },
});

}  // namespace

std::span<const DirectiveRow> content_directives() { return rows; }

}  // namespace config

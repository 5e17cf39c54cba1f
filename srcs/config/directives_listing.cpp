#include "config/directives_listing.hpp"

#include <array>
#include <utility>

namespace config {

namespace {

using enum Context;

std::optional<bool> flag_of(const Directive& directive, Build& build) {
    return checked(parse_flag(directive.arguments[0].text), directive, directive.arguments[0], build);
}

void set_autoindex(const Directive& directive, Level& level, Build& build) {
    if (const auto on = flag_of(directive, build)) level.settings().autoindex = *on;
}

void set_exact_size(const Directive& directive, Level& level, Build& build) {
    if (const auto on = flag_of(directive, build)) level.settings().listing.exact_size = *on;
}

void set_local_time(const Directive& directive, Level& level, Build& build) {
    if (const auto on = flag_of(directive, build)) level.settings().listing.local_time = *on;
}

void set_random_index(const Directive& directive, Level& level, Build& build) {
    if (const auto on = flag_of(directive, build)) level.settings().listing.random_index = *on;
}

// A word and what it stands for.
template <class Value>
struct Choice {
    std::string_view word;
    Value value;
};

// Reports a word that isn't among the choices, with the one that was probably meant.
template <class Value, std::size_t N>
std::optional<Value> choose(const std::array<Choice<Value>, N>& choices, const Directive& directive, const Token& token,
                            Build& build) {
    std::vector<std::string_view> words;
    std::string all;
    for (const Choice<Value>& choice : choices) {
        if (choice.word == token.text) return choice.value;
        if (!words.empty()) all += words.size() + 1 == N ? " or " : ", ";
        all += choice.word;
        words.push_back(choice.word);
    }
    const std::string meant = did_you_mean(token.text, words);
    build.report.error(token, directive.name.text + ": " + quoted(token.text) + " is none of its values",
                       meant.empty() ? "write " + all : meant);
    return std::nullopt;
}

void set_format(const Directive& directive, Level& level, Build& build) {
    static constexpr std::array formats = std::to_array<Choice<ListingFormat>>({
        {"html", ListingFormat::html},
        {"json", ListingFormat::json},
        {"jsonp", ListingFormat::jsonp},
        {"xml", ListingFormat::xml},
    });
    if (const auto format = choose(formats, directive, directive.arguments[0], build))
        level.settings().listing.format = *format;
}

// The value of from=, which begins like the path of a file or with $document_root.
void set_from(const Token& token, SymlinkSettings& symlinks, Build& build) {
    static constexpr std::string_view name = "from=";
    static constexpr std::string_view document_root = "$document_root";
    if (!token.text.starts_with(name)) {
        return build.report.error(token, "disable_symlinks: " + quoted(token.text) + " is no parameter of it",
                                  "write from=/a/folder, or nothing");
    }
    std::string value = token.text.substr(name.size());
    symlinks.from_document_root = value.starts_with(document_root);
    if (symlinks.from_document_root) value.erase(0, document_root.size());
    const bool other_variable =
        has_variable(value) || (symlinks.from_document_root && !value.empty() && value.front() != '/');
    if (other_variable) {
        return build.report.error(token, "disable_symlinks: of the variables, only $document_root can stand in from=",
                                  "write from=$document_root, or the path itself");
    }
    if (value.empty() && !symlinks.from_document_root)
        return build.report.error(token, "disable_symlinks: the path of from= is empty");
    symlinks.from = symlinks.from_document_root ? std::move(value) : build.paths.resolve(value);
}

void set_disable_symlinks(const Directive& directive, Level& level, Build& build) {
    static constexpr std::array policies = std::to_array<Choice<os::Links>>({
        {"outside", os::Links::beneath},
        {"off", os::Links::anywhere},
        {"if_not_owner", os::Links::same_owner},
        {"on", os::Links::none},
    });
    const auto followed = choose(policies, directive, directive.arguments[0], build);
    if (!followed) return;
    SymlinkSettings symlinks;
    symlinks.followed = *followed;
    const bool judges = symlinks.followed == os::Links::same_owner || symlinks.followed == os::Links::none;
    if (directive.arguments.size() > 1 && judges) set_from(directive.arguments[1], symlinks, build);
    if (directive.arguments.size() > 1 && !judges) {
        build.report.warning(directive.arguments[1],
                             "disable_symlinks: from= means nothing but with \"on\" and \"if_not_owner\"",
                             "leave it out");
    }
    level.settings().symlinks = std::move(symlinks);
}

constexpr std::array rows = std::to_array<DirectiveRow>({
    {
        .name = "autoindex",
        .contexts = {http, server, location},
        .set = set_autoindex,
        .syntax = "autoindex on | off;",
        .default_text = "autoindex off;",
        .doc = "Whether a folder without an index file answers with a list of what is in it; else it answers 403. "
               "What can't be served isn't listed. A request may ask for an order (`?sort=name`, `size` or `time`, "
               "with `&order=asc` or `desc`) and for a format (`?format=html`, `json` or `xml`). Beneath the list "
               "stands the text of the folder's README.md, README or README.txt, if it is UTF-8 of up to 64 KiB and "
               "the same location serves it.",
        .example = "location /files/ { autoindex on; }",
    },
    {
        .name = "autoindex_format",
        .contexts = {http, server, location},
        .set = set_format,
        .syntax = "autoindex_format html | json | jsonp | xml;",
        .default_text = "autoindex_format html;",
        .doc = "How a listing is written where the request doesn't ask for a format: as a page, or for programs. "
               "With jsonp, the request's argument `callback` is the function that is called: letters, digits, `_` "
               "and `.`, up to 128 of them, else the answer is 400; without it the answer is JSON.",
        .example = "location /api/files/ { alias /srv/files/; autoindex on; autoindex_format json; }",
    },
    {
        .name = "autoindex_exact_size",
        .contexts = {http, server, location},
        .set = set_exact_size,
        .syntax = "autoindex_exact_size on | off;",
        .default_text = "autoindex_exact_size off;",
        .doc = "Whether a listing as a page shows sizes in bytes. Else it rounds them, and shows the bytes where the "
               "pointer rests. Other formats are exact.",
        .example = "autoindex_exact_size on;",
    },
    {
        .name = "autoindex_localtime",
        .contexts = {http, server, location},
        .set = set_local_time,
        .syntax = "autoindex_localtime on | off;",
        .default_text = "autoindex_localtime off;",
        .doc = "Whether a listing as a page shows times in this machine's time zone. Else, and in other formats, "
               "they are UTC.",
        .example = "autoindex_localtime on;",
    },
    {
        .name = "random_index",
        .contexts = {location},
        .set = set_random_index,
        .syntax = "random_index on | off;",
        .default_text = "random_index off;",
        .doc = "Whether one of the folder's files, chosen anew for each request, answers for the folder, even where "
               "there is an index file. Links, and names that begin with a dot, are not chosen.",
        .example = "location /banner/ { random_index on; }",
    },
    {
        .name = "disable_symlinks",
        .contexts = {http, server, location},
        .most = 2,
        .set = set_disable_symlinks,
        .syntax = "disable_symlinks outside | off;   disable_symlinks on | if_not_owner [from=part];",
        .default_text = "disable_symlinks outside;",
        .doc = "Which symbolic links make the answer 403. `outside`: those that lead out of root or alias. `off`: "
               "none, as nginx does unless it is told otherwise: what a link opens to everybody is up to whoever may "
               "make links. `on`: all, and `if_not_owner`: those that belong to another user than what they lead to. "
               "These two judge each component of the path from `/` on, or behind `part` where the path begins with "
               "it; in `part`, `$document_root` may stand for root or alias.",
        .example = "disable_symlinks if_not_owner from=$document_root;",
    },
});

}  // namespace

std::span<const DirectiveRow> listing_directives() { return rows; }

}  // namespace config

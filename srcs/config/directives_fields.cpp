#include "config/directives_fields.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "http/fields.hpp"

namespace config {

namespace {

using enum Context;

struct Singular {
    std::string_view name;
    AddedField::Way way;
};
// Fields of one line that answers may have by themselves.
constexpr std::array<Singular, 6> singular_fields{{
    {"Accept-Ranges", AddedField::Way::instead},
    {"Content-Type", AddedField::Way::instead},
    {"ETag", AddedField::Way::instead_or_empty},
    {"Expires", AddedField::Way::instead},
    {"Last-Modified", AddedField::Way::instead_or_empty},
    {"Location", AddedField::Way::instead},
}};

struct Kept {
    std::string_view name;
    std::string_view why;
};
constexpr std::string_view framing = "it tells where an answer ends, which the server alone knows";
constexpr std::string_view of_connection = "it is about the connection, which the server keeps";
// Fields that would make an answer unreadable, or are always there.
constexpr std::array<Kept, 8> kept_fields{{
    {"Connection", of_connection},
    {"Content-Length", framing},
    {"Content-Range", "the answer to a range says it by itself"},
    {"Date", "every answer has it"},
    {"Server", "every answer has it; \"server_tokens off;\" takes the version out of it"},
    {"Trailer", framing},
    {"Transfer-Encoding", framing},
    {"Upgrade", of_connection},
}};

bool same_name(std::string_view a, std::string_view b) { return base::equals_ignoring_case(a, b); }

// The level's own copy of what it has so far.
AddedFields& edit(Level& level) {
    std::shared_ptr<const AddedFields>& kept = level.settings().added_fields;
    auto copy = kept ? std::make_shared<AddedFields>(*kept) : std::make_shared<AddedFields>();
    AddedFields& made = *copy;
    kept = std::move(copy);
    return made;
}

bool refuse_name(const Directive& directive, const Token& name, Build& build) {
    const auto kept =
        std::ranges::find_if(kept_fields, [&](const Kept& one) { return same_name(one.name, name.text); });
    if (kept != kept_fields.end()) {
        build.report.error(name, "add_header: " + std::string{kept->name} + " can't be added", std::string{kept->why});
        return true;
    }
    if (refuse_variable(directive, name, build)) return true;
    if (http::is_token(name.text)) return false;
    const bool colon = name.text.size() > 1 && name.text.ends_with(':');
    build.report.error(name, "add_header: " + quoted(name.text) + " is no name of a field",
                       colon ? "write it without the colon" : "write a name such as X-Frame-Options");
    return true;
}

void set_add_header(const Directive& directive, Level& level, Build& build) {
    const std::vector<Token>& words = directive.arguments;
    if (refuse_name(directive, words[0], build)) return;
    if (words.size() == 3 && words[2].text != "always")
        return build.report.error(words[2], "add_header: " + quoted(words[2].text) + " is not \"always\"",
                                  "a value with spaces stands in quotes");
    auto value = read_template(directive, words[1], build);
    if (!value) return;
    AddedField field{.name = words[0].text, .value = std::move(*value), .origin = words[0].origin()};
    const auto singular =
        std::ranges::find_if(singular_fields, [&](const Singular& one) { return same_name(one.name, field.name); });
    if (singular != singular_fields.end()) field.way = singular->way;
    field.always = words.size() == 3;
    level.added_fields.push_back(std::move(field));
}

void set_add_header_inherit(const Directive& directive, Level& level, Build& build) {
    using Inherit = AddedFields::Inherit;
    constexpr std::array<std::pair<std::string_view, Inherit>, 3> words{
        {{"on", Inherit::on}, {"off", Inherit::off}, {"merge", Inherit::merge}}};
    const Token& token = directive.arguments[0];
    const auto word = std::ranges::find(words, token.text, &std::pair<std::string_view, Inherit>::first);
    if (word == words.end())
        return build.report.error(token, "add_header_inherit: " + quoted(token.text) + " is unknown",
                                  "write on, off or merge");
    edit(level).inherit = word->second;
}

void set_expires(const Directive& directive, Level& level, Build& build) {
    const std::vector<Token>& words = directive.arguments;
    const bool modified = words.size() == 2;
    if (modified && words[0].text != "modified")
        return build.report.error(words[0], "expires: " + quoted(words[0].text) + " is not \"modified\"",
                                  "write \"expires 30d;\" or \"expires modified 1h;\"; 1h 30m stands in quotes");
    const Token& time = words.back();
    Expiry expiry{modified ? Expiry::Kind::after_modification : Expiry::Kind::after_access};
    std::optional<Template> text;
    if (has_variable(time.text)) {
        text = read_template(directive, time, build);
        if (!text) return;
    } else {
        const auto parsed = checked(parse_expiry(time.text, modified), directive, time, build);
        if (!parsed) return;
        expiry = *parsed;
    }
    AddedFields& made = edit(level);
    if (expiry.kind != Expiry::Kind::off) {
        if (!made.cache_control.empty() && refuse_both(directive, "cache_control", level, build)) return;
        made.cache_control.clear();
    }
    made.expiry = expiry;
    made.expiry_text = std::move(text);
}

void set_cache_control(const Directive& directive, Level& level, Build& build) {
    std::string value;
    for (const Token& word : directive.arguments) {
        if (refuse_variable(directive, word, build)) return;
        value.append(value.empty() ? "" : " ").append(word.text);
    }
    if (value == "off") {
        edit(level).cache_control.clear();
        return;
    }
    const auto parsed = checked(parse_cache_control(value), directive, directive.arguments[0], build);
    if (!parsed) return;
    for (const std::string& unknown : parsed->unknown)
        build.report.warning(directive.arguments[0], "cache_control: no cache knows " + quoted(unknown),
                             did_you_mean(unknown, names_of_cache_control()));
    AddedFields& made = edit(level);
    const bool has_expiry = made.expiry.kind != Expiry::Kind::off;
    if (has_expiry && refuse_both(directive, "expires", level, build)) return;
    made.expiry = {};
    made.expiry_text.reset();
    made.cache_control_is_of_name = parsed->is_immutable;
    made.cache_control = parsed->value;
}

void set_charset(const Directive& directive, Level& level, Build& build) {
    const Token& name = directive.arguments[0];
    if (!has_variable(name.text) && !is_charset(name.text))
        return build.report.error(name, "charset: " + quoted(name.text) + " is no charset",
                                  "write a name such as utf-8, or off");
    auto charset = read_template(directive, name, build);
    if (!charset) return;
    level.settings().charset = name.text == "off" ? Template{} : std::move(*charset);
}

void set_charset_types(const Directive& directive, Level& level, Build& build) {
    std::vector<std::string> types{"text/html"};
    for (const Token& type : directive.arguments) {
        if (type.text != "*" && !is_media_type(type.text))
            return build.report.error(type, "charset_types: " + quoted(type.text) + " is no media type",
                                      "write type/subtype, such as text/css, or * for all");
        types.push_back(base::lower_case(type.text));
    }
    level.settings().charset_types = std::make_shared<const std::vector<std::string>>(std::move(types));
}

bool has_line(const std::vector<AddedField>& lines, std::string_view name) {
    return std::ranges::any_of(lines, [&](const AddedField& line) { return same_name(line.name, name); });
}

void warn_of_lost_lines(const Level& level, const std::vector<AddedField>& outer, Build& build) {
    std::string lost;
    for (const AddedField& line : outer) {
        if (has_line(level.added_fields, line.name)) continue;
        lost.append(lost.empty() ? "" : ", ").append(line.name);
        lost.append(" (").append(line.origin.file).append(":").append(std::to_string(line.origin.line)).append(")");
    }
    if (lost.empty()) return;
    const bool in_if = level.contexts.contains(Context::if_in_location);
    build.report.warning(
        Warning::add_header_lost, *level.first_use("add_header"),
        "the lines of add_header in this block take the place of those around it, which are lost: " + lost,
        std::string{"write \"add_header_inherit merge;\""} + (in_if ? " in the location" : "") +
            " to keep them (off where they are not wanted)");
}

constexpr ContextSet every_level{http, server, location, if_in_location};

// clang-format off
constexpr auto rows = std::to_array<DirectiveRow>({
    {
        .name = "add_header",
        .contexts = every_level,
        .least = 2,
        .most = 3,
        .repeat = Repeat::allowed,
        .set = set_add_header,
        .syntax = "add_header name value [always];",
        .doc = "Adds a field to answers with status 200, 201, 204, 206, 301, 302, 303, 304, 307 or 308; with always, "
               "to all, errors too. An empty value adds nothing. A block with lines of its own takes none of those "
               "around it, unless add_header_inherit says so. ETag, Last-Modified, Content-Type, Expires, Location "
               "and Accept-Ranges take the place of the answer's own (an empty ETag or Last-Modified takes it away), "
               "other fields are sent beside what there is.",
        .example = "add_header X-Content-Type-Options nosniff always;",
    },
    {
        .name = "add_header_inherit",
        .contexts = {http, server, location},
        .set = set_add_header_inherit,
        .syntax = "add_header_inherit on | off | merge;",
        .default_text = "add_header_inherit on;",
        .doc = "What a block does with the add_header lines around it. on: takes them if it has none of its own; "
               "off: takes none; merge: adds them to its own. Holds for the blocks within as well.",
        .example = "add_header_inherit merge;",
    },
    {
        .name = "expires",
        .contexts = every_level,
        .most = 2,
        .set = set_expires,
        .syntax = "expires [modified] time | epoch | max | off;",
        .default_text = "expires off;",
        .doc = "Adds Expires and Cache-Control to answers with one of the statuses of add_header without always: so "
               "long from now (y and M are years and months here), or with modified from the file's last change; a "
               "negative time means no-cache; @15h30m is the next time that it is that late; epoch is the past, with "
               "no-cache; max ten years. The time may be a variable; where its value is no time, nothing is added.",
        .example = "expires 30d;",
    },
    {
        .name = "cache_control",
        .contexts = every_level,
        .most = any_number,
        .set = set_cache_control,
        .syntax = "cache_control immutable | revalidate | directive ... | off;",
        .default_text = "cache_control off;",
        .doc = "The Cache-Control of an existing file (200, 206 and 304), and of nothing else: errors, redirects and "
               "listings keep what add_header gives them. immutable stands for \"public, max-age=31536000, "
               "immutable\": for files whose name changes with their content, and only for those that were asked for "
               "by that name, not for an index or what try_files falls back to; revalidate stands for no-cache: "
               "kept, but never used without asking. All else is sent as it is. It takes the place of Cache-Control "
               "lines of add_header in the same block and around it, and of an expires around it, as an inner one of "
               "these takes its place.",
        .example = "location /assets/ { cache_control immutable; }",
    },
    {
        .name = "charset",
        .contexts = every_level,
        .set = set_charset,
        .syntax = "charset name | off;",
        .default_text = "charset utf-8;",
        .doc = "The charset parameter that is added to the Content-Type of text. It says how files are written, it "
               "converts nothing. May be a variable; where its value is no charset, or off, none is said.",
        .example = "charset iso-8859-1;",
    },
    {
        .name = "charset_types",
        .contexts = {http, server, location},
        .most = any_number,
        .set = set_charset_types,
        .syntax = "charset_types media/type ...;",
        .default_text = "text/* and application/javascript",
        .doc = "The media types that charset is said of, besides text/html; * is all.",
        .example = "charset_types text/css text/plain application/rss+xml;",
    },
});
// clang-format on

}  // namespace

std::span<const DirectiveRow> field_directives() { return rows; }

void complete_added_fields(Level& level, Build& build) {
    using Inherit = AddedFields::Inherit;
    std::vector<AddedField>& own = level.added_fields;
    if (own.empty() && level.settings().added_fields == nullptr) return;
    AddedFields& made = edit(level);
    const auto outer = std::exchange(made.lines, own);
    if (build.lints && made.inherit == Inherit::on && !own.empty()) warn_of_lost_lines(level, outer, build);
    if (made.inherit == Inherit::merge || (made.inherit == Inherit::on && own.empty())) {
        for (const AddedField& line : outer)
            if (line.way == AddedField::Way::beside || !has_line(own, line.name)) made.lines.push_back(line);
    }
    // The one further in counts; in the same block cache_control is for files and add_header for the rest.
    if (has_line(own, "Cache-Control") && level.first_use("cache_control") == nullptr) made.cache_control.clear();
    const auto is_constant = [](const AddedField& line) { return line.value.is_constant(); };
    made.is_constant = !made.expiry_text && std::ranges::all_of(made.lines, is_constant);
    made.has_always = std::ranges::any_of(made.lines, &AddedField::always);
}

}  // namespace config

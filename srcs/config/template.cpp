#include "config/template.hpp"

#include "base/ascii.hpp"
#include "config/directives.hpp"

namespace config {

namespace {

constexpr base::ByteSet name_byte =
    base::ByteSet{"_"}.insert_range('a', 'z').insert_range('A', 'Z').insert_range('0', '9');

std::size_t length_of_name(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && name_byte[text[length]]) ++length;
    return length;
}

struct Name {
    std::string_view text;
    std::size_t taken;  // bytes after the `$`
};

// $name, ${name}, $1 to $9, of which only the one digit belongs to the name. `text` begins after the `$`.
std::optional<Name> read_name(std::string_view text) {
    const bool braces = text.starts_with('{');
    const std::string_view inner = text.substr(braces ? 1 : 0);
    const bool capture = !inner.empty() && inner[0] >= '1' && inner[0] <= '9';
    const std::size_t length = capture ? 1 : length_of_name(inner);
    if (length == 0 || (braces && !inner.substr(length).starts_with('}'))) return std::nullopt;
    return Name{inner.substr(0, length), length + (braces ? 2 : 0)};
}

VariableUse use_of(std::string_view name, const Token& token, Build& build) {
    if (name.size() == 1 && base::is_digit(name[0]) && name[0] != '0')
        return {VariableUse::Kind::capture, static_cast<std::uint32_t>(name[0] - '0')};
    // nginx's names are case-blind: they are all kept in lower case.
    const std::string lower = base::lower_case(name);
    if (auto known = find_built_in_variable(lower)) return *known;
    return {VariableUse::Kind::own, build.variables.use(lower, token)};
}

void report_bad_name(std::string_view rest, const Directive& directive, const Token& token, Build& build) {
    const bool unclosed = rest.starts_with('{');
    build.report.error(token, directive.name.text + ": \"$\" without the name of a variable behind it",
                       unclosed ? "a name in braces ends with \"}\""
                                : "a literal \"$\" is written ${dollar} after \"geo $dollar { default '$'; }\"");
}

}  // namespace

Template::Template(std::string text) : source_(std::move(text)) { parts_.push_back({source_, std::nullopt}); }

std::optional<Template> read_template(std::string_view text, const Directive& directive, const Token& token,
                                      Build& build) {
    Template made;
    made.source_ = text;
    for (;;) {
        const std::size_t dollar = text.find('$');
        Template::Part part{std::string{text.substr(0, dollar)}, std::nullopt};
        if (dollar == std::string_view::npos) {
            if (!part.text.empty() || made.parts_.empty()) made.parts_.push_back(std::move(part));
            return made;
        }
        text.remove_prefix(dollar + 1);
        const std::optional<Name> name = read_name(text);
        if (!name) {
            report_bad_name(text, directive, token, build);
            return std::nullopt;
        }
        part.variable = use_of(name->text, token, build);
        made.parts_.push_back(std::move(part));
        text.remove_prefix(name->taken);
    }
}

std::optional<std::uint32_t> read_own_variable(const Directive& directive, const Token& token, Build& build) {
    const std::string_view text = token.text;
    const bool is_name = text.starts_with('$') && text.size() > 1 && length_of_name(text.substr(1)) == text.size() - 1;
    if (!is_name || base::is_digit(text[1])) {
        build.report.error(token, directive.name.text + ": " + quoted(text) + " is no name of a variable",
                           "write \"$\", a letter or \"_\", then letters, digits and \"_\"");
        return std::nullopt;
    }
    const std::string name = base::lower_case(text.substr(1));
    if (find_built_in_variable(name)) {
        build.report.error(token, directive.name.text + ": " + quoted(text) + " has its own meaning",
                           "choose another name");
        return std::nullopt;
    }
    return build.variables.make(name);
}

}  // namespace config

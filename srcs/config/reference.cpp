#include "config/reference.hpp"

#include <algorithm>
#include <vector>

#include "config/differences.hpp"
#include "config/directives.hpp"
#include "config/foreign.hpp"
#include "config/refused.hpp"
#include "config/values.hpp"
#include "config/warnings.hpp"

namespace config {

namespace {

constexpr std::string_view introduction = R"(# Configuration

`webserv conf/default.conf` reads nginx's configuration language. [default.conf](default.conf) is a tour of the usual
directives. This page is the reference. It is printed by `webserv --directives`, from the same table that checks a
configuration; `webserv --help DIRECTIVE` prints one entry.

## The language

A directive is a name, its arguments and a `;`. A block is a name, maybe arguments, and directives between `{` and `}`.
`#` begins a comment that goes to the end of the line. An argument with a space, a `;`, a `{`, or a `#` at its front
stands in quotes, `"..."` or `'...'`. `\"`, `\'` and `\\` stand for a quote and a backslash; `\t`, `\r` and `\n` for a
tab and line ends.

A file is either a list of `server { }` blocks, with what they have in common beside them, or it has the full form:

    events { worker_connections 1024; }
    http {
        server { listen 8080; root www; }
    }

A block has the values of the block around it, and a directive in it replaces them. It doesn't matter whether a
directive stands before or after a nested block.

- **Sizes** are bytes, or a number with `k` or `m` (`g` too for client_max_body_size).
- **Times** are seconds, or numbers with `w`, `d`, `h`, `m`, `s`, `ms`, from large to small: `1m30s`, `100ms`.
- **Relative paths** start at the folder of the main configuration file.

All mistakes of a file are reported in one run, each with its line:

    conf/site.conf:3:5: error: unknown directive "listn"; did you mean "listen"?
        listn 8080;
        ^~~~~

`webserv -t FILE` only checks: it says what is wrong and ends with status 1, or 0 when all is well. Folders named by
`root` and `alias`, users and included files must exist. It also warns of what works though hardly as meant
([the warnings](#warnings)), and names what has [no effect](#accepted-without-effect). With `--tolerant` it lists what
webserv [doesn't do](#not-accepted) and leaves it out, to tell whether the rest would load.

`webserv -T FILE` prints what counts: each block with its directives, what it has from the blocks around it, and the
defaults, each with its place. The text is a configuration that does the same.

`webserv FOLDER` needs no configuration: `webserv --print-config FOLDER` prints the one it stands for.

## Directives
)";

// `text` in lines of at most `width` bytes, each behind `indent`.
std::string wrapped(std::string_view text, std::string_view indent, std::size_t width) {
    std::string out;
    std::size_t column = 0;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        if (column > 0 && column + 1 + word.size() > width) {
            out.push_back('\n');
            column = 0;
        }
        out += column == 0 ? indent : std::string_view{" "};
        column += (column == 0 ? indent.size() : 1) + word.size();
        out += word;
    }
    return out + '\n';
}

std::string default_of(const DirectiveRow& row) {
    return row.default_text.empty() ? "none" : std::string{row.default_text};
}

std::string markdown_of(const DirectiveRow& row) {
    std::string out{"\n#### "};
    out.append(row.name).append("\n\n- syntax: `").append(row.syntax).append("`\n");
    if (row.default_text.find(';') != std::string_view::npos) {
        const std::size_t end = row.default_text.find(';') + 1;
        out.append("- default: `")
            .append(row.default_text.substr(0, end))
            .append("`")
            .append(row.default_text.substr(end))
            .append("\n");
    } else {
        out.append("- default: ").append(default_of(row)).append("\n");
    }
    out.append("- in: ").append(row.contexts.to_string()).append("\n\n").append(wrapped(row.doc, "", 120));
    return out.append("\n    ").append(row.example).append("\n");
}

// Names that have the same explanation share a line.
template <class Row>
std::string grouped(std::span<const Row> rows, std::string_view Row::*reason, std::string (*label)(const Row&)) {
    std::vector<std::pair<std::string_view, std::string>> lines;
    for (const Row& row : rows) {
        if (find_directive(row.name) != nullptr) continue;  // it has a row of its own by now
        const auto found = std::ranges::find(lines, row.*reason, [](const auto& line) { return line.first; });
        if (found == lines.end())
            lines.emplace_back(row.*reason, label(row));
        else
            found->second += ", " + label(row);
    }
    std::string out;
    for (const auto& [why, names] : lines) out += "- " + names + ": " + std::string{why} + "\n";
    return out;
}

std::string ineffective_label(const Ineffective& row) {
    const std::string value = row.only_value.empty() ? std::string{} : ' ' + std::string{row.only_value};
    return '`' + std::string{row.name} + value + '`';
}

std::string refused_label(const Refused& row) { return '`' + std::string{row.name} + '`'; }

std::string families_line() {
    std::string out{"- all that begin with "};
    for (const Refused& family : refused_families())
        out.append(&family == &refused_families().front() ? "`" : ", `").append(family.name).append("`");
    return out + '\n';
}

std::string differences_markdown() {
    std::string out{
        "\n## Differences from nginx\n\nOn purpose, each with its reason and, where there is one, the way back.\n"};
    for (const DifferenceTheme& theme : differences()) {
        out.append("\n### ").append(theme.title);
        out.append("\n\n| webserv | nginx | why | nginx's way |\n|---|---|---|---|\n");
        for (const Difference& row : theme.rows)
            out.append("| ")
                .append(row.here)
                .append(" | ")
                .append(row.nginx)
                .append(" | ")
                .append(row.why)
                .append(" | ")
                .append(row.back)
                .append(" |\n");
    }
    return out;
}

std::string warnings_markdown() {
    std::string out{
        "\n## Warnings\n\n`webserv -t` gives these, each with its code; `webserv --help CODE` explains one.\n\n"
        "| code | what it means | what to do |\n|---|---|---|\n"};
    for (const WarningRow& row : all_warnings())
        out.append("| `").append(row.code).append("` | ").append(row.what).append(" | ").append(row.cure).append(
            " |\n");
    return out;
}

std::string help_of(const WarningRow& row) {
    return std::string{row.code} + " (a warning of webserv -t)\n\n" + wrapped(row.what, "  ", 80) +
           "\n  what to do:\n" + wrapped(row.cure, "  ", 80);
}

std::string help_of(const DirectiveRow& row) {
    std::string out{row.name};
    out.append("\n  syntax:  ").append(row.syntax);
    out.append("\n  default: ").append(default_of(row));
    out.append("\n  in:      ").append(row.contexts.to_string());
    out.append("\n\n").append(wrapped(row.doc, "  ", 80));
    return out.append("\n  example: ").append(row.example).append("\n");
}

}  // namespace

std::optional<std::string> directive_help(std::string_view name) {
    if (const DirectiveRow* row = find_directive(name)) return help_of(*row);
    if (const WarningRow* row = find_warning(name)) return help_of(*row);
    if (const Ineffective* row = find_ineffective(name)) {
        const std::string value =
            row->only_value.empty() ? std::string{} : " (the value \"" + std::string{row->only_value} + "\" only)";
        return std::string{name} + "\n  accepted for the sake of nginx's configurations" + value +
               ", without effect here:\n" + wrapped(row->why, "  ", 80);
    }
    if (const Refused* row = find_refused(name))
        return std::string{name} + "\n  webserv doesn't have it (" + std::string{name_of(row->lack)} + "):\n" +
               wrapped(row->instead, "  ", 80);
    return std::nullopt;
}

std::string directive_hint(std::string_view name) {
    std::vector<std::string_view> names = suggested_names();
    for (const Refused& row : refused_directives()) names.push_back(row.name);
    for (const WarningRow& row : all_warnings()) names.push_back(row.code);
    return did_you_mean(name, names);
}

std::string reference_markdown() {
    std::string out{introduction};
    for (const Theme& theme : all_themes()) {
        out.append("\n### ").append(theme.title).append("\n");
        for (const DirectiveRow& row : theme.rows) out += markdown_of(row);
    }
    out += warnings_markdown();
    out += differences_markdown();
    out +=
        "\n## Accepted without effect\n\nThese tune nginx's own machinery. `webserv -t` names each that it passes "
        "over.\n\n";
    out += grouped(ineffective_directives(), &Ineffective::why, ineffective_label);
    out +=
        "\n## Not accepted\n\nEach is refused by its name. `webserv -t --tolerant` lists those of a configuration, "
        "and tells whether the rest would load.\n\n";
    out += grouped(refused_directives(), &Refused::instead, refused_label);
    return out += families_line();
}

}  // namespace config

#include "config/reference.hpp"

#include <algorithm>
#include <vector>

#include "config/directives.hpp"
#include "config/foreign.hpp"

namespace config {

namespace {

constexpr std::string_view introduction = R"(# Configuration

`webserv conf/default.conf` reads nginx's configuration language. [default.conf](default.conf) is a tutorial: it shows
each directive in use. This page is the reference. It is printed by `webserv --directives`, from the same table that
checks a configuration; `webserv --help DIRECTIVE` prints one entry.

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
`root` and `alias`, users and included files must exist.

## Directives
)";

constexpr std::string_view differences = R"(
## Differences from nginx

| webserv | nginx | why |
|---|---|---|
| bare `server { }` blocks are a configuration | needs `events { }` and `http { }` | one site needs no ceremony |
| `root` and `alias` name folders that exist | found out by the first visitor | a misspelt path is seen at the start |
| no `root` unless it is given | `html` beside the binary | nothing is served that nobody named |
| relative paths start at the configuration's folder | at a prefix built in | a folder can be moved as a whole |
| `alias` takes whole path segments | `location /a { alias /b/; }` gives `/a../x` a way out of `/b` | a known hole |
| redirects are relative | absolute by default | they stay right behind a proxy and on any port |
| `charset utf-8` unless it is changed | `off` | it is what files are written in |
| logs on standard output and standard error by default | files under the prefix | systemd and containers read them |
| no `pid` file unless it is given | `logs/nginx.pid` | a supervisor knows the process |
| one `error_log` a block | several | one place to look at |
| `access_log off` beside a log in the same block is refused | `off` wins | it is one or the other |
| paths with a name that begins with a dot are not served, but `.well-known` | served | nobody meant to publish them |
| symbolic links that leave the root are refused | followed | a link must not open the machine |
| `limit_except` answers 405 with Allow | 403 | it is what 405 is for (RFC 9110 15.5.6) |
| a head that is too large is answered 431 | 400 | the client can tell why (RFC 6585 5) |
| framing in doubt is refused and ends the connection | sometimes repaired | requests are smuggled in doubts |
| TERM and INT let running requests finish, as QUIT does | they cut them off | a second signal cuts |
| HUP reloads nothing | it reloads the configuration | not supported yet; a terminal that hangs up ends the server |
| `location a { }` is refused | never reached | a path begins with `/` |
| `limit_except` holds `deny all;` only | any access rule | rules by address are not there yet |
| `return 301;` without a URL is refused | a redirect to nowhere | a mistake in every case |
| `listen` options may be repeated when they are equal | refused | nothing is unclear |
| `listen 0` lets the kernel choose a port | refused | tests take what is free |
| `localhost` is 127.0.0.1, other host names are refused | looked up at the start | a start doesn't depend on DNS |
| `daemon off` | `on` by default | watched by whoever started it |
| `worker_processes 1` is one process | a master and a worker | nothing to supervise: whoever started it does |
| the log files of workers are opened anew by the workers' `user` | by root | root must not follow what they can write |
| `$variables` are refused by name | expanded | not supported yet |
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
    if (const Ineffective* row = find_ineffective(name)) {
        const std::string value =
            row->only_value.empty() ? std::string{} : " (the value \"" + std::string{row->only_value} + "\" only)";
        return std::string{name} + "\n  accepted for the sake of nginx's configurations" + value +
               ", without effect here:\n  " + std::string{row->why} + "\n";
    }
    if (const Refused* row = find_refused(name))
        return std::string{name} + "\n  webserv doesn't have it:\n  " + std::string{row->instead} + "\n";
    return std::nullopt;
}

std::string reference_markdown() {
    std::string out{introduction};
    for (const Theme& theme : all_themes()) {
        out.append("\n### ").append(theme.title).append("\n");
        for (const DirectiveRow& row : theme.rows) out += markdown_of(row);
    }
    out += differences;
    out +=
        "\n## Accepted without effect\n\nThese tune nginx's own machinery. `webserv -t` names each that it passes "
        "over.\n\n";
    out += grouped(ineffective_directives(), &Ineffective::why, ineffective_label);
    out += "\n## Not accepted\n\n";
    out += grouped(refused_directives(), &Refused::instead, refused_label);
    out +=
        "- all that begin with `fastcgi_`, `grpc_`, `gzip_`, `http2_`, `memcached_`, `proxy_`, `scgi_`, `ssl_`, "
        "`uwsgi_`\n";
    return out;
}

}  // namespace config

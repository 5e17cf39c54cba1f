#include "config/effective.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "config/binder.hpp"
#include "config/directives.hpp"
#include "config/scope.hpp"

namespace config {

namespace {

// Not handed down: each of these is carried out where it stands, or belongs to its block alone.
constexpr std::array<std::string_view, 11> not_inherited{"break",        "if",       "include",  "internal",
                                                         "limit_except", "location", "return",   "rewrite",
                                                         "server",       "set",      "try_files"};
static_assert(std::ranges::is_sorted(not_inherited));

// Two ways of saying one thing: who has one of them has none of the outer ones.
constexpr std::array<std::array<std::string_view, 2>, 3> alternatives{
    {{"root", "alias"}, {"allow_methods", "limit_except"}, {"expires", "cache_control"}}};

// Whose first argument is a folder or file, relative to the configuration's folder.
constexpr std::array<std::string_view, 6> with_path{"access_log", "alias", "auth_basic_user_file",
                                                    "error_log",  "pid",   "root"};
constexpr std::array<std::string_view, 4> no_path{"off", "stderr", "syslog:", "memory:"};

constexpr std::size_t comment_column = 56;

std::string_view as_written(const Token& token) {
    return token.source == nullptr ? std::string_view{token.text}
                                   : std::string_view{token.source->text}.substr(token.offset, token.length);
}

std::string place_of(const Token& token) {
    return (token.source == nullptr ? std::string{} : token.source->name + ':') + std::to_string(token.line);
}

bool is_relative_path(const Directive& directive, const Token& argument) {
    const std::string_view text = argument.text;
    return &argument == &directive.arguments.front() && std::ranges::count(with_path, directive.name.text) > 0 &&
           !text.empty() && !text.starts_with('/') && !text.starts_with('$') &&
           std::ranges::none_of(no_path, [&](std::string_view word) { return text.starts_with(word); });
}

struct Place {
    Context context;
    bool alone = true;  // false: the top of a file without http { }, which is main, events and http in one
};

class Writer {
public:
    explicit Writer(const Paths& paths) : paths_(paths) {}

    void write_file(const Scope& top);
    std::string take() { return std::move(out_); }

private:
    void write_body(const Scope& scope, Place place);
    void write_scope(const Scope& scope);
    void write_own(const Directive& directive);
    void write_block(const Directive& directive);
    void write_rest(const Scope& scope, Place place);
    void write_inherited(const Scope& scope, const DirectiveRow& row);
    void write_default(const DirectiveRow& row);
    void line(std::string text, std::string_view comment);
    void open(const std::string& text, std::string_view comment);
    void close();
    std::string words_of(const Directive& directive) const;
    std::string absolute(std::string_view path) const;

    const Paths& paths_;
    std::string out_;
    std::size_t depth_ = 0;
};

void Writer::line(std::string text, std::string_view comment) {
    text.insert(0, depth_ * 4, ' ');
    if (text.find('\n') == std::string::npos && text.size() < comment_column) text.resize(comment_column, ' ');
    out_.append(text).append("  # ").append(comment).append("\n");
}

void Writer::open(const std::string& text, std::string_view comment) {
    line(text + " {", comment);
    ++depth_;
}

void Writer::close() {
    --depth_;
    out_.append(depth_ * 4, ' ').append("}\n");
}

std::string Writer::absolute(std::string_view path) const {
    std::string resolved = paths_.resolve(path);
    if (path.ends_with('/') && !resolved.ends_with('/')) resolved.push_back('/');  // nginx makes a difference
    return as_word(resolved);
}

std::string Writer::words_of(const Directive& directive) const {
    std::string text{as_written(directive.name)};
    for (const Token& argument : directive.arguments) {
        text.push_back(' ');
        text += is_relative_path(directive, argument) ? absolute(argument.text) : std::string{as_written(argument)};
    }
    return text;
}

// A directive that is carried out as it stands, with what is in its block.
void Writer::write_block(const Directive& directive) {
    if (!directive.has_block) return line(words_of(directive) + ';', place_of(directive.name));
    open(words_of(directive), place_of(directive.name));
    for (const Directive& inner : directive.block) write_block(inner);
    close();
}

// What has no row was passed over: a comment keeps it in sight.
void Writer::write_own(const Directive& directive) {
    if (find_directive(directive.name.text) != nullptr) return write_block(directive);
    std::string text = "# " + words_of(directive) + (directive.has_block ? " { ... }" : ";");
    std::ranges::replace(text, '\n', ' ');
    line(std::move(text), place_of(directive.name) + ", without effect");
}

void Writer::write_inherited(const Scope& scope, const DirectiveRow& row) {
    for (const Directive* directive : scope.all(row.name)) {
        std::string text = "# " + words_of(*directive) + (directive->has_block ? " { ... }" : ";");
        std::ranges::replace(text, '\n', ' ');
        line(std::move(text), "inherited from " + place_of(directive->name));
    }
}

void Writer::write_default(const DirectiveRow& row) {
    const std::string_view text = row.default_text;
    if (row.name == "listen")  // the one default that depends on who starts the server
        return line("# listen *:" + std::to_string(default_listen_port()) + ';', "default");
    const std::size_t end = text.find(';');
    if (end == std::string_view::npos) return line("# " + std::string{row.name} + ": " + std::string{text}, "default");
    line("# " + std::string{text.substr(0, end + 1)}, "default" + std::string{text.substr(end + 1)});
}

std::string_view other_way(std::string_view name) {
    for (const auto& pair : alternatives) {
        if (pair[0] == name) return pair[1];
        if (pair[1] == name) return pair[0];
    }
    return name;
}

// In the order of the table: what the block has from around it, and what nobody gave.
void Writer::write_rest(const Scope& scope, Place place) {
    for (const Theme& theme : all_themes()) {
        for (const DirectiveRow& row : theme.rows) {
            const bool scope_row = row.form == Form::block && row.set == nullptr;
            if (scope_row || !row.contexts.contains(place.context)) continue;
            // The top of a bare file: main shows its defaults, http what is not main's.
            const bool shown_further_out =
                !place.alone && place.context != Context::main && row.contexts.contains(Context::main);
            if (shown_further_out) continue;
            const bool handed_down = std::ranges::count(not_inherited, row.name) == 0;
            const Scope* source = scope.nearest({row.name, other_way(row.name)});
            if (!handed_down && source != &scope) source = nullptr;
            if (source == nullptr && !row.default_text.empty()) write_default(row);
            if (source != nullptr && source != &scope) write_inherited(*source, row);
        }
    }
}

// The block of a bare file's top that a directive belongs to.
Context home_of(const Directive& directive) {
    const DirectiveRow* row = find_directive(directive.name.text);
    if (row == nullptr) return Context::main;
    for (const Context context : {Context::main, Context::events})
        if (row->contexts.contains(context)) return context;
    return Context::http;
}

void Writer::write_body(const Scope& scope, Place place) {
    bool rest_written = false;
    for (const Directive& directive : *scope.body) {
        if (!place.alone && home_of(directive) != place.context) continue;
        if (!is_scope(directive)) {
            write_own(directive);
            continue;
        }
        if (!std::exchange(rest_written, true)) write_rest(scope, place);
        write_scope({&scope, &directive, &directive.block});
    }
    if (!rest_written) write_rest(scope, place);
}

std::optional<Context> context_of(const Directive& directive) {
    constexpr std::array<std::pair<std::string_view, Context>, 4> contexts{{{"events", Context::events},
                                                                            {"http", Context::http},
                                                                            {"server", Context::server},
                                                                            {"location", Context::location}}};
    const auto found = std::ranges::find(contexts, directive.name.text, [](const auto& pair) { return pair.first; });
    return found == contexts.end() ? std::nullopt : std::optional{found->second};
}

void Writer::write_scope(const Scope& scope) {
    const auto context = context_of(*scope.block);
    if (!context) return write_block(*scope.block);
    open(words_of(*scope.block), place_of(scope.block->name));
    write_body(scope, {*context});
    close();
}

void Writer::write_file(const Scope& top) {
    if (top.first("http") == nullptr) {
        write_body(top, {Context::main, false});
        open("events", "default");
        write_body(top, {Context::events, false});
        close();
        open("http", "default");
        write_body(top, {Context::http, false});
        return close();
    }
    write_body(top, {Context::main});
    if (top.first("events") != nullptr) return;
    open("events", "default");
    const std::vector<Directive> nothing;
    write_rest({&top, nullptr, &nothing}, {Context::events});
    close();
}

}  // namespace

std::string effective_text(const Tree& tree, const Paths& paths) {
    Writer writer{paths};
    writer.write_file({nullptr, nullptr, &tree.directives});
    return writer.take();
}

}  // namespace config

#include "config/check.hpp"

#include "config/foreign.hpp"
#include "config/refused.hpp"

namespace config {

namespace {

std::string in_quotes(const Directive& directive) { return quoted(directive.name.text); }

std::string number_of(std::size_t count) { return std::to_string(count) + (count == 1 ? " argument" : " arguments"); }

// "takes 1 argument", "takes at least 2 arguments", "takes no arguments"
std::string accepted_arguments(const DirectiveRow& row) {
    if (row.most == 0) return "takes no arguments";
    if (row.most == any_number) return "takes at least " + number_of(row.least);
    if (row.least == row.most) return "takes " + number_of(row.least);
    return "takes " + std::to_string(row.least) + (row.most == row.least + 1 ? " or " : " to ") + number_of(row.most);
}

// Arguments on a further line: the `;` was probably forgotten before it.
std::string missing_semicolon_hint(const Directive& directive) {
    const Token* before = &directive.name;
    for (const Token& argument : directive.arguments) {
        if (argument.line > end_of(*before).line)
            return "is a \";\" missing at the end of line " + std::to_string(before->line) + '?';
        before = &argument;
    }
    return {};
}

std::string block_name(const Level& level) {
    if (level.contexts.contains(Context::main)) return "at the top of the file";
    return "in " + level.contexts.to_string() + " { }";
}

void report_ineffective(const Directive& directive, const Ineffective& row, Build& build) {
    if (directive.arguments.empty())
        return build.report.error(directive.name, in_quotes(directive) + " has no argument",
                                  missing_semicolon_hint(directive));
    const Token& value = directive.arguments.front();
    if (row.only_value.empty() || value.text == row.only_value)
        return build.report.note(directive.name, in_quotes(directive) + " has no effect here: " + std::string{row.why});
    build.report.error(value,
                       directive.name.text + ": " + quoted(value.text) + " is not supported: " + std::string{row.why},
                       "write \"" + directive.name.text + ' ' + std::string{row.only_value} + ";\", or leave it out");
}

void report_unknown(const Directive& directive, Build& build) {
    const Refused* refused = find_refused(directive.name.text);
    if (const Ineffective* row = find_ineffective(directive.name.text))
        return report_ineffective(directive, *row, build);
    if (refused != nullptr)
        return build.report.refusal(refused->lack, directive.name, "webserv has no directive " + in_quotes(directive),
                                    std::string{refused->instead});
    std::string hint = did_you_mean(directive.name.text, suggested_names());
    if (hint.empty()) hint = "\"webserv --directives\" lists those there are";
    build.report.error(directive.name, "unknown directive " + in_quotes(directive), std::move(hint));
}

void report_misplaced(const Directive& directive, const DirectiveRow& row, const Level& level, Build& build) {
    const bool encloses = row.form == Form::block && row.set == nullptr && !level.contexts.contains(Context::main);
    const std::string place =
        row.contexts == ContextSet{Context::main} ? "at the top of the file" : "in " + row.contexts.to_string();
    build.report.error(directive.name, in_quotes(directive) + " is not allowed " + block_name(level),
                       "it belongs " + place + (encloses ? "; is a \"}\" missing before it?" : ""));
}

bool has_right_form(const Directive& directive, const DirectiveRow& row, Build& build) {
    const bool wants_block = row.form == Form::block;
    if (directive.has_block == wants_block) return true;
    if (wants_block) {
        build.report.error(directive.name, in_quotes(directive) + " needs a block",
                           "write \"" + std::string{row.example} + '"');
        return false;
    }
    const Token& last = directive.arguments.empty() ? directive.name : directive.arguments.back();
    build.report.error(last, in_quotes(directive) + " has no block", "put \";\" after it in place of \"{\"");
    return false;
}

bool has_right_count(const Directive& directive, const DirectiveRow& row, Build& build) {
    const std::size_t count = directive.arguments.size();
    if (count >= row.least && count <= row.most) return true;
    std::string hint = missing_semicolon_hint(directive);
    if (hint.empty()) hint = "for example: " + std::string{row.example};
    build.report.error(directive.name,
                       in_quotes(directive) + ' ' + accepted_arguments(row) + ", not " + std::to_string(count),
                       std::move(hint));
    return false;
}

}  // namespace

const DirectiveRow* checked_row(const Directive& directive, const Level& level, Build& build) {
    const DirectiveRow* row = find_directive(directive.name.text);
    if (row == nullptr) {
        report_unknown(directive, build);
        return nullptr;
    }
    if (!row->contexts.meets(level.contexts)) {
        report_misplaced(directive, *row, level, build);
        return nullptr;
    }
    if (!has_right_form(directive, *row, build) || !has_right_count(directive, *row, build)) return nullptr;
    const Token* first = level.first_use(row->name);
    if (row->repeat == Repeat::allowed || first == nullptr) return row;
    build.report.error(
        directive.name, in_quotes(directive) + " directive is duplicate",
        "the first is at " + first->source->name + ':' + std::to_string(first->line) + "; keep one of them");
    return nullptr;
}

}  // namespace config

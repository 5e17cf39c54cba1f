#include "config/diagnostic.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/ascii.hpp"

namespace config {

namespace {

// A longer line is shown in part: this many bytes before the column, and as many in all.
constexpr std::size_t shown_before = 60;
constexpr std::size_t shown_width = 120;
constexpr std::size_t longest_quoted = 80;

std::string_view name_of(Severity severity) {
    switch (severity) {
        case Severity::error: return "error";
        case Severity::warning: return "warning";
        case Severity::skipped: return "skipped";
        case Severity::note: return "note";
    }
    return "";
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// In UTF-8 a character's bytes after the first; they take no column of their own on a terminal.
bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::string source_and_caret(const Diagnostic& diagnostic) {
    std::size_t column = diagnostic.origin.column == 0 ? 0 : diagnostic.origin.column - 1;
    std::string_view line = diagnostic.source_line;
    column = std::min(column, line.size());
    if (line.size() > shown_width) {
        const std::size_t skipped = column > shown_before ? column - shown_before : 0;
        line = line.substr(skipped, shown_width);
        column -= skipped;
    }
    std::string text{"    "};
    std::string caret{"    "};
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        text.push_back(is_control(c) && c != '\t' ? '?' : c);
        // A tab stays a tab, so that the caret stands right however wide it is shown.
        if (i < column && !continues_character(c)) caret.push_back(c == '\t' ? '\t' : ' ');
    }
    caret.push_back('^');
    const std::size_t end = std::min(column + diagnostic.width, line.size());
    for (std::size_t i = column + 1; i < end; ++i)
        if (!continues_character(line[i])) caret.push_back('~');
    return text + '\n' + caret + '\n';
}

}  // namespace

std::string render(const Diagnostic& diagnostic) {
    std::string out = diagnostic.origin.to_string();
    if (!out.empty()) out += ": ";
    out.append(name_of(diagnostic.severity)).append(": ").append(diagnostic.message);
    if (!diagnostic.hint.empty()) out.append("; ").append(diagnostic.hint);
    if (!diagnostic.code.empty()) out.append(" [").append(diagnostic.code).append("]");
    out.push_back('\n');
    if (!diagnostic.source_line.empty()) out += source_and_caret(diagnostic);
    return out;
}

std::string_view name_of(Lack lack) {
    switch (lack) {
        case Lack::tls: return "TLS";
        case Lack::protocol: return "HTTP/2 or HTTP/3";
        case Lack::upstream: return "an upstream";
        case Lack::language: return "a program or a language in the server";
        case Lack::filter: return "rewriting what is sent";
        case Lack::later: return "not there yet";
        case Lack::other: return "done otherwise";
    }
    return "";
}

void Report::error(const Token& at, std::string message, std::string hint) {
    add(Severity::error, at, std::move(message), std::move(hint));
}

void Report::warning(Warning warning, const Token& at, std::string message, std::string hint) {
    add(Severity::warning, at, std::move(message), std::move(hint), row_of(warning).code);
}

void Report::refusal(Lack lack, const Token& at, std::string message, std::string hint) {
    if (!tolerant_) return error(at, std::move(message), std::move(hint));
    add(Severity::skipped, at, std::move(message), std::move(hint), name_of(lack));
}

void Report::note(const Token& at, std::string message, std::string hint) {
    add(Severity::note, at, std::move(message), std::move(hint));
}

void Report::file_error(const std::string& file, std::string message, std::string hint) {
    if (!keeps(Severity::error)) return;
    diagnostics_.push_back({Severity::error, Origin{file, 0, 0}, std::move(message), std::move(hint), {}, 1, 0, {}});
}

bool Report::keeps(Severity severity) {
    if (severity == Severity::skipped) return true;  // who asks for the list wants all of it
    std::size_t& count = severity == Severity::error ? errors_ : remarks_;
    return ++count <= most_kept;
}

void Report::add(Severity severity, const Token& at, std::string message, std::string hint, std::string_view code) {
    if (!keeps(severity)) return;
    Diagnostic diagnostic{severity, at.origin(), std::move(message), std::move(hint), {}, 1, 0, code};
    diagnostic.width = std::max<std::size_t>(at.length, 1);
    if (at.source != nullptr) {
        diagnostic.source_line = at.source->line_at(at.offset);
        diagnostic.order = at.source->order;
    }
    diagnostics_.push_back(std::move(diagnostic));
}

std::vector<Diagnostic> Report::take() {
    std::ranges::stable_sort(diagnostics_, {}, [](const Diagnostic& diagnostic) {
        return std::tuple{diagnostic.order, diagnostic.origin.line, diagnostic.origin.column};
    });
    if (full()) {
        const std::string message = "more than " + std::to_string(most_kept) + " errors: the rest is not shown";
        diagnostics_.push_back({Severity::note, {}, message, {}, {}, 1, 0, {}});
    }
    errors_ = remarks_ = 0;
    return std::exchange(diagnostics_, {});
}

std::string quoted(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out{"\""};
    for (char c : text.substr(0, longest_quoted)) {
        if (is_control(c)) {
            const auto byte = static_cast<unsigned char>(c);
            out.append("\\x").append({digits[byte >> 4], digits[byte & 15]});
        } else {
            out.push_back(c);
        }
    }
    return out + (text.size() > longest_quoted ? "...\"" : "\"");
}

}  // namespace config

#include "config/lexer.hpp"

#include "base/ascii.hpp"

namespace config {

namespace {

constexpr base::ByteSet space{" \t\r\n"};
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// A backslash before any other byte stays in the word, as in nginx.
std::string without_escapes(std::string_view raw) {
    std::string text;
    text.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const char next = raw[i] == '\\' && i + 1 < raw.size() ? raw[i + 1] : '\0';
        switch (next) {
            case '"':
            case '\'':
            case '\\':
                text.push_back(next);
                ++i;
                break;
            case 't':
                text.push_back('\t');
                ++i;
                break;
            case 'r':
                text.push_back('\r');
                ++i;
                break;
            case 'n':
                text.push_back('\n');
                ++i;
                break;
            default: text.push_back(raw[i]);
        }
    }
    return text;
}

}  // namespace

Lexer::Lexer(const Source& source, Report& report) : source_(source), report_(report) {
    // Some editors write this mark in front of UTF-8 text; it means nothing.
    if (source.text.starts_with(byte_order_mark)) position_ = line_begin_ = byte_order_mark.size();
}

Lexeme Lexer::next() {
    damaged_ = false;
    skip_space_and_comments();
    if (at_end()) return {Lexeme::Kind::end, begin_token()};
    switch (peek()) {
        case ';': return punctuation(Lexeme::Kind::semicolon);
        case '{': return punctuation(Lexeme::Kind::open);
        case '}': return punctuation(Lexeme::Kind::close);
        case '"':
        case '\'': return quoted_word();
        default: return bare_word();
    }
}

void Lexer::advance() {
    if (source_.text[position_++] != '\n') return;
    ++line_;
    line_begin_ = position_;
}

void Lexer::skip_space_and_comments() {
    while (!at_end()) {
        if (peek() == '#') {
            while (!at_end() && peek() != '\n') advance();
        } else if (space[peek()]) {
            advance();
        } else {
            return;
        }
    }
}

Token Lexer::begin_token() const {
    Token token;
    token.source = &source_;
    token.offset = position_;
    token.line = line_;
    token.column = static_cast<unsigned>(position_ - line_begin_ + 1);
    return token;
}

void Lexer::finish_token(Token& token) const { token.length = position_ - token.offset; }

Lexeme Lexer::punctuation(Lexeme::Kind kind) {
    Token token = begin_token();
    token.text.push_back(peek());
    advance();
    finish_token(token);
    return {kind, std::move(token)};
}

Lexeme Lexer::quoted_word() {
    Token token = begin_token();
    token.quoted = true;
    const char quote = peek();
    advance();
    const std::size_t begin = position_;
    while (!at_end() && peek() != quote) {
        if (peek() == '\\') advance();
        if (!at_end()) advance();
    }
    if (at_end()) {
        token.length = 1;
        report_.error(token, std::string{"the quote that opens here is never closed"},
                      std::string{"put another "} + quote + " where the text ends");
        broken_off_ = true;
        return {Lexeme::Kind::end, begin_token()};
    }
    token.text = without_escapes(std::string_view{source_.text}.substr(begin, position_ - begin));
    advance();
    finish_token(token);
    check_after_quote(token);
    return {Lexeme::Kind::word, std::move(token)};
}

// What follows a closing quote must end the word. Reading goes on as if a space stood between.
void Lexer::check_after_quote(const Token& word) {
    if (at_end() || space[peek()]) return;
    if (const char c = peek(); c == ';' || c == '{' || c == ')') return;
    damaged_ = true;
    Token here = begin_token();
    here.length = 1;
    std::string hint = "after it comes a space, \";\" or \"{\"; inside quotes, write a quote as \\\" or \\'";
    if (line_ != word.line)
        hint = "that quote was opened on line " + std::to_string(word.line) + ": is its end missing there?";
    report_.error(here, "unexpected " + quoted({&source_.text[position_], 1}) + " after a closing quote",
                  std::move(hint));
}

Lexeme Lexer::bare_word() {
    Token token = begin_token();
    bool after_dollar = false;  // the brace of ${name} belongs to the word
    while (!at_end()) {
        const char c = peek();
        if (space[c] || c == ';' || (c == '{' && !after_dollar)) break;
        after_dollar = c == '$';
        advance();
        if (c == '\\' && !at_end()) advance();
    }
    finish_token(token);
    token.text = without_escapes(std::string_view{source_.text}.substr(token.offset, token.length));
    return {Lexeme::Kind::word, std::move(token)};
}

}  // namespace config

// Cuts a configuration file into words, `;`, `{` and `}` as nginx does: `#` begins a comment where a word could begin;
// quotes, single or double, count where a word begins; a backslash keeps the next byte from ending a word, and
// \" \' \\ \t \r \n stand for one byte each. Knows no directive.
#pragma once

#include "config/diagnostic.hpp"
#include "config/source.hpp"

namespace config {

struct Lexeme {
    enum class Kind { word, semicolon, open, close, end };
    Kind kind = Kind::end;
    Token token;
};

class Lexer {
public:
    // Both must outlive the Lexer.
    Lexer(const Source& source, Report& report);

    // The next piece; `end` from the end of the text on. A quote that is never closed is reported and ends the text.
    Lexeme next();

    // Whether the text ended inside quotes: what seems to be missing after that is not worth a message.
    bool broken_off() const { return broken_off_; }

    // Whether the last word was reported: its directive can't be trusted to mean what it seems to say.
    bool damaged() const { return damaged_; }

private:
    bool at_end() const { return position_ >= source_.text.size(); }
    char peek() const { return source_.text[position_]; }
    void advance();
    void skip_space_and_comments();
    Lexeme punctuation(Lexeme::Kind kind);
    Lexeme quoted_word();
    Lexeme bare_word();
    void check_after_quote(const Token& word);
    Token begin_token() const;
    void finish_token(Token& token) const;

    const Source& source_;
    Report& report_;
    std::size_t position_ = 0;
    unsigned line_ = 1;
    std::size_t line_begin_ = 0;
    bool broken_off_ = false;
    bool damaged_ = false;
};

}  // namespace config

// Where a pattern's reader is, and the parts of the syntax that stand for one byte: escapes and [...]. The pattern is
// viewed for as long as the reader lives.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/regex_tree.hpp"
#include "base/result.hpp"

namespace base::regex {

class Cursor {
public:
    explicit Cursor(std::string_view pattern) : pattern_(pattern) {}

    bool done() const { return at_ >= pattern_.size(); }
    std::size_t at() const { return at_; }
    std::string_view rest() const { return pattern_.substr(at_); }
    char peek() const { return done() ? '\0' : pattern_[at_]; }
    char next() { return pattern_[at_++]; }  // precondition: !done()
    void skip(std::size_t bytes) { at_ += std::min(bytes, rest().size()); }
    bool take(std::string_view text) {
        if (!rest().starts_with(text)) return false;
        at_ += text.size();
        return true;
    }

    // Notes what is wrong with the pattern and ends the reading of it: done() from here on. The first complaint stays.
    // `hint` says what to write instead, and may be empty.
    void fail(std::size_t offset, std::string_view what, std::string_view hint);
    const std::optional<Error>& error() const { return error_; }

private:
    std::string_view pattern_;
    std::size_t at_ = 0;
    std::optional<Error> error_;
};

struct Escape {
    Bytes bytes;
    std::optional<unsigned char> byte;  // when it stands for one byte, which may begin or end a range
};

Bytes only(unsigned char byte);
Bytes without_case(Bytes bytes);  // with both cases of each ASCII letter that is in it

// What follows a backslash and means the same inside and outside of [...]. `start` is where the backslash is.
Escape read_escape(Cursor& cursor, std::size_t start);

// From behind the `[` at `start` to behind its `]`.
Bytes read_class(Cursor& cursor, std::size_t start, bool blind);

// Whether a POSIX class like [:alpha:] begins at `text`, which begins with `:`, `.` or `=`: the length up to the second
// of these characters, or nothing.
std::optional<std::size_t> posix_length(std::string_view text);

}  // namespace base::regex

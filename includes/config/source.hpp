// The text of configuration files and the words cut from it: every word knows where it stands, so that whatever is
// found wrong later can be shown in its place. Knows nothing about what the words mean.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace config {

// Where something stands in the configuration; lines and columns count from 1, columns in bytes.
struct Origin {
    std::string file;
    unsigned line = 0;
    unsigned column = 0;

    std::string to_string() const;  // "conf/default.conf:12:5"
};

// One file as it was read. Tokens point to it: it must outlive them.
struct Source {
    std::string name;  // as shown to people: the path that was given, or that an include made of it
    std::string text;
    std::size_t order = 0;  // how many files were read before this one

    // The line that `offset` is in, without its line end.
    std::string_view line_at(std::size_t offset) const;
};

// A word with its quotes and escapes undone, or a punctuation mark.
struct Token {
    std::string text;
    const Source* source = nullptr;
    std::size_t offset = 0;  // of its first byte in the source, the opening quote included
    std::size_t length = 0;  // bytes in the source, quotes included
    unsigned line = 0;       // from 1
    unsigned column = 0;     // from 1, in bytes
    bool quoted = false;

    Origin origin() const;
};

// An empty token where `token` ends: the place where something is missing. It marks the last byte of `token`.
Token end_of(const Token& token);

// A part of an unquoted token's text as a token of its own, for messages about that part alone.
Token part_of(const Token& token, std::size_t offset, std::size_t length);

}  // namespace config

// A request head as nearly all clients send it, read in one pass over its bytes, 16 at a time: a GET, a path in its
// simplest form, names of letters and hyphens, values of visible ASCII, CRLF. Takes such lines or leaves them, and has
// no verdict: what is left is read by the book (http/request_parser), which understands a usual line in the same way.
#pragma once

#include <cstddef>
#include <string_view>

#include "http/message.hpp"

namespace http {

class UsualHead {
public:
    // `input` holds the head from its first byte on, and must outlive this; the next line begins at `at`.
    // `longest_line` is HeadLimits::line.
    UsualHead(std::string_view input, std::size_t at, std::size_t longest_line);

    // Takes the request-line that begins at `at`, and gives the position behind it: `at` itself when it is not usual,
    // or not here as a whole. `head` must be cleared.
    std::size_t take_request_line(std::size_t at, RequestHead& head) const;

    // The same with the field lines that begin at `at`, as many as are usual and here.
    std::size_t take_field_lines(std::size_t at, RequestHead& head) const;

    // Whether the head ends with an empty line at `at`, and has one Host and no other authority; then head.host is set.
    bool take_end(std::size_t at, RequestHead& head) const;

private:
    bool starts_with(std::string_view text, std::size_t at) const;
    std::size_t end_of_path(std::size_t at) const;
    std::size_t end_of_host(std::size_t at) const;
    bool is_port(std::size_t begin, std::size_t end) const;

    std::string_view input_;  // what may be looked at: nothing, or a block at least
};

}  // namespace http

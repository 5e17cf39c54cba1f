// The head of a request (RFC 9112 2 to 5), read as its bytes arrive. Pure: bytes in, verdict out, no socket, no clock.
// Each line is judged once, when it is complete, so that a bad one is refused before the rest has come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/message.hpp"

namespace http {

struct HeadLimits {
    std::size_t line = 8 * 1024;   // bytes of the request-line (else 414) and of a field line (else 431), no line end
    std::size_t head = 33 * 1024;  // bytes of the whole head (else 431)
    bool strict_lines = false;     // refuse a bare LF as line end (RFC 9112 2.2 permits to accept it)
    Slashes slashes = Slashes::merged;
};

class RequestParser {
public:
    enum class Verdict { need_more, complete, rejected };

    // For the next head; forgets the last one.
    void start(const HeadLimits& limits);

    // `input` holds all bytes from the head's first one on: what the last call got, in the same order, and maybe more.
    // It may stand elsewhere in memory than last time. `head` must be the same object in all calls for one head, and
    // cleared before the first. After `complete`, head is bound to input.data(), consumed() bytes belong to it, and the
    // rest is content or the next request. After `rejected` the connection can't be used for another request; what was
    // understood so far (request line, method) is in `head`, bound to input.data().
    //
    // Verdicts depend on the bytes alone, never on how they were cut. Rejections: 400, 414, 431, 501 (method unknown:
    // "method-unknown"), 505 ("version-unsupported"), each with its slug.
    Verdict feed(std::string_view input, RequestHead& head);

    std::size_t consumed() const { return position_; }
    const Rejection& rejection() const { return rejection_; }

    // Whether a byte of the request-line was seen: empty lines before it are skipped (RFC 9112 2.2), within
    // HeadLimits::head.
    bool started() const { return started_; }

private:
    enum class Expecting : std::uint8_t { request_line, field_line, nothing };

    Verdict skip_empty_lines(std::string_view window);
    void take_usual_lines(std::string_view window, RequestHead& head);
    Verdict read_line(std::string_view window, RequestHead& head);
    std::optional<Rejection> judge(std::string_view line, RequestHead& head);
    Verdict reject_long_line(RequestHead& head);
    Verdict reject(Status status, std::string_view slug);

    HeadLimits limits_;
    Rejection rejection_;
    std::size_t position_ = 0;  // first byte of the line that is being read
    std::size_t scanned_ = 0;   // bytes before this one hold no line end that has not been seen
    Expecting expecting_ = Expecting::request_line;
    bool started_ = false;
};

}  // namespace http

// The head of a response, written as bytes: status line, the fields every response has, the fields this one adds, and
// the framing of its content (RFC 9112 6).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.hpp"
#include "http/registry.hpp"

namespace http {

// Field lines that a response adds, kept as they will be sent.
class ResponseFields {
public:
    // A value with CR, LF or NUL would end the line and begin what an attacker likes: such a byte becomes a space
    // (RFC 9110 5.5).
    void add(std::string_view name, std::string_view value);

    // All lines of another response's fields, behind these.
    void add_lines(const ResponseFields& other) { lines_ += other.lines_; }

    std::string_view lines() const { return lines_; }
    void clear() { lines_.clear(); }

private:
    std::string lines_;
};

enum class Persistence : std::uint8_t {
    keep_alive,
    keep_alive_said,  // an HTTP/1.0 client asked for it and has to hear that it was heard (RFC 9112 C.2.2)
    close,
};

struct ResponseHead {
    Status status = Status::ok;
    std::string_view server;                      // value of Server
    std::string_view date;                        // value of Date (RFC 9110 6.6.1)
    std::string_view fields;                      // complete lines, each with its CRLF
    std::optional<std::uint64_t> content_length;  // of the content, sent or (HEAD) not; unset: no field (204, 304)
    Persistence persistence = Persistence::keep_alive;
};

void write_head(base::Buffer& out, const ResponseHead& head);

inline constexpr std::string_view continue_response = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace http

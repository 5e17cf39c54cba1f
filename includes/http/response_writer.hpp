// The head of a response, written as bytes: status line, the fields every response has, the fields this one adds, and
// the framing of its content (RFC 9112 6).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/buffer.hpp"
#include "http/registry.hpp"

namespace http {

// Appends one field line. A value with CR, LF or NUL would end the line and begin what an attacker likes: such a byte
// becomes a space (RFC 9110 5.5).
void append_line(std::string& lines, std::string_view name, std::string_view value);

// Field lines that a response adds, kept as they will be sent.
class ResponseFields {
public:
    // Lines that somebody else keeps, each with its CRLF, in front of those that are added. They must outlive the use
    // of this object.
    void borrow(std::string_view lines) { borrowed_ = lines; }
    // As append_line().
    void add(std::string_view name, std::string_view value);

    // Complete lines, behind these.
    void add_lines(std::string_view lines) { own_lines().append(lines); }
    void add_lines(const ResponseFields& other) { own_lines().append(other.borrowed_).append(other.own()); }

    // All of them as one text, to be changed; each line has its CRLF.
    std::string& all_lines();

    void clear() {
        borrowed_ = {};
        own_.reset();
    }

    std::string_view borrowed() const { return borrowed_; }
    std::string_view own() const { return own_ ? std::string_view{*own_} : std::string_view{}; }

private:
    std::string& own_lines();

    std::string_view borrowed_;
    std::unique_ptr<std::string> own_;  // null in most responses, which are moved about a lot
};

enum class Persistence : std::uint8_t {
    keep_alive,
    keep_alive_said,  // an HTTP/1.0 client asked for it and has to hear that it was heard (RFC 9112 C.2.2)
    close,
};

struct ResponseHead {
    Status status = Status::ok;
    std::string_view server;  // value of Server
    std::string_view date;    // value of Date (RFC 9110 6.6.1)
    std::string_view fields;  // complete lines, each with its CRLF
    std::string_view more_fields{};
    std::optional<std::uint64_t> content_length;  // of the content, sent or (HEAD) not; unset: no field (204, 304)
    Persistence persistence = Persistence::keep_alive;
};

// More bytes than write_head() will write.
std::size_t head_size_bound(const ResponseHead& head);

struct WrittenHead {
    std::size_t size = 0;
    std::size_t date_offset = 0;  // where the value of Date begins
};

// Precondition: `out` has head_size_bound() bytes.
WrittenHead write_head(std::span<char> out, const ResponseHead& head);
void write_head(base::Buffer& out, const ResponseHead& head);

inline constexpr std::string_view continue_response = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace http

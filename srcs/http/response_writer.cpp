#include "http/response_writer.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace http {

namespace {

constexpr std::size_t fixed_size = 256;  // more than all fixed words, both numbers and a reason phrase together

// Writes into memory that was reserved large enough.
class Pen {
public:
    explicit Pen(char* at) : at_(at) {}

    Pen& text(std::string_view bytes) {
        if (bytes.empty()) return *this;  // memcpy takes no null pointer, not even for nothing
        std::memcpy(at_, bytes.data(), bytes.size());
        at_ += bytes.size();
        return *this;
    }

    Pen& number(std::uint64_t value) {
        constexpr std::size_t longest = 20;
        at_ = std::to_chars(at_, at_ + longest, value).ptr;
        return *this;
    }

    const char* at() const { return at_; }

private:
    char* at_;
};

}  // namespace

void append_line(std::string& lines, std::string_view name, std::string_view value) {
    lines.append(name).append(": ");
    for (char c : value) lines.push_back(c == '\r' || c == '\n' || c == '\0' ? ' ' : c);
    lines.append("\r\n");
}

void ResponseFields::add(std::string_view name, std::string_view value) { append_line(own_lines(), name, value); }

std::string& ResponseFields::all_lines() { return own_lines().insert(0, std::exchange(borrowed_, {})); }

std::string& ResponseFields::own_lines() {
    if (!own_) own_ = std::make_unique<std::string>();
    return *own_;
}

std::size_t head_size_bound(const ResponseHead& head) {
    return fixed_size + head.server.size() + head.date.size() + head.fields.size() + head.more_fields.size();
}

WrittenHead write_head(std::span<char> out, const ResponseHead& head) {
    const char* start = out.data();
    Pen pen{out.data()};
    pen.text("HTTP/1.1 ").number(code_of(head.status)).text(" ").text(reason_phrase(head.status));
    pen.text("\r\nServer: ").text(head.server).text("\r\nDate: ");
    const auto date_offset = static_cast<std::size_t>(pen.at() - start);
    pen.text(head.date).text("\r\n").text(head.fields).text(head.more_fields);
    if (head.content_length) pen.text("Content-Length: ").number(*head.content_length).text("\r\n");
    switch (head.persistence) {
        case Persistence::keep_alive: break;
        case Persistence::keep_alive_said: pen.text("Connection: keep-alive\r\n"); break;
        case Persistence::close: pen.text("Connection: close\r\n"); break;
    }
    pen.text("\r\n");
    return {static_cast<std::size_t>(pen.at() - start), date_offset};
}

void write_head(base::Buffer& out, const ResponseHead& head) {
    out.commit(write_head(out.reserve(head_size_bound(head)), head).size);
}

}  // namespace http

// Any bytes as a request head. The first byte chooses the limits. Whatever comes, the verdict must not depend on how
// the bytes were cut, and a head that is accepted must keep what the interfaces promise. Shown whole, usual lines are
// read fast (http/usual_head); shown byte by byte, by the book: both must mean the same.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "http/framing.hpp"
#include "http/request_parser.hpp"

namespace {

constexpr std::string_view line_breakers{"\r\n\0", 3};

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

struct Outcome {
    http::RequestHead head;
    http::RequestParser parser;
    http::RequestParser::Verdict verdict = http::RequestParser::Verdict::need_more;
    std::unique_ptr<char[]> memory;  // what the head is bound to
};

// Shows the first `size` bytes in memory of exactly that size, and lets go of what was shown before.
void show(Outcome& outcome, std::string_view input, std::size_t size) {
    std::unique_ptr<char[]> copy{new char[size]};
    if (size > 0) std::memcpy(copy.get(), input.data(), size);
    outcome.verdict = outcome.parser.feed({copy.get(), size}, outcome.head);
    outcome.memory = std::move(copy);
}

void require_sound(const http::RequestHead& head) {
    require(head.form == http::TargetForm::authority || !head.path.empty(), "an accepted head has a path");
    if (head.form == http::TargetForm::origin || head.form == http::TargetForm::absolute) {
        require(head.path[0] == '/', "a path begins with a slash");
        require(head.path.find('\0') == std::string::npos, "a path holds no NUL");
        require((head.path + "/").find("/../") == std::string::npos, "a path holds no dot-dot segment");
        require(head.path.find("//") == std::string::npos, "a path holds no empty segment");
    }
    require(head.host.find_first_of("/\\@ ") == std::string::npos, "a host has no separator in it");
    require(head.fields.count(http::FieldName::host) <= 1, "at most one Host");
    for (std::size_t i = 0; i < head.fields.size(); ++i) {
        const http::Fields::Line line = head.fields[i];
        require(!line.name.empty(), "a field has a name");
        require(line.value.find_first_of(line_breakers) == std::string_view::npos, "a value is one line");
        require(line.known == http::find_field_name(line.name), "a name is found again");
        require(head.fields.find(line.name).has_value(), "a field is found by its name");
    }
    const auto framing = http::content_framing(head);
    const bool both =
        head.fields.has(http::FieldName::content_length) && head.fields.has(http::FieldName::transfer_encoding);
    require(!both || std::holds_alternative<http::Rejection>(framing), "both framings are refused");
}

void require_same(const Outcome& a, const Outcome& b) {
    require(a.verdict == b.verdict, "the verdict is the same however the bytes are cut");
    require(a.parser.rejection().slug == b.parser.rejection().slug, "so is the reason");
    require(a.parser.rejection().status == b.parser.rejection().status, "so is the status");
    require(a.parser.consumed() == b.parser.consumed(), "so is the number of bytes consumed");
    if (a.verdict != http::RequestParser::Verdict::complete) return;
    require(a.head.method == b.head.method && a.head.version == b.head.version, "so are method and version");
    require(a.head.form == b.head.form && a.head.target() == b.head.target(), "so is the target");
    require(a.head.path == b.head.path && a.head.host == b.head.host, "so are path and host");
    require(a.head.has_query == b.head.has_query, "so is the query");
    require(a.head.query() == b.head.query() && a.head.request_line() == b.head.request_line(), "so are its views");
    require(a.head.fields.size() == b.head.fields.size(), "so is the number of fields");
    for (std::size_t i = 0; i < a.head.fields.size(); ++i) {
        require(a.head.fields[i].name == b.head.fields[i].name, "so is each name");
        require(a.head.fields[i].value == b.head.fields[i].value, "so is each value");
        require(a.head.fields[i].known == b.head.fields[i].known, "and what each is known as");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0 || size > 4096) return 0;
    http::HeadLimits limits;
    limits.strict_lines = (data[0] & 1) != 0;
    if ((data[0] & 2) != 0) limits.line = 32;
    if ((data[0] & 4) != 0) limits.head = 80;
    const std::string_view input{reinterpret_cast<const char*>(data) + 1, size - 1};

    Outcome whole;
    whole.parser.start(limits);
    show(whole, input, input.size());
    if (whole.verdict == http::RequestParser::Verdict::complete) require_sound(whole.head);

    Outcome bytewise;
    bytewise.parser.start(limits);
    for (std::size_t shown = 0; shown <= input.size(); ++shown) {
        if (bytewise.verdict == http::RequestParser::Verdict::need_more) show(bytewise, input, shown);
    }
    require_same(whole, bytewise);
    return 0;
}

#include "http/framing.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/ascii.hpp"

namespace http {

namespace {

constexpr std::uint64_t largest_content = std::numeric_limits<std::int64_t>::max();

Rejection bad(std::string_view slug) { return {Status::bad_request, slug}; }

// The lines of Transfer-Encoding form one list. Empty elements are refused, although RFC 9110 5.6.1 tolerates them:
// nobody sends them in good faith, and readers differ about them.
class CodingList {
public:
    bool add_line(std::string_view value) {
        ListReader list{value};
        while (const auto coding = list.next()) {
            if (coding->empty() || !std::ranges::all_of(*coding, [](char c) { return is_tchar[c]; })) return false;
            last_is_chunked_ = base::equals_ignoring_case(*coding, "chunked");
            chunked_ += last_is_chunked_ ? 1 : 0;
            ++codings_;
        }
        return true;
    }

    std::variant<ContentFraming, Rejection> verdict() const {
        if (chunked_ > 1) return bad("chunked-repeated");
        if (chunked_ == 1 && !last_is_chunked_) return bad("chunked-not-final");
        if (codings_ > 1 || chunked_ == 0) return Rejection{Status::not_implemented, "transfer-coding-unknown"};
        return ContentFraming{ChunkedContent{}};
    }

private:
    unsigned codings_ = 0;
    unsigned chunked_ = 0;
    bool last_is_chunked_ = false;
};

std::variant<ContentFraming, Rejection> transfer_encoding(const Fields& fields) {
    CodingList codings;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const Fields::Line line = fields[i];
        if (line.known == FieldName::transfer_encoding && !codings.add_line(line.value))
            return bad("transfer-encoding-syntax");
    }
    return codings.verdict();
}

std::variant<ContentFraming, Rejection> content_length(const Fields& fields) {
    const std::string_view value = *fields.first(FieldName::content_length);
    // RFC 9112 6.3 lets a recipient take equal values for one; a sender of two is broken all the same.
    if (fields.count(FieldName::content_length) > 1 || value.find(',') != std::string_view::npos)
        return bad("content-length-repeated");
    if (value.empty() || !std::ranges::all_of(value, base::is_digit)) return bad("content-length-syntax");
    const auto bytes = base::parse_number<std::uint64_t>(value);
    if (!bytes || *bytes > largest_content) return bad("content-length-overflow");
    return ContentFraming{ContentLength{*bytes}};
}

}  // namespace

std::variant<ContentFraming, Rejection> content_framing(const RequestHead& head) {
    const bool length = head.fields.has(FieldName::content_length);
    if (!head.fields.has(FieldName::transfer_encoding))
        return length ? content_length(head.fields) : ContentFraming{NoContent{}};
    // Both present is a smuggling vector: reject rather than choose (RFC 9112 6.1).
    if (length) return bad("both-framings");
    if (head.version == Version::http_1_0) return bad("transfer-encoding-in-http-1.0");
    return transfer_encoding(head.fields);
}

ChunkedDecoder::Step ChunkedDecoder::feed(std::string_view input) {
    std::size_t at = 0;
    while (rejection_.slug.empty() && expecting_ != Expecting::nothing) {
        if (at == input.size()) return {Verdict::need_more, at, {}};
        if (expecting_ == Expecting::content) {
            const std::string_view content = input.substr(at, std::min<std::uint64_t>(remaining_, input.size() - at));
            remaining_ -= content.size();
            if (remaining_ == 0) expect(Expecting::content_cr);
            return {Verdict::content, at + content.size(), content};
        }
        if (take(input[at])) ++at;
    }
    return {expecting_ == Expecting::nothing ? Verdict::complete : Verdict::rejected, at, {}};
}

bool ChunkedDecoder::take(char c) {
    switch (expecting_) {
        case Expecting::size_first_digit:
        case Expecting::size_digits: return take_size(c);
        case Expecting::extension_start:
        case Expecting::extension:
        case Expecting::extension_quoted:
        case Expecting::extension_escaped: return take_extension(c);
        case Expecting::size_lf: {
            const bool last = remaining_ == 0;
            section_bytes_ = 0;  // of this chunk's extensions; the trailer section and the next ones count anew
            return take_line_end(c, '\n', last ? Expecting::trailer_line_start : Expecting::content, "chunk-line-end");
        }
        case Expecting::content_cr: return take_line_end(c, '\r', Expecting::content_lf, "chunk-data-end");
        case Expecting::content_lf: return take_line_end(c, '\n', Expecting::size_first_digit, "chunk-data-end");
        case Expecting::trailer_line_start:
        case Expecting::trailer_name:
        case Expecting::trailer_value:
        case Expecting::trailer_lf: return take_trailer(c);
        case Expecting::last_lf: return take_line_end(c, '\n', Expecting::nothing, "trailer-line-end");
        case Expecting::content:
        case Expecting::nothing: break;
    }
    return false;  // not reached: feed() asks for neither
}

// chunk-size = 1*HEXDIG
bool ChunkedDecoder::take_size(char c) {
    if (expecting_ == Expecting::size_first_digit) {
        remaining_ = 0;
        size_digits_ = 0;
    }
    const int digit = base::hex_value(c);
    if (digit >= 0) {
        if (++size_digits_ > size_digits_limit) return reject("chunk-size-overflow");
        remaining_ = remaining_ * 16 + static_cast<unsigned>(digit);
        return expect(Expecting::size_digits);
    }
    if (expecting_ == Expecting::size_first_digit) return reject("chunk-size-syntax");
    switch (c) {
        case '\r': return expect(Expecting::size_lf);
        case ';': return expect(Expecting::extension);
        case ' ':
        case '\t': return expect(Expecting::extension_start);
        case '\n': return reject("chunk-line-end");
        default: return reject("chunk-size-syntax");
    }
}

// chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] ). A quoted-string has no CR either, so that
// the line ends at the same byte for a reader that knows no quotes.
bool ChunkedDecoder::take_extension(char c) {
    if (++section_bytes_ > extension_limit) return reject("chunk-extension-too-long");
    if (expecting_ == Expecting::extension && c == '\r') return expect(Expecting::size_lf);
    if (!is_field_value_byte[c]) return reject(c == '\n' ? "chunk-line-end" : "chunk-extension-syntax");
    if (expecting_ == Expecting::extension_start) {
        if (c == ';') return expect(Expecting::extension);
        return c == ' ' || c == '\t' || reject("chunk-extension-syntax");
    }
    if (expecting_ == Expecting::extension_escaped) return expect(Expecting::extension_quoted);
    const bool quoted = expecting_ == Expecting::extension_quoted;
    if (quoted && c == '\\') return expect(Expecting::extension_escaped);
    if (c == '"') return expect(quoted ? Expecting::extension : Expecting::extension_quoted);
    return true;
}

// trailer-section = *( field-line CRLF ), with the rules of a head's field lines.
bool ChunkedDecoder::take_trailer(char c) {
    if (++section_bytes_ > trailer_limit) return reject("trailer-too-long", Status::request_header_fields_too_large);
    if (expecting_ == Expecting::trailer_lf)
        return take_line_end(c, '\n', Expecting::trailer_line_start, "trailer-line-end");
    if (expecting_ == Expecting::trailer_value) {
        if (c == '\r') return expect(Expecting::trailer_lf);
        if (c == '\n') return reject("trailer-line-end");
        return is_field_value_byte[c] || reject("trailer-syntax");
    }
    if (expecting_ == Expecting::trailer_line_start) {
        if (c == '\r') return expect(Expecting::last_lf);
        if (c == '\n') return reject("trailer-line-end");
        if (c == ' ' || c == '\t') return reject("obs-fold");
    } else if (c == ':') {
        return expect(Expecting::trailer_value);
    }
    return is_tchar[c] ? expect(Expecting::trailer_name) : reject("trailer-syntax");
}

bool ChunkedDecoder::take_line_end(char c, char expected, Expecting next, std::string_view slug) {
    return c == expected ? expect(next) : reject(slug);
}

bool ChunkedDecoder::expect(Expecting next) {
    expecting_ = next;
    return true;
}

bool ChunkedDecoder::reject(std::string_view slug, Status status) {
    rejection_ = {status, slug};
    return false;
}

std::string chunk_head(std::uint64_t size) {
    std::array<char, 18> text;  // 16 digits and the line end
    char* end = std::to_chars(text.data(), text.data() + 16, size, 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    return {text.data(), end};
}

}  // namespace http

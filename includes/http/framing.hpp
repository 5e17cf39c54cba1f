// Where a request's content ends (RFC 9112 6), and the chunked coding both ways (RFC 9112 7.1). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "http/message.hpp"

namespace http {

struct NoContent {};
struct ContentLength {
    std::uint64_t bytes;  // may be 0: the field was there; at most 2^63 - 1, so that it fits an off_t
};
struct ChunkedContent {};
using ContentFraming = std::variant<NoContent, ContentLength, ChunkedContent>;

// How the content of this request is delimited. Rejections, all of which end the connection:
//   both framings: 400 "both-framings" (RFC 9112 6.1)
//   a Content-Length that is no number, is too large, or is there more than once, even with the same value: 400
//     "content-length-syntax", "content-length-overflow", "content-length-repeated"
//   a transfer coding other than a single chunked: 501 "transfer-coding-unknown"; where chunked is not last, or is
//     repeated: 400 "chunked-not-final", "chunked-repeated"; no list of tokens: 400 "transfer-encoding-syntax"
//   Transfer-Encoding in HTTP/1.0: 400 "transfer-encoding-in-http-1.0" (RFC 9112 6.1)
std::variant<ContentFraming, Rejection> content_framing(const RequestHead& head);

// Takes the chunked coding off. Extensions are skipped, trailer fields are checked and dropped (RFC 9110 6.5.1 allows
// both). CRLF is CRLF here: a bare LF or CR is a rejection, always. Once an extension began its bytes are counted, and
// control characters refused, but its names and values are not otherwise checked.
class ChunkedDecoder {
public:
    enum class Verdict { need_more, content, complete, rejected };

    static constexpr std::size_t extension_limit = 4096;     // bytes of one chunk's extensions
    static constexpr std::size_t trailer_limit = 16 * 1024;  // bytes of the trailer section
    static constexpr unsigned size_digits_limit = 16;        // hexadecimal digits of a chunk-size

    struct Step {
        Verdict verdict;
        std::size_t consumed;      // bytes of the input that are done with; never to be shown again
        std::string_view content;  // on Verdict::content: the next bytes of the content, a view into the input
    };

    // Takes the next bytes. `need_more`: all of the input is consumed. `content`: call again with what is left, even if
    // that is nothing. `complete`: what is left belongs to the next request. `rejected`: the connection is lost.
    //
    // Rejections: 400 "chunk-size-syntax", "chunk-size-overflow", "chunk-extension-syntax", "chunk-extension-too-long",
    // "chunk-line-end", "chunk-data-end", "trailer-syntax", "trailer-line-end", "obs-fold"; 431 "trailer-too-long".
    Step feed(std::string_view input);

    const Rejection& rejection() const { return rejection_; }

    // Bytes of the current chunk that are still to come, as far as its size has been read.
    std::uint64_t remaining() const { return remaining_; }

private:
    enum class Expecting : std::uint8_t {
        size_first_digit,
        size_digits,
        extension_start,
        extension,
        extension_quoted,
        extension_escaped,  // quoted: inside a quoted-string
        size_lf,
        content,
        content_cr,
        content_lf,
        trailer_line_start,
        trailer_name,
        trailer_value,
        trailer_lf,
        last_lf,
        nothing,
    };

    bool take(char c);  // one byte outside of content; false: rejected
    bool take_size(char c);
    bool take_extension(char c);
    bool take_trailer(char c);
    bool take_line_end(char c, char expected, Expecting next, std::string_view slug);
    bool expect(Expecting next);
    bool reject(std::string_view slug, Status status = Status::bad_request);

    Rejection rejection_;
    std::uint64_t remaining_ = 0;    // the size as far as it was read; then bytes of the chunk that are still to come
    std::size_t section_bytes_ = 0;  // of the current chunk's extensions, or of the trailer section
    unsigned size_digits_ = 0;
    Expecting expecting_ = Expecting::size_first_digit;
};

// "1a2b\r\n": what stands before a chunk of `size` bytes; "\r\n" stands behind it. size > 0.
std::string chunk_head(std::uint64_t size);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

}  // namespace http

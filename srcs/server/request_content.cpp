#include "server/request_content.hpp"

#include <algorithm>

namespace server {

bool wants_continue(const http::RequestHead& head) {
    // An HTTP/1.0 client doesn't know the answer (RFC 9110 10.1.1).
    return head.version == http::Version::http_1_1 &&
           head.fields.list_contains(http::FieldName::expect, "100-continue");
}

bool RequestContent::reject(http::Status status, std::string_view slug) {
    rejection_ = {status, slug};
    return false;
}

bool RequestContent::expect(const http::RequestHead& head, std::uint64_t limit) {
    limit_ = limit;
    const auto framing = http::content_framing(head);
    if (const auto* rejection = std::get_if<http::Rejection>(&framing))
        return reject(rejection->status, rejection->slug);
    framing_ = std::get<http::ContentFraming>(framing);
    const bool unknown_expectation =
        head.fields.has(http::FieldName::expect) && !head.fields.list_contains(http::FieldName::expect, "100-continue");
    if (unknown_expectation) return reject(http::Status::expectation_failed, "expectation-unknown");
    const auto* length = std::get_if<http::ContentLength>(&framing_);
    if (length == nullptr || !exceeds_limit(length->bytes)) return true;
    return reject(http::Status::content_too_large, "content-too-large");
}

bool RequestContent::is_complete() const {
    if (std::holds_alternative<http::NoContent>(framing_)) return true;
    const auto* length = std::get_if<http::ContentLength>(&framing_);
    return length != nullptr && taken_ == length->bytes;
}

bool RequestContent::is_short() const {
    const auto* length = std::get_if<http::ContentLength>(&framing_);
    return length != nullptr && length->bytes <= short_content;
}

RequestContent::Step RequestContent::take(std::string_view input) {
    const auto* length = std::get_if<http::ContentLength>(&framing_);
    if (length == nullptr) return take_chunked(input);
    const std::uint64_t missing = length->bytes - taken_;
    const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(missing, input.size()));
    taken_ += size;
    return {is_complete() ? http::ChunkedDecoder::Verdict::complete : http::ChunkedDecoder::Verdict::need_more, size};
}

RequestContent::Step RequestContent::take_chunked(std::string_view input) {
    using Verdict = http::ChunkedDecoder::Verdict;
    std::size_t consumed = 0;
    for (;;) {
        const http::ChunkedDecoder::Step step = decoder_.feed(input.substr(consumed));
        consumed += step.consumed;
        taken_ += step.content.size();
        // A chunk that announces more than may come is refused before it comes.
        if (exceeds_limit(taken_) || exceeds_limit(decoder_.remaining())) {
            reject(http::Status::content_too_large, "content-too-large");
            return {Verdict::rejected, consumed};
        }
        if (step.verdict == Verdict::rejected) rejection_ = decoder_.rejection();
        if (step.verdict != Verdict::content) return {step.verdict, consumed};
    }
}

}  // namespace server

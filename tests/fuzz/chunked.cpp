// Any bytes as chunked content. The result must not depend on how the bytes are cut, and what our own encoder wrote
// must come back as it was.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "http/framing.hpp"

namespace {

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

struct Outcome {
    http::ChunkedDecoder decoder;
    http::ChunkedDecoder::Verdict verdict = http::ChunkedDecoder::Verdict::need_more;
    std::size_t consumed = 0;
    std::string content;

    bool going_on() const {
        return verdict == http::ChunkedDecoder::Verdict::need_more || verdict == http::ChunkedDecoder::Verdict::content;
    }
};

// One piece, in memory of exactly its size.
void show(Outcome& outcome, std::string_view piece) {
    const std::unique_ptr<char[]> copy{new char[piece.size()]};
    if (!piece.empty()) std::memcpy(copy.get(), piece.data(), piece.size());
    std::string_view left{copy.get(), piece.size()};
    do {
        const http::ChunkedDecoder::Step step = outcome.decoder.feed(left);
        require(step.consumed <= left.size(), "no more is consumed than was shown");
        outcome.verdict = step.verdict;
        outcome.consumed += step.consumed;
        outcome.content += step.content;
        left.remove_prefix(step.consumed);
    } while (outcome.verdict == http::ChunkedDecoder::Verdict::content);
    require(outcome.verdict != http::ChunkedDecoder::Verdict::need_more || left.empty(), "need_more leaves nothing");
}

Outcome decode(std::string_view input, std::size_t piece) {
    Outcome outcome;
    for (std::size_t at = 0; at < input.size() && outcome.going_on(); at += piece)
        show(outcome, input.substr(at, piece));
    return outcome;
}

std::string encode(std::string_view content, std::size_t piece) {
    std::string out;
    for (std::size_t at = 0; at < content.size(); at += piece) {
        const std::string_view chunk = content.substr(at, piece);
        out.append(http::chunk_head(chunk.size())).append(chunk).append("\r\n");
    }
    return out.append(http::last_chunk);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size > 65536) return 0;
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const Outcome whole = decode(input, std::max<std::size_t>(size, 1));
    for (std::size_t piece : {1U, 2U, 7U}) {
        const Outcome cut = decode(input, piece);
        require(cut.verdict == whole.verdict, "the verdict is the same however the bytes are cut");
        require(cut.consumed == whole.consumed, "so is the number of bytes consumed");
        require(cut.content == whole.content, "so is the content");
        require(cut.decoder.rejection().slug == whole.decoder.rejection().slug, "so is the reason");
    }

    const std::size_t piece = size == 0 ? 1 : 1U + data[0];
    const std::string encoded = encode(input, piece);
    const Outcome again = decode(encoded + "GET", encoded.size() + 3);
    require(again.verdict == http::ChunkedDecoder::Verdict::complete, "our own encoding is complete");
    require(again.consumed == encoded.size(), "and ends where it ends");
    require(again.content == input, "and gives the content back");
    return 0;
}

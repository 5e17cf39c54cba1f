// The content of one request as it comes off the wire: its framing, its limit, how much of it has been taken. Nobody
// wants content yet: it is counted, held against its limit, and dropped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/framing.hpp"
#include "http/message.hpp"

namespace server {

// The client waits for "100 Continue" before it sends its content (RFC 9110 10.1.1).
bool wants_continue(const http::RequestHead& head);

class RequestContent {
public:
    void start() { *this = {}; }

    // After a complete head. `limit`: bytes, decoded; 0: none. False: see rejection().
    bool expect(const http::RequestHead& head, std::uint64_t limit);
    const http::Rejection& rejection() const { return rejection_; }

    bool is_complete() const;
    // So little is to come that reading it costs less than a new connection.
    bool is_short() const;
    std::uint64_t taken() const { return taken_; }  // bytes, decoded

    struct Step {
        http::ChunkedDecoder::Verdict verdict;  // need_more, complete or rejected
        std::size_t consumed;
    };
    // Takes the next bytes.
    Step take(std::string_view input);

private:
    static constexpr std::uint64_t short_content = 64 * 1024;  // bytes

    bool reject(http::Status status, std::string_view slug);
    bool exceeds_limit(std::uint64_t bytes) const { return limit_ != 0 && bytes > limit_; }
    Step take_chunked(std::string_view input);

    http::ContentFraming framing_;
    http::ChunkedDecoder decoder_;
    std::uint64_t taken_ = 0;
    std::uint64_t limit_ = 0;
    http::Rejection rejection_;
};

}  // namespace server

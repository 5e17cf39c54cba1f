#include "server/exchange.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "handlers/dispatch.hpp"

namespace server {

namespace {

http::HeadLimits head_limits(const config::Server& server) {
    const std::size_t large = server.large_client_header_buffer_size;
    return {
        .line = std::max(large, server.client_header_buffer_size),
        .head = server.client_header_buffer_size + server.large_client_header_buffers * large,
    };
}

// What a parser that gave up had before it: the first line, as far as it is there.
std::string_view first_line(std::string_view bytes) {
    constexpr std::size_t enough = 512;
    bytes = bytes.substr(0, std::min(bytes.find_first_of("\r\n"), enough));
    return bytes;
}

}  // namespace

void Exchange::start(const Site& site, std::size_t socket, base::Instant now) {
    started_at_ = now;
    socket_ = socket;
    request_.server = site.settings().sockets[socket].default_server;
    request_.route = site.routes().route_of_server(request_.server);
    request_.method = http::Method::get;
    request_.path.clear();
    head_.clear();
    parser_.start(head_limits(*request_.route.server));
    head_bytes_ = {};
    framing_ = http::NoContent{};
    decoder_ = {};
    content_taken_ = 0;
    response_ = {};
    content_sent_ = 0;
}

http::RequestParser::Verdict Exchange::read_head(std::string_view input, const Site& site) {
    const http::RequestParser::Verdict verdict = parser_.feed(input, head_);
    head_bytes_ = verdict == http::RequestParser::Verdict::complete ? input.substr(0, parser_.consumed()) : input;
    request_.method = head_.method;
    switch (verdict) {
        case http::RequestParser::Verdict::need_more: break;
        case http::RequestParser::Verdict::rejected: rejection_ = parser_.rejection(); break;
        case http::RequestParser::Verdict::complete:
            request_.path = head_.path;
            request_.server = site.routes().server_for(socket_, head_.host);
            request_.route = site.routes().route(request_.server, request_.path);
            break;
    }
    return verdict;
}

void Exchange::keep_head() {
    if (head_bytes_.data() == kept_head_.data()) return;
    kept_head_ = head_bytes_;
    head_bytes_ = kept_head_;
    head_.bind(kept_head_.data());
}

void Exchange::head_moved(std::string_view input) {
    head_bytes_ = input.substr(0, head_bytes_.size());
    head_.bind(input.data());
}

Exchange::ContentVerdict Exchange::reject_content(http::Status status, std::string_view slug) {
    rejection_ = {status, slug};
    return ContentVerdict::rejected;
}

bool Exchange::exceeds_limit(std::uint64_t bytes) const {
    const std::uint64_t limit = settings().client_max_body_size;
    return limit != 0 && bytes > limit;
}

Exchange::ContentVerdict Exchange::expect_content() {
    const auto framing = http::content_framing(head_);
    if (const auto* rejection = std::get_if<http::Rejection>(&framing))
        return reject_content(rejection->status, rejection->slug);
    framing_ = std::get<http::ContentFraming>(framing);
    const bool unknown_expectation = head_.fields.has(http::FieldName::expect) &&
                                     !head_.fields.list_contains(http::FieldName::expect, "100-continue");
    if (unknown_expectation) return reject_content(http::Status::expectation_failed, "expectation-unknown");
    if (std::holds_alternative<http::NoContent>(framing_)) return ContentVerdict::none;
    if (const auto* length = std::get_if<http::ContentLength>(&framing_)) {
        if (exceeds_limit(length->bytes)) return reject_content(http::Status::content_too_large, "content-too-large");
        if (length->bytes == 0) return ContentVerdict::none;
    }
    return ContentVerdict::follows;
}

bool Exchange::wants_continue() const {
    // An HTTP/1.0 client doesn't know the answer (RFC 9110 10.1.1).
    return head_.version == http::Version::http_1_1 &&
           head_.fields.list_contains(http::FieldName::expect, "100-continue");
}

bool Exchange::content_is_short() const {
    const auto* length = std::get_if<http::ContentLength>(&framing_);
    return length != nullptr && length->bytes <= short_content;
}

Exchange::ContentStep Exchange::take_content(std::string_view input) {
    const auto* length = std::get_if<http::ContentLength>(&framing_);
    if (length == nullptr) return take_chunked(input);
    const std::uint64_t missing = length->bytes - content_taken_;
    const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(missing, input.size()));
    content_taken_ += taken;
    const bool complete = content_taken_ == length->bytes;
    return {complete ? http::ChunkedDecoder::Verdict::complete : http::ChunkedDecoder::Verdict::need_more, taken};
}

Exchange::ContentStep Exchange::take_chunked(std::string_view input) {
    std::size_t consumed = 0;
    for (;;) {
        const http::ChunkedDecoder::Step step = decoder_.feed(input.substr(consumed));
        consumed += step.consumed;
        switch (step.verdict) {
            case http::ChunkedDecoder::Verdict::need_more:
            case http::ChunkedDecoder::Verdict::complete: return {step.verdict, consumed};
            case http::ChunkedDecoder::Verdict::rejected:
                rejection_ = decoder_.rejection();
                return {step.verdict, consumed};
            case http::ChunkedDecoder::Verdict::content: break;
        }
        content_taken_ += step.content.size();
        if (exceeds_limit(content_taken_)) {
            rejection_ = {http::Status::content_too_large, "content-too-large"};
            return {http::ChunkedDecoder::Verdict::rejected, consumed};
        }
    }
}

void Exchange::respond(const handlers::Context& context) { response_ = handlers::respond(request_, context); }

void Exchange::refuse(http::Status status, const handlers::Context& context) {
    response_ = handlers::refuse(status, request_, context);
}

void Exchange::abandon() {
    response_ = {};
    response_.status = http::Status::bad_request;
}

bool Exchange::write_response(base::Buffer& out, http::Persistence persistence, Timestamps& timestamps) {
    const std::uint64_t length = response_.content.remaining();
    http::write_head(
        out, {
                 .status = response_.status,
                 .server = request_.server_token(),
                 .date = timestamps.http_date(),
                 .fields = response_.fields.lines(),
                 .content_length = http::never_has_content(response_.status) ? std::nullopt : std::optional{length},
                 .persistence = persistence,
             });
    if (request_.method == http::Method::head || http::never_has_content(response_.status)) response_.content.clear();
    if (!response_.content.copy_small(out)) return false;
    if (response_.content.exhausted() && request_.method != http::Method::head) content_sent_ = length;
    return true;
}

void Exchange::write_access_log(Site& site, const os::Endpoint& peer, Timestamps& timestamps) const {
    if (settings().access_logs.empty()) return;
    const std::string_view request_line =
        head_.request_line_slice.length > 0 ? head_.request_line() : first_line(head_bytes_);
    const std::string remote_address = peer.address_text();
    const AccessRecord record{
        .remote_address = remote_address,
        .time = timestamps.log_time(),
        .request_line = request_line,
        .status = response_.status,
        .content_bytes = content_sent_,
        .referer = head_.fields.first(http::FieldName::referer).value_or(""),
        .user_agent = head_.fields.first(http::FieldName::user_agent).value_or(""),
    };
    for (std::size_t log : settings().access_logs) site.access_log(log).append(record);
}

std::string Exchange::log_suffix(std::string_view remote_address) const {
    std::string suffix{", client: "};
    suffix.append(remote_address);
    const config::ServerName& name = request_.route.server->names.front();
    suffix.append(", server: ").append(name.text);
    suffix.append(", request: \"");
    base::append_log_escaped(suffix,
                             head_.request_line_slice.length > 0 ? head_.request_line() : first_line(head_bytes_));
    suffix.append("\"");
    if (const auto host = head_.fields.first(http::FieldName::host)) {
        suffix.append(", host: \"");
        base::append_log_escaped(suffix, *host);
        suffix.append("\"");
    }
    return suffix;
}

std::unique_ptr<Exchange> ExchangePool::take() {
    if (free_.empty()) return std::make_unique<Exchange>();
    std::unique_ptr<Exchange> exchange = std::move(free_.back());
    free_.pop_back();
    return exchange;
}

void ExchangePool::give_back(std::unique_ptr<Exchange> exchange) {
    exchange->forget();
    if (free_.size() < kept) free_.push_back(std::move(exchange));
}

}  // namespace server

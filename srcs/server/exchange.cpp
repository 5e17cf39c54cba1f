#include "server/exchange.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"
#include "handlers/dispatch.hpp"
#include "routing/explanation.hpp"
#include "routing/limit_rate.hpp"
#include "routing/rewrite.hpp"
#include "server/access_lines.hpp"

namespace server {

namespace {

http::HeadLimits head_limits(const config::Server& server) {
    const std::size_t large = server.large_client_header_buffer_size;
    return {
        .line = std::max(large, server.client_header_buffer_size),
        .head = server.client_header_buffer_size + server.large_client_header_buffers * large,
        .slashes = server.merge_slashes ? http::Slashes::merged : http::Slashes::kept,
    };
}

// What a parser that gave up had before it: the first line, as far as it is there.
std::string_view first_line(std::string_view bytes) {
    constexpr std::size_t enough = 512;
    return bytes.substr(0, std::min(bytes.find_first_of("\r\n"), enough));
}

}  // namespace

void Exchange::start(Site& site, std::size_t socket, const routing::ConnectionFacts& connection,
                     const base::Clock& clock) {
    socket_ = socket;
    request_.connection = &connection;
    request_.clock = &clock;
    request_.routes = &site.routes();
    request_.workspace = &site.workspace();
    request_.began_at = clock.now();
    request_.length = 0;
    request_.is_internal = request_.is_fallback = request_.is_error_page = request_.keeps_status = false;
    request_.replaced_status = {};
    request_.variation.reset();
    request_.server = site.settings().sockets[socket].default_server;
    request_.route = site.routes().route_of_server(request_.server);
    request_.method = http::Method::get;
    request_.path = {};
    request_.remote_user = {};
    head_.clear();
    parser_.start(head_limits(*request_.route.server));
    head_bytes_ = {};
    views_input_ = true;
    content_.start();
    content_sent_ = 0;
    head_sent_ = 0;
    content_length_.reset();
    limit_rate_ = 0;
}

http::RequestParser::Verdict Exchange::read_head(std::string_view input) {
    const http::RequestParser::Verdict verdict = parser_.feed(input, head_);
    head_bytes_ = verdict == http::RequestParser::Verdict::complete ? input.substr(0, parser_.consumed()) : input;
    request_.method = head_.method;
    switch (verdict) {
        case http::RequestParser::Verdict::need_more: break;
        case http::RequestParser::Verdict::rejected: rejection_ = parser_.rejection(); break;
        case http::RequestParser::Verdict::complete:
            request_.path = head_.path;
            request_.length = parser_.consumed();
            if (head_.fields.has(http::FieldName::authorization)) note_user();
            request_.routes->choose_server(request_, socket_);
            if (request_.trace != nullptr) routing::explain_server(request_, socket_);
            routing::settle(request_);
            break;
    }
    return verdict;
}

void Exchange::note_user() {
    std::optional<http::BasicCredentials> credentials = http::basic_credentials(head_.fields);
    if (!credentials) return;
    remote_user_ = std::move(credentials->name);
    login_.client = request_.connection->peer.address_bytes();
    request_.remote_user = remote_user_;
}

void Exchange::input_moved(std::string_view input) {
    if (!views_input_) return;
    head_bytes_ = input.substr(0, head_bytes_.size());
    head_.bind(input.data());
}

std::size_t Exchange::keep_head() {
    if (!views_input_) return 0;
    kept_head_ = head_bytes_;
    head_bytes_ = kept_head_;
    head_.bind(kept_head_.data());
    return leave_input();
}

std::size_t Exchange::leave_input() {
    // A head that was refused has no end: its bytes stay, and go with the connection.
    const bool complete = head_bytes_.size() == parser_.consumed();
    return std::exchange(views_input_, false) && complete ? head_bytes_.size() : 0;
}

Exchange::ContentVerdict Exchange::expect_content() {
    if (!content_.expect(head_, settings().client_max_body_size)) {
        rejection_ = content_.rejection();
        return ContentVerdict::rejected;
    }
    if (content_.is_complete()) return ContentVerdict::none;
    const bool costly = wants_continue() || !content_.is_short();
    return costly && handlers::refuse_method(request_) ? ContentVerdict::unwanted : ContentVerdict::follows;
}

bool Exchange::wants_continue() const { return server::wants_continue(head_); }

RequestContent::Step Exchange::take_content(std::string_view input) {
    const RequestContent::Step step = content_.take(input);
    if (step.verdict == http::ChunkedDecoder::Verdict::rejected) rejection_ = content_.rejection();
    return step;
}

handlers::Context Exchange::context(Site& site, const base::Clock& clock) {
    return {
        .clock = clock,
        .routes = site.routes(),
        .files = site.files(),
        .pages = site.pages(),
        .scratch = site.scratch(),
        .wait = settings().aio_threads && fetched_ < most_fetched ? files::Cache::Wait::elsewhere
                                                                  : files::Cache::Wait::here,
        .logins = site.logins(),
        .login = &login_,
        .explains = site.error_log(settings()).takes(os::LogLevel::error),
        .compressor = &site.compressor(),
    };
}

bool Exchange::respond(Site& site, const base::Clock& clock, net::Warmer& warmer, net::EventLoop::Ticket ticket) {
    for (;;) {
        login_.wait.set_ticket(ticket);
        handlers::respond(request_, context(site, clock), response_);
        if (response_.awaits_login) {
            response_ = {};
            return false;
        }
        if (!response_.awaited) {
            if (routing::limits_rate(request_)) limit_rate_ = limit_rate(rate_, request_, response_, clock.now());
            return true;
        }
        ++fetched_;
        const files::EntryRef file = std::move(response_.awaited);
        response_ = {};
        if (fetching_.ask(warmer, file->file(), 0, file->status().size, ticket)) return false;
    }
}

void Exchange::refuse(http::Status status, Site& site, const base::Clock& clock) {
    fetched_ = most_fetched;  // its page is not waited for elsewhere
    handlers::Context without_waiting = context(site, clock);
    without_waiting.login = nullptr;
    response_ = handlers::refuse(status, request_, without_waiting);
}

void Exchange::abandon() {
    response_ = {};
    response_.status = http::Status::bad_request;
}

void Exchange::forget() {
    constexpr std::size_t usual_head = 16 * 1024;
    response_.clear();
    file_sender_.reset();
    if (rate_.limits()) rate_.end();
    fetching_.withdraw();
    login_.forget();
    fetched_ = 0;
    if (kept_head_.capacity() > usual_head) kept_head_ = {};
}

bool Exchange::may_persist(std::uint64_t requests) const {
    return head_.wants_keep_alive() && requests < settings().keepalive_requests &&
           settings().keepalive_timeout.count() > 0;
}

http::Persistence Exchange::persistence(bool persists) const {
    if (!persists) return http::Persistence::close;
    const bool says_so = head_.version == http::Version::http_1_0;
    return says_so ? http::Persistence::keep_alive_said : http::Persistence::keep_alive;
}

// What the log will say of the response's fields may be the file's own.
void Exchange::keep_fields() {
    if (files::Entry* entry = response_.content.entry()) response_.selected = files::EntryRef{entry};
}

void Exchange::content_was_written(std::size_t head_size) {
    keep_fields();
    head_sent_ = head_size;
    content_sent_ = response_.content.remaining();
    content_length_ = content_sent_;
    response_.content.clear();
}

bool Exchange::write_response(base::Buffer& out, bool persists, Timestamps& timestamps) {
    keep_fields();
    const bool never_has_content = http::never_has_content(response_.status);
    // A 205 is framed like any other, as having none (RFC 9110 15.3.6).
    if (never_has_content || response_.status == http::Status::reset_content) response_.content.clear();
    const std::uint64_t length = response_.content.remaining();
    if (!never_has_content) content_length_ = length;
    const std::size_t before = out.size();
    http::write_head(out, {
                              .status = response_.status,
                              .server = request_.server_token(),
                              .date = timestamps.http_date(),
                              .fields = response_.fields.borrowed(),
                              .more_fields = response_.fields.own(),
                              .content_length = never_has_content ? std::nullopt : std::optional{length},
                              .persistence = persistence(persists),
                          });
    head_sent_ = out.size() - before;
    if (request_.method == http::Method::head) response_.content.clear();
    return copy_content(out);
}

bool Exchange::copy_content(base::Buffer& out) {
    const std::uint64_t to_send = response_.content.remaining();
    if (!response_.content.copy_small(out, rate_.allowance(request_.clock->now()))) return false;
    count_sent(to_send - response_.content.remaining());
    return true;
}

bool Exchange::write_next_part(base::Buffer& out) {
    const bool is_held = rate_.due() != base::Instant::min();
    if (is_held || remaining_file() != nullptr) return true;
    file_sender_.reset();
    return copy_content(out);
}

void Exchange::count_sent(std::uint64_t bytes) {
    content_sent_ += bytes;
    rate_.spend(bytes, response_.content.remaining(), request_.clock->now());
}

void Exchange::write_access_log(Site& site, Timestamps& timestamps, bool is_complete, bool persists) {
    if (settings().access_logs.empty()) return;
    request_.length = parser_.consumed() + content_.taken();
    const routing::Reply reply{
        .status = response_.status,
        .fields = response_.fields.borrowed(),
        .more_fields = response_.fields.own(),
        .content_length = content_length_,
        .content_sent = content_sent_,
        .head_sent = head_sent_,
        .limit_rate = limit_rate_,
        .persists = persists,
        .is_complete = is_complete,
    };
    write_lines(site, {request_, reply, timestamps.log_time(), request_line()});
}

std::string_view Exchange::request_line() const {
    return head_.request_line_slice.length > 0 ? head_.request_line() : first_line(head_bytes_);
}

}  // namespace server

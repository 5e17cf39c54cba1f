#include "server/connection.hpp"

#include <algorithm>
#include <utility>

#include "handlers/dispatch.hpp"

namespace server {

Connection::Connection(Services& services, os::Accepted accepted, std::size_t listener, std::uint64_t number)
    : services_(services),
      peer_(std::move(accepted.peer)),
      number_(number),
      settings_(
          services.site.routes().route_of_server(services.site.settings().sockets[listener].default_server).settings),
      progress_(services.clock.now()),
      entered_(progress_),
      listener_(static_cast<std::uint32_t>(listener)),
      transport_(services.loop, std::move(accepted.socket), *this, services.blocks),
      timer_(services.timers, *this) {
    plan_next_turn();
}

Connection::~Connection() {
    if (exchange_) services_.exchanges.give_back(std::move(exchange_));
}

void Connection::on_turn() {
    if (state_ == State::closed) return;
    if (transport_.broken()) {
        if (wants_to_send()) log(os::LogLevel::info, "the client went away before it had its whole answer");
        return enter(State::closed);
    }
    if (wants_to_send()) {
        if (transport_.can_send()) send();
    } else if (transport_.can_receive()) {
        receive();
    }
    transport_.settle();
    if (exchange_ && head_in_input_) exchange_->head_moved(transport_.input());
    if (state_ != State::closed) plan_next_turn();
}

void Connection::enter(State state) {
    if (state_ == State::closed) return;
    const State before = std::exchange(state_, state);
    entered_ = services_.clock.now();
    switch (state) {
        case State::reading_head:
        case State::reading_content:
        case State::handling:
        case State::writing: break;
        case State::lingering:
            transport_.shut_down_sending();
            transport_.discard_input();
            progress_ = entered_;
            break;
        case State::closed:
            if (exchange_ && before != State::writing) exchange_->abandon();
            if (exchange_ && exchange_->head_has_begun()) finish_exchange();
            timer_.cancel();
            idle_mark_.unlink();
            services_.closed.push_back(this);
            break;
    }
}

void Connection::plan_next_turn() {
    const bool ready = wants_to_send() ? transport_.can_send() : transport_.can_receive();
    if (ready) transport_.again();
    const bool idle = state_ == State::reading_head && !exchange_ && !wants_to_send();
    if (idle && !idle_mark_.linked()) (requests_ > 0 ? services_.idle : services_.silent).push_back(idle_mark_);
    if (!idle) idle_mark_.unlink();
    timer_.set(deadline());
}

bool Connection::can_make_room() const {
    if (transport_.can_receive()) return false;
    return requests_ > 0 || services_.clock.now() - entered_ >= time_to_speak;
}

base::Instant Connection::deadline() const {
    if (wants_to_send()) return progress_ + settings().send_timeout;
    switch (state_) {
        case State::reading_head:
            if (exchange_) return exchange_->started_at() + server_settings().client_header_timeout;
            return entered_ + settings().keepalive_timeout;
        case State::reading_content: return progress_ + settings().client_body_timeout;
        case State::lingering: return std::min(progress_ + settings().lingering_timeout, entered_ + longest_lingering);
        case State::handling:
        case State::writing:
        case State::closed: break;
    }
    return base::Instant::max();
}

void Connection::on_deadline() {
    if (wants_to_send()) {
        log(os::LogLevel::info, "send-timeout: the client took nothing for too long");
        return enter(State::closed);
    }
    switch (state_) {
        case State::reading_head:
            if (!exchange_) return enter(State::closed);
            refuse(http::Status::request_timeout, "head-timeout");
            break;
        case State::reading_content: refuse(http::Status::request_timeout, "content-timeout"); break;
        case State::lingering: return enter(State::closed);
        case State::handling:
        case State::writing:
        case State::closed: return;
    }
    advance();
    if (state_ != State::closed) plan_next_turn();
}

void Connection::receive() {
    const bool ended = transport_.receive(services_.scratch);
    if (ended) return peer_ended();
    if (transport_.input().empty()) return;
    progress_ = services_.clock.now();
    if (state_ == State::lingering) return transport_.discard_input();
    advance();
}

void Connection::peer_ended() {
    const bool in_the_middle = exchange_ != nullptr && exchange_->head_has_begun();
    if (in_the_middle) log(os::LogLevel::info, "the client ended the connection in the middle of its request");
    enter(State::closed);
}

// Takes the input as far as it goes. Requests that are answered from memory follow one another here, so that what
// arrived in one recv leaves in one send.
void Connection::advance() {
    for (bool goes_on = true; goes_on;) {
        switch (state_) {
            case State::reading_head: goes_on = !transport_.above_high_water() && read_head(); break;
            case State::reading_content: goes_on = read_content(); break;
            case State::handling: respond(); break;
            case State::writing: goes_on = response_is_queued(); break;
            case State::lingering:
            case State::closed: return;
        }
    }
}

bool Connection::read_head() {
    if (transport_.input().empty()) return false;
    if (!exchange_) {
        exchange_ = services_.exchanges.take();
        exchange_->start(services_.site, listener_, services_.clock.now());
        head_in_input_ = true;
    }
    switch (exchange_->read_head(transport_.input(), services_.site)) {
        case http::RequestParser::Verdict::need_more: return false;
        case http::RequestParser::Verdict::rejected:
            refuse(exchange_->rejection().status, exchange_->rejection().slug);
            return true;
        case http::RequestParser::Verdict::complete: break;
    }
    head_complete();
    return true;
}

void Connection::head_complete() {
    ++requests_;
    settings_ = &exchange_->settings();
    switch (exchange_->expect_content()) {
        case Exchange::ContentVerdict::rejected:
            return refuse(exchange_->rejection().status, exchange_->rejection().slug);
        case Exchange::ContentVerdict::none: return enter(State::handling);
        case Exchange::ContentVerdict::follows: break;
    }
    // Content that will be of no use is not asked for; a little of it is read all the same, to keep the connection.
    const bool costly = exchange_->wants_continue() || !exchange_->content_is_short();
    if (costly && handlers::refuse_method(exchange_->request())) return answer_unread();
    exchange_->keep_head();
    release_head();
    // Who has sent content already doesn't wait for leave (RFC 9110 10.1.1).
    if (exchange_->wants_continue() && transport_.input().empty()) transport_.output().append(http::continue_response);
    progress_ = services_.clock.now();
    enter(State::reading_content);
}

bool Connection::read_content() {
    const Exchange::ContentStep step = exchange_->take_content(transport_.input());
    transport_.consume(step.consumed);
    switch (step.verdict) {
        case http::ChunkedDecoder::Verdict::content:
        case http::ChunkedDecoder::Verdict::need_more: return false;
        case http::ChunkedDecoder::Verdict::rejected:
            refuse(exchange_->rejection().status, exchange_->rejection().slug);
            return true;
        case http::ChunkedDecoder::Verdict::complete: break;
    }
    enter(State::handling);
    return true;
}

// The request was refused before it could be handled: its answer is the connection's last, and what the client still
// sends is discarded.
void Connection::refuse(http::Status status, std::string_view slug) {
    log(os::LogLevel::info, std::string{slug} + ": refused with " + std::to_string(http::code_of(status)));
    exchange_->refuse(status, context());
    persists_ = false;
    unread_content_ = true;
    queue_response();
}

// As refuse(), for what the handlers answer by themselves.
void Connection::answer_unread() {
    exchange_->respond(context());
    persists_ = false;
    unread_content_ = true;
    queue_response();
}

void Connection::respond() {
    exchange_->respond(context());
    persists_ = exchange_->request().head.wants_keep_alive() && !services_.draining &&
                requests_ < settings().keepalive_requests && settings().keepalive_timeout.count() > 0;
    queue_response();
}

http::Persistence Connection::persistence() const {
    if (!persists_) return http::Persistence::close;
    const bool says_so = exchange_->request().head.version == http::Version::http_1_0;
    return says_so ? http::Persistence::keep_alive_said : http::Persistence::keep_alive;
}

void Connection::queue_response() {
    const handlers::Response& response = exchange_->response();
    const bool kept_quiet = response.status == http::Status::not_found && !exchange_->settings().log_not_found;
    if (!response.explanation.empty() && !kept_quiet) log(response.severity, response.explanation);
    if (!transport_.has_output()) progress_ = services_.clock.now();
    if (!exchange_->write_response(transport_.output(), persistence(), services_.timestamps)) {
        log(os::LogLevel::error, "the file became shorter while it was read");
        return enter(State::closed);
    }
    enter(State::writing);
}

// Whether the connection can turn to the next request although this one's response may not be sent yet.
bool Connection::response_is_queued() {
    if (!exchange_) return false;
    if (exchange_->remaining_file() != nullptr) {
        // Sending it takes more than this turn: the input has to be free for others by then.
        exchange_->keep_head();
        release_head();
        return false;
    }
    finish_exchange();
    if (persists_) enter(State::reading_head);
    return persists_;
}

void Connection::finish_exchange() {
    exchange_->write_access_log(services_.site, peer_, services_.timestamps);
    release_head();
    services_.exchanges.give_back(std::move(exchange_));
}

// The head's bytes go from the input; of a head that was refused there is no end, what came goes when the connection
// does.
void Connection::release_head() {
    if (!head_in_input_) return;
    head_in_input_ = false;
    if (!unread_content_) transport_.consume(exchange_->head_size());
}

void Connection::send() {
    if (transport_.has_output()) {
        const os::More more = streaming() ? os::More::yes : os::More::no;
        if (transport_.send_output(more) > 0) progress_ = services_.clock.now();
    } else if (!send_from_file()) {
        return enter(State::closed);
    }
    if (!wants_to_send()) sent_everything();
}

// False: the file can't give what the head promised, and only a connection that ends early tells the client so.
bool Connection::send_from_file() {
    body::FileRange& range = *exchange_->remaining_file();
    const std::size_t quantum = static_cast<std::size_t>(std::min<std::uint64_t>(range.remaining, file_quantum));
    const os::Transfer transfer = transport_.send_file(range.file.fd(), range.offset, quantum);
    if (transfer.bytes > 0) progress_ = services_.clock.now();
    exchange_->count_sent(transfer.bytes);
    if (!body::advance(range, transfer.bytes, transfer.used_up)) {
        log(os::LogLevel::error, "the file became shorter while it was sent");
        return false;
    }
    if (range.remaining == 0) finish_exchange();
    return true;
}

void Connection::sent_everything() {
    if (state_ == State::writing && persists_) enter(State::reading_head);
    if (state_ == State::writing) {
        // Closing with bytes unread would reset the connection and could take the answer away from the client (RFC
        // 9112 9.6).
        const bool more_to_come = unread_content_ || !transport_.input().empty() || transport_.can_receive();
        return enter(more_to_come ? State::lingering : State::closed);
    }
    advance();
}

const config::Server& Connection::server_settings() const {
    return services_.site.settings().servers[exchange_->request().server];
}

void Connection::log(os::LogLevel level, std::string_view message) {
    os::ErrorLog& log = services_.site.error_log(exchange_ ? exchange_->settings() : settings());
    if (!log.takes(level)) return;
    std::string line = "*" + std::to_string(number_) + " ";
    line.append(message);
    line += exchange_ ? exchange_->log_suffix(peer_.address_text()) : ", client: " + peer_.address_text();
    log.write(level, line);
}

}  // namespace server

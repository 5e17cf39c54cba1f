#include "server/connection.hpp"

#include <utility>

#include "server/answer_writer.hpp"
#include "server/event_line.hpp"

namespace server {

Connection::Connection(Services& services, os::Accepted accepted, std::size_t listener, std::uint64_t number)
    : services_(services),
      facts_{std::move(accepted.peer), number, 0, false, accepted.socket.fd(), services.clock.now()},
      settings_(&services.site.default_server(listener).settings),
      pace_(services.clock.now()),
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
    answers_left_ = answers_a_turn;
    if (transport_.failed() || (transport_.hung_up() && wants_to_send())) {
        if (wants_to_send()) log(os::LogLevel::info, "the client went away before it had its whole answer");
        return enter(State::closed);
    }
    received_ = false;
    if (wants_to_send()) {
        if (can_send()) send();
    } else if (postponed_ || state_ == State::handling) {
        process_input();
        if (wants_to_send() && can_send()) send();
    } else if (transport_.can_receive()) {
        receive();
    }
    transport_.settle();
    if (exchange_) exchange_->input_moved(transport_.input());
    if (state_ != State::closed) plan_next_turn();
}

void Connection::enter(State state) {
    if (state_ == State::closed) return;
    const State before = std::exchange(state_, state);
    pace_.enter(services_.clock.now());
    switch (state) {
        case State::idle:
        case State::reading_head:
        case State::reading_content:
        case State::handling:
        case State::writing: break;
        case State::lingering:
            transport_.shut_down_sending();
            transport_.discard_input();
            pace_.progress(services_.clock.now());
            break;
        case State::closed: end(before); break;
    }
}

void Connection::end(State before) {
    if (exchange_ && before != State::writing && !exchange_->response().closes) exchange_->abandon();
    if (exchange_) finish_exchange();
    timer_.cancel();
    idle_mark_.unlink();
    services_.closed.push_back(this);
}

void Connection::plan_next_turn() {
    const bool fetching = state_ == State::handling && exchange_->is_fetching();
    if (wants_to_send() ? can_send() : !fetching && (postponed_ || transport_.can_receive())) transport_.again();
    const bool waits = state_ == State::idle && !wants_to_send();
    if (waits && !idle_mark_.linked()) (facts_.requests > 0 ? services_.idle : services_.silent).push_back(idle_mark_);
    if (!waits) idle_mark_.unlink();
    timer_.set(deadline());
}

bool Connection::can_be_spared() const {
    if (transport_.can_receive()) return false;
    return facts_.requests > 0 || services_.clock.now() - pace_.entered() >= time_to_speak;
}

base::Instant Connection::deadline() const {
    if (wants_to_send()) return is_held() ? exchange_->held_until() : pace_.sending(settings());
    switch (state_) {
        case State::idle:
            return facts_.requests == 0 ? pace_.first_request(services_.site.default_server(listener_))
                                        : pace_.next_request(settings());
        case State::reading_head: return pace_.head(exchange_->server());
        case State::reading_content: return pace_.content(settings(), exchange_->content_taken());
        case State::lingering: return pace_.lingering(settings());
        case State::handling:
        case State::writing:
        case State::closed: break;
    }
    return base::Instant::max();
}

void Connection::on_deadline() {
    if (sends_content() && exchange_->rate().release()) return go_on_sending();
    if (wants_to_send()) {
        log(os::LogLevel::info, "send-timeout: the client took nothing for too long");
        return enter(State::closed);
    }
    switch (state_) {
        case State::reading_head: refuse(http::Status::request_timeout, "head-timeout"); break;
        case State::reading_content: refuse(http::Status::request_timeout, "content-timeout"); break;
        case State::idle:
        case State::lingering:
        case State::handling:
        case State::writing:
        case State::closed: return enter(State::closed);
    }
    process_input();
    // Who was too slow once is not waited for again.
    unread_content_ = false;
    transport_.discard_input();
    if (state_ != State::closed) plan_next_turn();
}

void Connection::receive() {
    const net::Received received = transport_.receive(services_.scratch);
    received_ = true;
    if (exchange_) exchange_->input_moved(transport_.input());
    switch (received) {
        case net::Received::nothing: return;
        case net::Received::end:
            if (exchange_) log(os::LogLevel::info, "the client ended the connection in the middle of its request");
            return enter(State::closed);
        case net::Received::bytes: break;
    }
    if (state_ != State::idle) pace_.progress(services_.clock.now());
    if (state_ == State::lingering) return transport_.discard_input();
    process_input();
}

// Takes the input as far as it goes. Requests that are answered from memory follow one another here, so that what
// arrived in one recv leaves in one send.
void Connection::process_input() {
    postponed_ = false;
    for (bool goes_on = true; goes_on;) {
        switch (state_) {
            case State::idle: goes_on = begin_request(); break;
            case State::reading_head: goes_on = judge_head(exchange_->read_head(transport_.input())); break;
            case State::reading_content: goes_on = read_content(); break;
            case State::handling:
                // epoll tells of a file's change before it reports a request that was sent after it. Of several
                // requests in one recv the later ones may be younger than that report: the next turn knows more.
                postponed_ = received_ && exchange_->ends_before(transport_.input());
                if (postponed_ || exchange_->is_fetching()) return;
                respond();
                break;
            case State::writing: goes_on = response_is_queued(); break;
            case State::lingering:
            case State::closed: return;
        }
    }
}

bool Connection::begin_request() {
    if (transport_.input().empty() || transport_.above_high_water()) return false;
    postponed_ = answers_left_ == 0;
    if (postponed_) return false;
    exchange_ = services_.exchanges.take();
    exchange_->start(services_.site, listener_, facts_, services_.clock);
    ++facts_.requests;  // before its head is read: what the configuration says may ask for it
    const http::RequestParser::Verdict verdict = exchange_->read_head(transport_.input());
    if (verdict == http::RequestParser::Verdict::need_more && !exchange_->head_has_begun()) {
        // Empty lines before a request-line are skipped (RFC 9112 2.2); they don't make a request.
        transport_.consume(exchange_->head_size());
        services_.exchanges.give_back(std::move(exchange_));
        --facts_.requests;
        return false;
    }
    enter(State::reading_head);
    return judge_head(verdict);
}

bool Connection::judge_head(http::RequestParser::Verdict verdict) {
    switch (verdict) {
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
    settings_ = &exchange_->settings();
    switch (exchange_->expect_content()) {
        case Exchange::ContentVerdict::rejected:
            return refuse(exchange_->rejection().status, exchange_->rejection().slug);
        case Exchange::ContentVerdict::none: return enter(State::handling);
        case Exchange::ContentVerdict::unwanted: unread_content_ = true; return enter(State::handling);
        case Exchange::ContentVerdict::follows: break;
    }
    transport_.consume(exchange_->keep_head());
    // Who has sent content already doesn't wait for leave (RFC 9110 10.1.1).
    if (exchange_->wants_continue() && transport_.input().empty()) transport_.output().append(http::continue_response);
    pace_.progress(services_.clock.now());
    enter(State::reading_content);
}

bool Connection::read_content() {
    const RequestContent::Step step = exchange_->take_content(transport_.input());
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

void Connection::respond() {
    if (!exchange_->respond(services_.site, services_.clock, services_.warmer, transport_.ticket())) return;
    persists_ = !unread_content_ && !services_.draining && exchange_->may_persist(facts_.requests);
    queue_response();
}

// The request can't be handled: the answer is the connection's last, and what the client still sends is discarded.
void Connection::refuse(http::Status status, std::string_view slug) {
    log(os::LogLevel::info, std::string{slug} + ": refused with " + std::to_string(http::code_of(status)));
    exchange_->refuse(status, services_.site, services_.clock);
    persists_ = false;
    unread_content_ = true;
    queue_response();
}

void Connection::queue_response() {
    const handlers::Response& response = exchange_->response();
    // What waits behind this answer goes on when it has been sent, in another turn.
    answers_left_ = response.took_long || answers_left_ == 0 ? 0 : answers_left_ - 1;
    if (response.explanation) log(response.severity, *response.explanation);
    if (response.closes) return enter(State::closed);
    if (!transport_.has_output()) pace_.progress(services_.clock.now());
    if (!write_answer(*exchange_, transport_, persists_, services_.site.ready_pages(), services_.timestamps)) {
        log(os::LogLevel::error, "the file became shorter, or failed, while it was read");
        persists_ = false;
        exchange_->refuse(http::Status::internal_server_error, services_.site, services_.clock);
        if (!write_answer(*exchange_, transport_, persists_, services_.site.ready_pages(), services_.timestamps))
            return enter(State::closed);
    }
    enter(State::writing);
}

// Whether the connection can turn to the next request although this one's response may not be sent yet.
bool Connection::response_is_queued() {
    if (!exchange_) return false;
    if (exchange_->has_more()) {
        // Sending it takes more than this turn: the input has to be free for others by then.
        transport_.consume(exchange_->keep_head());
        exchange_->file_sender().reset();
        return false;
    }
    finish_exchange();
    if (persists_) enter(State::idle);
    return persists_;
}

void Connection::finish_exchange() {
    exchange_->write_access_log(services_.site, services_.timestamps, state_ != State::closed, persists_);
    services_.counters.answered(exchange_->content_sent());
    transport_.consume(exchange_->leave_input());
    facts_.is_pipelined = !transport_.input().empty();
    services_.exchanges.give_back(std::move(exchange_));
}

void Connection::send() {
    if (transport_.has_output()) {
        const bool more = streaming() && !exchange_->rate().limits();
        if (transport_.send_output(more ? os::More::yes : os::More::no) > 0) pace_.progress(services_.clock.now());
    } else if (!send_content()) {
        return enter(State::closed);
    }
    if (!wants_to_send()) sent_everything();
}

// False: the file can't give what the head promised.
bool Connection::send_content() {
    const FileSender::Step step = send_more(*exchange_, transport_, services_);
    if (step.bytes > 0 || step.waited) pace_.progress(services_.clock.now());
    if (step.failed) log(os::LogLevel::error, "the file became shorter, or failed, while it was sent");
    if (!step.failed && !exchange_->has_more()) finish_exchange();
    return !step.failed;
}

void Connection::sent_everything() {
    if (state_ == State::writing && persists_) enter(State::idle);
    if (state_ == State::writing) {
        // Closing with bytes unread would reset the connection and could destroy the answer (RFC 9112 9.6).
        const bool more_to_come = unread_content_ || !transport_.input().empty() || transport_.can_receive();
        return enter(more_to_come ? State::lingering : State::closed);
    }
    // Nothing was read while the client didn't take this: the time of what it sends begins now.
    if (state_ != State::idle) pace_.enter(services_.clock.now());
    process_input();
}

void Connection::log(os::LogLevel level, std::string_view message) {
    write_event(services_.site, exchange_ ? exchange_->settings() : settings(), level, message, facts_,
                exchange_.get());
}

}  // namespace server

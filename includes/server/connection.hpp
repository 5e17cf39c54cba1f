// One client's connection: the state machine that receives, lets the exchange answer, and sends; at most one recv or
// one send a turn.
//
//   state            waits for            deadline                                           leaves to
//   idle             readable             client_header_timeout before the first request,    reading_head, closed
//                                         keepalive_timeout before each further one
//   reading_head     readable             client_header_timeout from the first byte, never   reading_content, handling,
//                                         renewed                                            writing, closed
//   reading_content  readable             client_body_timeout between two reads, and 500     handling, writing, closed
//                                         bytes a second on the whole
//   handling         nothing: it is passed through in the same turn, or in the next one      writing
//                    where more requests came with this one, or when a small file
//                    has been fetched from disk
//   writing          writable, or the     send_timeout between two sends, none while the     idle, lingering, closed
//                    file in memory, or   disk or limit_rate is waited for
//                    what limit_rate
//                    allows
//   lingering        readable, discards   lingering_timeout between two reads, lingering_     closed
//                                         time in all
//   closed           the sweep after the turn
//
// Output that waits comes before everything else in every state: nothing is read while the client doesn't take its
// answers.
#pragma once

#include <memory>

#include "net/timers.hpp"
#include "net/transport.hpp"
#include "os/socket.hpp"
#include "routing/connection_facts.hpp"
#include "server/exchange.hpp"
#include "server/pace.hpp"
#include "server/services.hpp"

namespace server {

class Connection final : net::Watcher, net::TimerOwner {
public:
    // `listener` is the index into Settings::sockets; `number` names the connection in the error log.
    Connection(Services& services, os::Accepted accepted, std::size_t listener, std::uint64_t number);
    ~Connection();

    bool registered() const { return transport_.registered(); }

    // Whether it may be closed although nobody asked for it, to make room or to end a drain: nothing that was reported
    // waits to be read, and a client that has not asked anything yet had a second to do so. Precondition: idle.
    bool can_be_spared() const;

    // Ends it where it stands.
    void close() { enter(State::closed); }

    std::size_t position = 0;  // in the owner's table

private:
    enum class State : std::uint8_t { idle, reading_head, reading_content, handling, writing, lingering, closed };

    static constexpr base::Duration time_to_speak{1'000};
    static constexpr unsigned answers_a_turn = 64;  // to pipelined requests, so that others have their turn

    void on_turn() override;
    void on_deadline() override;

    void enter(State state);
    [[gnu::cold]] void end(State before);  // of enter(), which every request passes four times
    void plan_next_turn();
    base::Instant deadline() const;

    // Receiving, and what follows from what was received.
    void receive();
    void process_input();
    bool begin_request();
    bool judge_head(http::RequestParser::Verdict verdict);
    void head_complete();
    bool read_content();
    void respond();
    void refuse(http::Status status, std::string_view slug);
    void queue_response();
    bool response_is_queued();
    void finish_exchange();

    // Sending, and what follows when all is sent.
    bool wants_to_send() const { return transport_.has_output() || streaming(); }
    // By the disk, or by limit_rate.
    bool is_held() const { return sends_content() && exchange_->held_until() > services_.clock.now(); }
    bool sends_content() const { return streaming() && !transport_.has_output(); }
    bool can_send() const { return transport_.can_send() && !is_held(); }
    bool streaming() const { return state_ == State::writing && exchange_ != nullptr; }
    void send();
    bool send_content();
    void go_on_sending() {  // after limit_rate has held it: the client's time begins now
        pace_.progress(services_.clock.now());
        transport_.again();
    }
    void sent_everything();

    const config::LocationSettings& settings() const { return *settings_; }
    void log(os::LogLevel level, std::string_view message);

    Services& services_;
    routing::ConnectionFacts facts_;
    const config::LocationSettings* settings_;  // of the last request that was routed
    std::unique_ptr<Exchange> exchange_;        // from a request's first byte until its response is queued or sent
    Pace pace_;
    std::uint32_t listener_;
    State state_ = State::idle;
    unsigned answers_left_ = answers_a_turn;  // in this turn
    bool received_ = false;                   // in this turn
    bool postponed_ = false;                  // the input is gone on with in the next turn
    bool persists_ = true;                    // another request may follow the one that is being answered
    bool unread_content_ = false;             // the client may still be sending what nobody will read
    IdleMark idle_mark_{*this};
    net::Transport transport_;
    net::Timer timer_;
};

}  // namespace server

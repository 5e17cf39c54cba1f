// One client's connection: the state machine that receives, lets the exchange answer, and sends; at most one recv or
// one send a turn.
//
//   state            waits for            deadline                                           leaves to
//   reading_head     readable             idle: keepalive_timeout; else client_header_-      reading_content, handling,
//                                         timeout from the first byte, never renewed         writing, closed
//   reading_content  readable             client_body_timeout between two reads              handling, writing
//   handling         nothing: it is passed through in the same turn                          writing
//   writing          writable             send_timeout between two sends                     reading_head, lingering,
//                                                                                            closed
//   lingering        readable, discards   lingering_timeout between two reads, 30 s in all   closed
//   closed           the sweep after the turn
//
// Output that waits comes before everything else in every state: nothing is read while the client doesn't take its
// answers.
#pragma once

#include <memory>
#include <span>

#include "base/intrusive_list.hpp"
#include "net/timers.hpp"
#include "net/transport.hpp"
#include "os/socket.hpp"
#include "server/exchange.hpp"

namespace server {

class Connection;

// A connection's place among those that wait for a next request, oldest first.
struct IdleMark : base::Link {
    explicit IdleMark(Connection& of) : connection(of) {}
    Connection& connection;
};

// What every connection uses and none owns.
struct Services {
    base::Clock& clock;
    net::EventLoop& loop;
    net::Timers& timers;
    base::BlockPool& blocks;
    std::span<char> scratch;  // one recv's bytes; free again at the end of the turn
    Site& site;
    Timestamps& timestamps;
    ExchangePool& exchanges;
    base::IntrusiveList<IdleMark>& idle;           // have had an answer, and asked nothing new
    base::IntrusiveList<IdleMark>& silent;         // have not sent a byte yet
    std::vector<Connection*>& closed;  // to be destroyed after the turn
    bool draining = false;             // every answer from now on is its connection's last
};

class Connection final : net::Watcher, net::TimerOwner {
public:
    // `listener` is the index into Settings::sockets; `number` names the connection in the error log.
    Connection(Services& services, os::Accepted accepted, std::size_t listener, std::uint64_t number);
    ~Connection();

    bool registered() const { return transport_.registered(); }

    // Whether it may be closed to make room: nothing that epoll reported waits to be read, and a client that has not
    // asked anything yet had a second to do so.
    bool can_make_room() const;

    // Ends it where it stands: an idle connection that has to make room, or the deadline of a drain.
    void close() { enter(State::closed); }

    std::size_t position = 0;  // in the owner's table

private:
    enum class State : std::uint8_t { reading_head, reading_content, handling, writing, lingering, closed };

    static constexpr base::Duration longest_lingering{30'000};
    static constexpr base::Duration time_to_speak{1'000};
    static constexpr std::size_t file_quantum =
        256 * 1024;  // bytes of a file in one turn: one download can't hold up the rest

    void on_turn() override;
    void on_deadline() override;

    void enter(State state);
    void plan_next_turn();
    base::Instant deadline() const;

    // Receiving, and what follows from what was received.
    void receive();
    void peer_ended();
    void advance();
    bool read_head();
    void head_complete();
    bool read_content();
    void refuse(http::Status status, std::string_view slug);
    void answer_unread();
    void respond();
    void queue_response();
    bool response_is_queued();
    http::Persistence persistence() const;
    void finish_exchange();
    void release_head();

    // Sending, and what follows when all is sent.
    bool wants_to_send() const { return transport_.has_output() || streaming(); }
    bool streaming() const { return state_ == State::writing && exchange_ != nullptr; }
    void send();
    bool send_from_file();
    void sent_everything();

    const config::LocationSettings& settings() const { return *settings_; }
    const config::Server& server_settings() const;
    handlers::Context context() const { return {services_.clock, services_.site.routes()}; }
    void log(os::LogLevel level, std::string_view message);

    Services& services_;
    os::Endpoint peer_;
    std::uint64_t number_;
    std::uint64_t requests_ = 0;
    const config::LocationSettings* settings_;  // of the last request that was routed
    std::unique_ptr<Exchange> exchange_;        // from a request's first byte until its response is queued or sent
    base::Instant progress_;                    // when bytes last moved
    base::Instant entered_;                     // when the state began
    std::uint32_t listener_;
    State state_ = State::reading_head;
    bool persists_ = true;         // another request may follow the one that is being answered
    bool head_in_input_ = false;   // the exchange's head views the input
    bool unread_content_ = false;  // the client may still be sending what nobody will read
    IdleMark idle_mark_{*this};
    net::Transport transport_;
    net::Timer timer_;
};

}  // namespace server

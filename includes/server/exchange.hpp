// One request and its response: the head as it arrives, the content as it is taken off the wire, the answer, and what
// the log will say. Knows no socket: bytes come in as views, the response goes out into a buffer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.hpp"
#include "base/clock.hpp"
#include "handlers/handler.hpp"
#include "handlers/logins.hpp"
#include "http/request_parser.hpp"
#include "net/warmer.hpp"
#include "server/file_sender.hpp"
#include "server/rate.hpp"
#include "server/request_content.hpp"
#include "server/site.hpp"
#include "server/timestamps.hpp"

namespace server {

class Exchange {
public:
    // For the next request on a socket; everything of the last one is forgotten but the memory.
    void start(Site& site, std::size_t socket, const routing::ConnectionFacts& connection, const base::Clock& clock);

    // What is told to `trace`, which is another's, of each decision on the way; `local`: where the client would have
    // found us. After start().
    void explain_to(routing::Trace& trace, const os::Endpoint& local) {
        request_.trace = &trace;
        request_.local = &local;
    }

    const handlers::Request& request() const { return request_; }
    const config::LocationSettings& settings() const { return *request_.route.settings; }
    const config::Server& server() const { return *request_.route.server; }
    const http::Rejection& rejection() const { return rejection_; }  // after a verdict of `rejected`

    // `input` as http::RequestParser::feed() wants it. After `complete` the request is routed.
    http::RequestParser::Verdict read_head(std::string_view input);
    bool head_has_begun() const { return parser_.started(); }
    std::size_t head_size() const { return parser_.consumed(); }

    // The input, of which the head is the beginning, now stands elsewhere. Nothing happens once the head has left it.
    void input_moved(std::string_view input);

    // Whether the input holds more than what this request has not let go of yet.
    bool ends_before(std::string_view input) const { return input.size() > (views_input_ ? head_bytes_.size() : 0); }

    // The head no longer needs the input, with or without a copy of its own. Gives how many bytes of the input were the
    // head's, the first time that it is asked after a complete head; else 0.
    std::size_t keep_head();
    std::size_t leave_input();

    // After a complete head: whether content follows, or `rejected`: its framing is wrong or it is more than the
    // location takes; or `unwanted`: it follows, but will be of no use, and is more than what is read all the same to
    // keep the connection.
    enum class ContentVerdict { none, follows, unwanted, rejected };
    ContentVerdict expect_content();

    // The client waits for "100 Continue" before it sends its content (RFC 9110 10.1.1).
    bool wants_continue() const;

    // Takes the next bytes of the content.
    RequestContent::Step take_content(std::string_view input);
    std::uint64_t content_taken() const { return content_.taken(); }  // bytes, decoded

    // Finds the answer. False: not yet, since it needs a file that isn't in memory, or a password to be checked; that
    // is being done, and then the watch of `ticket` gets a turn.
    bool respond(Site& site, const base::Clock& clock, net::Warmer& warmer, net::EventLoop::Ticket ticket);
    bool is_fetching() const { return fetching_.pending() || login_.pending(); }

    void refuse(http::Status status, Site& site, const base::Clock& clock);

    // The client is gone before there was an answer: what the access log will say.
    void abandon();
    // Lets go of what the response holds, and of the memory of a long head.
    void forget();

    const handlers::Response& response() const { return response_; }

    // Whether another request may follow this one, the connection's `requests`th, as far as client and settings say.
    bool may_persist(std::uint64_t requests) const;

    // What the answer says of the connection; `persists`: another request may follow.
    http::Persistence persistence(bool persists) const;

    // Somebody else has written the response and its content.
    void content_was_written(std::size_t head_size);

    // Head, and content as far as it is small; `persists`: another request may follow. False: a file didn't hold what
    // it promised, nothing sensible was written.
    bool write_response(base::Buffer& out, bool persists, Timestamps& timestamps);

    // Whether something of the content is left, because it comes from a file or its rate is limited.
    bool has_more() const { return !response_.content.exhausted(); }
    // What comes next of it, to be sent from a file; null where nothing, or something else does.
    body::FileRange* remaining_file() { return response_.content.file_range(); }
    // After some of it was sent: where it is through, appends what comes before the next part, or the end, as far as
    // the rate allows; in memory it goes out in a later turn. False: as write_response().
    bool write_next_part(base::Buffer& out);
    std::uint64_t content_sent() const { return content_sent_; }
    // For that: how far it has got, and what it waits for. Not in the connection, so that idle ones have none.
    FileSender& file_sender() { return file_sender_; }
    const FileSender& file_sender() const { return file_sender_; }
    void count_sent(std::uint64_t bytes);
    Rate& rate() { return rate_; }
    const Rate& rate() const { return rate_; }
    // No more of the content can be sent before; the end of time while a file is fetched, which ends with a turn.
    base::Instant held_until() const { return file_sender_.waits() ? base::Instant::max() : rate_.due(); }

    // One line to each access log of the location; none if no byte of a request came.
    void write_access_log(Site& site, Timestamps& timestamps, bool is_complete, bool persists);

    // As it was sent; where none could be read, what came in its place, perhaps cut.
    std::string_view request_line() const;

private:
    static constexpr unsigned most_fetched = 2;  // a file, and what it is in another coding

    void note_user();
    bool copy_content(base::Buffer& out);
    handlers::Context context(Site& site, const base::Clock& clock);
    void keep_fields();

    std::size_t socket_ = 0;
    http::RequestParser parser_;
    http::RequestHead head_;
    std::string kept_head_;
    std::string_view head_bytes_;  // what the head was read from, and all of the input where it could not be read
    bool views_input_ = false;     // the head's bytes are the input's, not kept_head_
    http::Rejection rejection_;
    handlers::Request request_{head_, http::Method::get, {}, 0};
    RequestContent content_;
    handlers::Response response_;
    std::uint64_t content_sent_ = 0;               // bytes of the response's content
    std::uint64_t head_sent_ = 0;                  // bytes of its head
    std::optional<std::uint64_t> content_length_;  // what Content-Length said
    FileSender file_sender_;
    Rate rate_;
    std::uint64_t limit_rate_ = 0;  // bytes a second that were asked for, whether or not it takes that long
    net::Warming fetching_;
    handlers::LoginAttempt login_;
    std::string remote_user_;  // what request_.remote_user views
    unsigned fetched_ = 0;     // files for this answer: who has waited for as many reads on, wherever they are
};

}  // namespace server

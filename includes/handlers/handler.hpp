// What answers a request. A handler sees the request and its place in the configuration, never a socket, and writes
// no bytes: it gives a Response as values, or says that it isn't its business.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.hpp"
#include "base/version.hpp"
#include "body/source.hpp"
#include "files/cache.hpp"
#include "files/compressor.hpp"
#include "http/message.hpp"
#include "http/response_writer.hpp"
#include "os/log.hpp"
#include "routing/request.hpp"

namespace handlers {

using routing::Request;

class Pages;
class Logins;
struct LoginAttempt;

struct Context {
    const base::Clock& clock;
    const routing::RouteTable& routes;
    files::Cache& files;
    Pages& pages;
    std::string& scratch;     // memory for a path that is put together; whoever uses it is done before calling on
    files::Cache::Wait wait;  // for small files that are on disk
    Logins* logins;           // null where no location has a file of passwords
    LoginAttempt* login;      // of this request; null where it can't wait
    bool explains;            // whether the error log takes the reason of a failure: else none needs to be found
    files::Compressor* compressor = nullptr;  // null: nothing is compressed
};

// Why a request failed, in one sentence, for the error log; null when nothing did, or nobody wants to know. Shared,
// because the same path fails for the same reason again and again.
using Explanation = std::shared_ptr<const std::string>;

// Whether a response has the fields that the configuration adds (handlers/added_fields).
enum class Additions : std::uint8_t { wanted, wanted_for_file, made };

struct Response {
    http::Status status = http::Status::ok;
    http::ResponseFields fields;
    body::Source content;
    files::EntryRef awaited;    // not an answer yet: ask again when the whole of this file is in memory
    bool awaits_login = false;  // not an answer yet either: ask again when Context::login is no longer pending
    files::EntryRef selected;   // where there is no content: the file that `fields` borrows from
    // The answer is only its status so far: error_page or the built-in page gives it content.
    bool lacks_page = false;
    Explanation explanation;
    Additions additions = Additions::wanted;
    bool closes = false;     // instead of an answer the connection ends
    bool took_long = false;  // as a large folder's listing does: the connection does nothing else in this turn
    std::shared_ptr<const std::string> location;  // where a redirect leads, for its page
    os::LogLevel severity = os::LogLevel::error;

    // As a new one: member by member, since it is done once for each request.
    void clear();
};

inline void Response::clear() {
    status = http::Status::ok;
    fields.clear();
    content.clear();
    awaited.reset();
    selected.reset();
    awaits_login = lacks_page = closes = took_long = false;
    explanation.reset();
    location.reset();
    additions = Additions::wanted;
    severity = os::LogLevel::error;
}

// "Answer with this path of the same server instead": what nginx calls an internal redirect.
struct Reroute {
    std::string path;       // or "@name"
    bool has_args = false;  // `path` may end with a query, which takes the place of the request's; else that stays
};

struct Declined {};

// The response that was handed in is the answer, or what there is of it.
struct Answered {};

using Outcome = std::variant<Answered, Reroute, Declined>;

class Handler {
public:
    // `response` is a new one; it is filled in where the outcome is Answered, and left alone otherwise.
    virtual Outcome handle(const Request& request, const Context& context, Response& response) const = 0;

protected:
    ~Handler() = default;
};

// A response that is a failure so far: `explanation` goes to the error log, at `severity` (info for what is the
// client's own doing).
Response failure(http::Status status, std::string explanation, os::LogLevel severity = os::LogLevel::error);
Response failure(http::Status status, Explanation explanation, os::LogLevel severity = os::LogLevel::error);

// Makes `response` a redirect that lacks its page. A path of this server becomes absolute where absolute_redirect says
// so; what no URL may hold is percent-encoded.
void redirect(Response& response, const Request& request, http::Status status, std::string location);

// Gives `response` HTML that this server made itself.
void set_page(Response& response, std::string html);
void set_page(Response& response, std::shared_ptr<const std::string> html);

// "text/html": the type without a charset. Views the settings, or a table.
std::string_view bare_media_type_of(std::string_view file_name, const config::LocationSettings& settings);

// "text/html; charset=utf-8": the type that the location's configuration has for a file of this name.
std::string media_type_of(std::string_view file_name, const Request& request);

}  // namespace handlers

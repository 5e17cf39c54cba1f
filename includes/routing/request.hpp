// A request on its way through the configuration: what the client sent, where that leads, and what rewriting and
// variables have made of it so far.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/regex.hpp"
#include "base/version.hpp"
#include "http/message.hpp"
#include "routing/connection_facts.hpp"
#include "routing/route.hpp"

namespace routing {

// What a server's own `return` or redirect has settled: no file is looked for.
struct Answer {
    enum class Kind : std::uint8_t {
        status,  // what this server has for it: an error page, or nothing
        text,
        redirect,  // `text` is the URL
        close,     // the connection ends without an answer
    };
    Kind kind = Kind::status;
    http::Status status{};
    std::string text{};
    std::string problem{};  // why it is an error, for the log
};

// What only some requests have, so that the others cost nothing: what was changed, and values that were found.
struct Variation {
    bool path_changed = false;
    bool args_changed = false;
    std::string path;
    std::string args;
    std::string resource;  // a path beneath a root, put together of variables
    std::optional<Answer> answer;

    // Of the regular expression that fitted last: its groups are positions in `subject`.
    struct Group {
        std::uint32_t offset = 0;
        std::uint32_t length = 0;
    };
    std::string subject;
    std::vector<Group> groups;

    // The configuration's own variables, by index.
    struct Value {
        enum class State : std::uint8_t { unknown, being_found, known };
        State state = State::unknown;
        std::string text;
    };
    std::vector<Value> values;
    std::string id;                           // $request_id, once somebody asked
    std::optional<std::uint64_t> limit_rate;  // bytes a second: `set $limit_rate`
};

// Memory that one request after another uses for a moment.
struct Workspace {
    base::RegexMatcher matcher;
    std::vector<std::string_view> groups;
    std::deque<std::string> texts;  // a stack: one variable's value may need another's
    std::size_t texts_in_use = 0;
};

// Told of each decision on the way, for `--explain`.
class Trace {
public:
    void add(std::string line) { lines_.push_back(std::move(line)); }
    const std::vector<std::string>& lines() const { return lines_; }
    // What was added since there were `count` is forgotten: it is gone through again.
    void shorten(std::size_t count) { lines_.resize(count); }

private:
    std::vector<std::string> lines_;
};

struct Request {
    const http::RequestHead& head;
    http::Method method;
    std::string_view path;           // decoded; normalised, but for what rewriting made of it
    std::size_t server;              // index into Settings::servers
    Route route{};                   // of `path` on `server`
    bool is_error_page = false;      // a path that error_page names: it is asked for by GET
    http::Status replaced_status{};  // of the answer that an error page stands in for
    bool keeps_status = false;  // served in place of another answer, whose status stays: the client's conditions and
                                // ranges aren't about it
    bool is_internal = false;   // `path` isn't what the client asked for
    bool is_fallback = false;   // nor a rewriting of it: an index, error page, or end of try_files
    const ConnectionFacts* connection = nullptr;  // null where no client asked
    const base::Clock* clock = nullptr;
    const RouteTable* routes = nullptr;
    Workspace* workspace = nullptr;
    const os::Endpoint* local = nullptr;             // where the client found us; null: the connection's socket tells
    Trace* trace = nullptr;                          // null: nobody asks
    base::Instant began_at{};                        // when its first byte was read
    std::uint64_t length = 0;                        // bytes received: head and content as framed
    std::string_view remote_user{};                  // who the client says it is, whether or not that was checked
    mutable std::unique_ptr<Variation> variation{};  // found values are kept although nothing changes by them

    Request(const http::RequestHead& its_head, http::Method its_method, std::string_view its_path,
            std::size_t its_server)
        : head(its_head), method(its_method), path(its_path), server(its_server) {}

    // Goes back to what `earlier`, a copy of it, was.
    void become(const Request& earlier);
    Request(const Request& other);
    Request& operator=(const Request&) = delete;

    Variation& vary() const {
        if (!variation) variation = std::make_unique<Variation>();
        return *variation;
    }

    // The query, without `?`: the client's, unless rewriting has changed it.
    std::string_view args() const {
        return variation && variation->args_changed ? std::string_view{variation->args} : head.query();
    }
    bool has_args() const { return variation && variation->args_changed ? !variation->args.empty() : head.has_query; }

    void change_path(std::string path);
    void change_args(std::string args);

    const Answer* answer() const { return variation && variation->answer ? &*variation->answer : nullptr; }

    // Whether `regex` fits somewhere in `text`; if so its groups become $1 to $9, and its named ones variables.
    bool match(const config::Pattern& pattern, std::string_view text) const;

    std::string_view server_token() const {
        return route.settings->server_tokens ? base::product_and_version : base::product;
    }
};

}  // namespace routing

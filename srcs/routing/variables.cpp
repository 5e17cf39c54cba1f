#include "routing/variables.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/ascii.hpp"
#include "base/hash.hpp"
#include "config/values.hpp"
#include "routing/fields.hpp"
#include "routing/maps.hpp"
#include "routing/own_variables.hpp"
#include "routing/resource.hpp"

namespace routing {

namespace {

using config::Variable;

bool append_text(std::string& out, std::string_view text) {
    out.append(text);
    return !text.empty();
}

bool append_count(std::string& out, std::uint64_t value) {
    base::append_number(out, value);
    return true;
}

// Seconds with three digits behind the point.
bool append_seconds(std::string& out, std::uint64_t milliseconds) {
    base::append_number(out, milliseconds / 1000);
    const std::uint64_t rest = milliseconds % 1000;
    out.append({'.', static_cast<char>('0' + rest / 100), static_cast<char>('0' + rest / 10 % 10),
                static_cast<char>('0' + rest % 10)});
    return true;
}

bool append_since(std::string& out, base::Instant begin, const Request& request) {
    return append_seconds(
        out, static_cast<std::uint64_t>(std::max<std::int64_t>((request.clock->now() - begin).count(), 0)));
}

bool append_time(std::string& out, const Request& request, const char* format) {
    const std::time_t now = request.clock->wall().tv_sec;
    std::tm local{};
    ::localtime_r(&now, &local);
    std::array<char, 40> text{};
    return append_text(out, {text.data(), std::strftime(text.data(), text.size(), format, &local)});
}

// 2026-11-21T00:01:20+00:00: strftime's %z lacks the colon.
bool append_iso_time(std::string& out, const Request& request) {
    append_time(out, request, "%Y-%m-%dT%H:%M:%S%z");
    out.insert(out.size() - 2, 1, ':');
    return true;
}

bool append_milliseconds_now(std::string& out, const Request& request) {
    const timespec& wall = request.clock->wall();
    constexpr std::int64_t nanoseconds_in_one = 1'000'000;
    return append_seconds(out, static_cast<std::uint64_t>(wall.tv_sec * 1000 + wall.tv_nsec / nanoseconds_in_one));
}

std::string first_name(const config::Server& server) { return config::as_written(server.names.front()); }

// Empty, not missing, where nobody has named it.
bool append_server_name(std::string& out, const Request& request) {
    out.append(first_name(*request.route.server));
    return true;
}

bool append_host(std::string& out, const Request& request) {
    return append_text(out, request.head.host) || append_server_name(out, request);
}

// As it was sent, without the scheme and authority of an absolute-form.
bool append_target(std::string& out, const Request& request) {
    std::string_view target = request.head.target();
    if (request.head.form != http::TargetForm::absolute) return append_text(out, target);
    const std::size_t authority = target.find("://");
    const std::size_t path = target.find_first_of("/?", authority == std::string_view::npos ? 0 : authority + 3);
    target = path == std::string_view::npos ? std::string_view{} : target.substr(path);
    if (!target.starts_with('/')) out.push_back('/');
    out.append(target);
    return true;
}

bool append_request_id(std::string& out, const Request& request) {
    std::string& id = request.vary().id;
    if (id.empty()) {
        constexpr std::string_view digits = "0123456789abcdef";
        for (std::uint64_t half : {base::random_seed(), base::random_seed()})
            for (int i = 0; i < 16; ++i, half >>= 4U) id.push_back(digits[half & 0xFU]);
    }
    return append_text(out, id);
}

bool append_document_root(std::string& out, const Request& request) {
    const std::optional<std::string> root = document_root(request);
    return root && append_text(out, *root);
}

bool append_real_root(std::string& out, const Request& request) {
    const std::optional<std::string> root = document_root(request);
    if (!root) return false;
    const std::unique_ptr<char, decltype(&std::free)> real{::realpath(root->c_str(), nullptr), &std::free};
    return real && append_text(out, real.get());
}

bool append_file_name(std::string& out, const Request& request) {
    const std::optional<Resource> resource = resource_for(request, request.path);
    if (!resource) return false;
    out.append(resource->root->path());
    if (!resource->root->path().ends_with('/')) out.push_back('/');
    out.append(resource->relative);
    return true;
}

bool append_port(std::string& out, const os::Endpoint& endpoint) {
    if (endpoint.family() == os::Endpoint::Family::unix_path) return false;
    return append_count(out, endpoint.port());
}

// Nothing where a request was made up without a connection.
const os::Endpoint& peer_of(const Request& request) {
    static const os::Endpoint nobody = os::Endpoint::unix_socket({});
    return request.connection == nullptr ? nobody : request.connection->peer;
}

os::Endpoint local_of(const Request& request) {
    if (request.local != nullptr) return *request.local;
    return request.connection == nullptr ? os::Endpoint::unix_socket({}) : request.connection->local();
}

bool append_server_address(std::string& out, const Request& request) {
    const os::Endpoint local = local_of(request);
    if (local.family() == os::Endpoint::Family::unix_path) return append_text(out, "unix:" + local.path());
    return append_text(out, local.address_text());
}

bool append_server_port(std::string& out, const Request& request) { return append_port(out, local_of(request)); }

// Of the connection: its number, how many requests came on it.
bool append_fact(std::string& out, std::uint64_t ConnectionFacts::*fact, const Request& request) {
    return request.connection != nullptr && append_count(out, request.connection->*fact);
}

bool is_pipelined(const Request& request) { return request.connection != nullptr && request.connection->is_pipelined; }

bool append_peer(std::string& out, const Request& request) {
    peer_of(request).append_address(out);
    return true;
}

bool append_status(std::string& out, const Request& request, const Reply* reply) {
    const http::Status status = reply == nullptr ? request.replaced_status : reply->status;
    if (http::code_of(status) == 0) return append_text(out, "000");
    return append_count(out, http::code_of(status));
}

// What `set` said; what limit_rate says, once there is an answer.
bool append_limit_rate(std::string& out, const Request& request, const Reply* reply) {
    const std::uint64_t of_answer = reply == nullptr ? 0 : reply->limit_rate;
    return append_count(out, request.variation ? request.variation->limit_rate.value_or(of_answer) : of_answer);
}

bool append_built_in(std::string& out, Variable variable, const Request& request, const Reply* reply) {
    const http::RequestHead& head = request.head;
    switch (variable) {
        case Variable::args:
        case Variable::query_string: return append_text(out, request.args());
        case Variable::is_args: out.append(request.args().empty() ? "" : "?"); return true;
        case Variable::uri:
        case Variable::document_uri: return append_text(out, request.path);
        case Variable::request_uri: return append_target(out, request);
        case Variable::request: return append_text(out, head.request_line());
        case Variable::request_method: return append_text(out, http::name_of(request.method));
        case Variable::server_protocol:
            return append_text(out, head.version == http::Version::http_1_0 ? "HTTP/1.0" : "HTTP/1.1");
        case Variable::scheme: return append_text(out, "http");
        case Variable::https: return false;
        case Variable::invalid_referer: return append_invalid_referer(out, request);
        case Variable::host: return append_host(out, request);
        case Variable::server_name: return append_server_name(out, request);
        case Variable::hostname: return append_text(out, request.routes->settings().host_name);
        case Variable::content_length: return append_field(out, http::FieldName::content_length, head);
        case Variable::content_type: return append_field(out, http::FieldName::content_type, head);
        case Variable::document_root: return append_document_root(out, request);
        case Variable::realpath_root: return append_real_root(out, request);
        case Variable::request_filename: return append_file_name(out, request);
        case Variable::remote_user: return append_text(out, request.remote_user);
        case Variable::request_id: return append_request_id(out, request);
        case Variable::request_length: return append_count(out, request.length);
        case Variable::request_time: return append_since(out, request.began_at, request);
        case Variable::msec: return append_milliseconds_now(out, request);
        case Variable::time_local: return append_time(out, request, "%d/%b/%Y:%H:%M:%S %z");
        case Variable::time_iso8601: return append_iso_time(out, request);
        case Variable::pid: return append_count(out, static_cast<std::uint64_t>(::getpid()));
        case Variable::nginx_version:
            return append_text(out, base::product_and_version.substr(base::product.size() + 1));
        case Variable::limit_rate: return append_limit_rate(out, request, reply);
        case Variable::gzip_ratio: return false;
        case Variable::binary_remote_addr: return append_text(out, peer_of(request).address_bytes());
        case Variable::remote_addr: return append_peer(out, request);
        case Variable::remote_port: return append_port(out, peer_of(request));
        case Variable::server_addr: return append_server_address(out, request);
        case Variable::server_port: return append_server_port(out, request);
        case Variable::connection: return append_fact(out, &ConnectionFacts::number, request);
        case Variable::connection_requests: return append_fact(out, &ConnectionFacts::requests, request);
        case Variable::connection_time:
            return request.connection != nullptr && append_since(out, request.connection->began_at, request);
        case Variable::pipe: return append_text(out, is_pipelined(request) ? "p" : ".");
        case Variable::body_bytes_sent: return append_count(out, reply == nullptr ? 0 : reply->content_sent);
        case Variable::bytes_sent:
            return append_count(out, reply == nullptr ? 0 : reply->content_sent + reply->head_sent);
        case Variable::status: return append_status(out, request, reply);
        case Variable::request_completion: return reply != nullptr && reply->is_complete && append_text(out, "OK");
    }
    return false;
}

bool append_capture(std::string& out, std::uint32_t index, const Request& request) {
    if (!request.variation || index >= request.variation->groups.size()) return false;
    const Variation::Group& group = request.variation->groups[index];
    return append_text(out, std::string_view{request.variation->subject}.substr(group.offset, group.length));
}

}  // namespace

bool append_variable(std::string& out, const config::VariableUse& variable, const Request& request,
                     const Reply* reply) {
    using Kind = config::VariableUse::Kind;
    switch (variable.kind) {
        case Kind::built_in: return append_built_in(out, static_cast<Variable>(variable.index), request, reply);
        case Kind::argument: return append_argument(out, variable.name, request.args());
        case Kind::request_field: return append_request_field(out, variable.name, request.head);
        case Kind::cookie: return append_cookie(out, variable.name, request.head);
        case Kind::response_field: return reply != nullptr && append_response_field(out, variable.name, *reply);
        case Kind::capture: return append_capture(out, variable.index, request);
        case Kind::own: return append_own_variable(out, variable.index, request, reply);
    }
    return false;
}

void append(std::string& out, const config::Template& text, const Request& request, const Reply* reply) {
    for (const config::Template::Part& part : text.parts()) {
        out.append(part.text);
        if (part.variable) append_variable(out, *part.variable, request, reply);
    }
}

std::string value_of(const config::Template& text, const Request& request, const Reply* reply) {
    std::string value;
    append(value, text, request, reply);
    return value;
}

}  // namespace routing

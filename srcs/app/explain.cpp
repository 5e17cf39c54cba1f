#include "app/explain.hpp"

#include <algorithm>
#include <optional>

#include "base/ascii.hpp"
#include "net/event_loop.hpp"
#include "net/timers.hpp"
#include "net/warmer.hpp"
#include "os/thread.hpp"
#include "server/exchange.hpp"
#include "server/site.hpp"
#include "server/timestamps.hpp"

namespace app {

namespace {

// "GET http://host:port/path?query" in its parts; host and port are empty where the target is a path.
struct Target {
    std::string method;
    std::string host;
    std::string port;
    std::string path;
};

base::Result<Target> read_target(const std::string& text) {
    const std::size_t space = text.find(' ');
    if (space == std::string::npos || space == 0)
        return base::Error{"\"" + text + "\" is no request; write 'GET http://localhost:8080/path'"};
    Target target{text.substr(0, space), {}, {}, text.substr(space + 1)};
    constexpr std::string_view scheme = "http://";
    if (target.path.starts_with("https://"))
        return base::Error{"webserv speaks no TLS; write http:// and the port behind the proxy"};
    if (!target.path.starts_with(scheme)) return target;
    const std::size_t end = std::min(target.path.find_first_of("/?", scheme.size()), target.path.size());
    std::string authority = target.path.substr(scheme.size(), end - scheme.size());
    target.path.erase(0, end);
    if (!target.path.starts_with('/')) target.path.insert(0, 1, '/');
    const std::size_t colon = authority.rfind(':');
    const bool has_port = colon != std::string::npos && authority.find(']', colon) == std::string::npos;
    target.port = has_port ? authority.substr(colon + 1) : "80";
    target.host = authority.substr(0, has_port ? colon : authority.size());
    return target;
}

// The socket that a connection to the target would come in on. Port 0 stands for any: the kernel chooses it.
std::optional<std::size_t> find_socket(const config::Settings& settings, const Target& target) {
    if (target.host.empty()) return 0;
    const auto port = base::parse_number<std::uint16_t>(target.port);
    if (!port) return std::nullopt;
    std::string literal = target.host;
    if (literal.starts_with('[')) literal = literal.substr(1, literal.size() - 2);
    const auto address = os::Endpoint::parse(literal == "localhost" ? "127.0.0.1" : literal, *port);
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < settings.sockets.size(); ++i) {
        const os::Endpoint& endpoint = settings.sockets[i].endpoint;
        if (endpoint.family() == os::Endpoint::Family::unix_path) continue;
        if (endpoint.port() != *port && endpoint.port() != 0) continue;
        if (address && endpoint == address.value()) return i;
        const bool takes_it = endpoint.is_wildcard() || !address;
        if (!found && takes_it) found = i;
    }
    return found;
}

// Who names no host asks the default server by its first name.
std::string name_of_default(const config::Settings& settings, std::size_t socket) {
    for (const config::ServerName& name : settings.servers[settings.sockets[socket].default_server].names)
        if (name.kind == config::ServerName::Kind::exact) return name.text;
    return {};
}

bool is_host(const std::string& field) {
    return base::equals_ignoring_case(std::string_view{field}.substr(0, 5), "host:");
}

// The port that the client connects to, as far as the question tells; else the socket's.
std::uint16_t port_of(const Target& target, const Question& question, const os::Endpoint& endpoint) {
    std::string_view text = target.port;
    const auto host = std::ranges::find_if(question.fields, is_host);
    if (text.empty() && host != question.fields.end()) text = std::string_view{*host}.substr(host->rfind(':') + 1);
    return endpoint.port() != 0 ? endpoint.port() : base::parse_number<std::uint16_t>(text).value_or(0);
}

std::string bytes_of(const Target& target, const Question& question) {
    std::string bytes = target.method + ' ' + target.path + " HTTP/1.1\r\n";
    if (std::ranges::none_of(question.fields, is_host)) {
        bytes += "Host: " + target.host;
        if (!target.port.empty() && target.port != "80") bytes += ':' + target.port;
        bytes += "\r\n";
    }
    for (const std::string& field : question.fields) bytes += field + "\r\n";
    return bytes + "\r\n";
}

void append_line(std::string& out, std::string_view label, std::string_view text) {
    out.append(label).append(text).append("\n");
}

// Everything that a connection's exchange needs around it.
class Stage final : net::Watcher {
public:
    Stage(os::UniqueFd epoll, os::UniqueFd wakeup, os::UniqueFd bell)
        : loop_(std::move(epoll)),
          bell_(std::move(bell)),
          warmer_(loop_, std::move(wakeup)),
          watch_(loop_, bell_.fd(), EPOLLIN, *this) {}

    base::Result<void> open(std::shared_ptr<const config::Settings> settings) {
        base::Result<server::Logs> logs = server::Logs::open_silent(*settings);
        if (!logs) return logs.error();
        base::Result<std::unique_ptr<server::Site>> site = server::Site::open(
            std::move(settings), std::move(logs).value(), {clock_, loop_, timers_, reserve_, descriptors});
        if (!site) return site.error();
        site_ = std::move(site).value();
        if (handlers::Logins* logins = site_->logins()) logins->start();
        return {};
    }

    std::string play(const std::string& bytes, std::size_t socket, const os::Endpoint& local,
                     const routing::ConnectionFacts& facts);

private:
    static constexpr std::uint64_t descriptors = 1024;

    void on_turn() override { answered_ = exchange_.respond(*site_, clock_, warmer_, watch_.ticket()); }
    void respond() {
        on_turn();
        while (!answered_) {
            loop_.turn(clock_, base::Duration{-1});
            timers_.advance(clock_.now());
        }
    }

    base::Clock clock_;
    net::EventLoop loop_;
    net::Timers timers_{clock_.now()};
    base::BlockPool blocks_;
    os::DescriptorReserve reserve_;
    std::unique_ptr<server::Site> site_;
    server::Exchange exchange_;
    os::UniqueFd bell_;
    net::Warmer warmer_;
    net::Watch watch_;
    bool answered_ = false;
};

std::string Stage::play(const std::string& bytes, std::size_t socket, const os::Endpoint& local,
                        const routing::ConnectionFacts& facts) {
    routing::Trace trace;
    std::string out;
    exchange_.start(*site_, socket, facts, clock_);
    exchange_.explain_to(trace, local);
    using Verdict = http::RequestParser::Verdict;
    const Verdict verdict = exchange_.read_head(bytes);
    const bool framed =
        verdict == Verdict::complete && exchange_.expect_content() != server::Exchange::ContentVerdict::rejected;
    if (framed) {
        respond();
    } else {
        trace.add("refused before it is looked at: " + std::string{exchange_.rejection().slug});
        exchange_.refuse(exchange_.rejection().status, *site_, clock_);
    }
    for (const std::string& line : trace.lines()) append_line(out, "", line);
    const handlers::Response& response = exchange_.response();
    if (response.explanation) append_line(out, "error log: ", *response.explanation);
    if (response.closes) return out + "answer: none, the connection is closed\n";
    base::Buffer head{blocks_};
    server::Timestamps timestamps{clock_};
    const bool persists = framed && exchange_.may_persist(1);
    if (!exchange_.write_response(head, persists, timestamps)) return out + "answer: the file became shorter\n";
    const std::string_view written = head.view();
    out.append("answer:\n\n").append(written.substr(0, written.find("\r\n\r\n") + 2));
    return out;
}

}  // namespace

base::Result<std::string> explain(std::shared_ptr<const config::Settings> settings, const Question& question) {
    base::Result<Target> target = read_target(question.request);
    if (!target) return target.error();
    const std::string from = question.from.value_or("127.0.0.1");
    base::Result<os::Endpoint> peer = os::Endpoint::parse(from, 40'000);
    if (!peer) return peer.error();
    const std::optional<std::size_t> socket = find_socket(*settings, *target);
    if (!socket) return base::Error{"no server of this configuration listens on port " + target->port};
    base::Result<os::UniqueFd> epoll = net::EventLoop::open_epoll();
    if (!epoll) return epoll.error();
    base::Result<os::UniqueFd> wakeup = os::open_wakeup();
    if (!wakeup) return wakeup.error();
    base::Result<os::UniqueFd> bell = os::open_wakeup();
    if (!bell) return bell.error();
    if (target->host.empty()) target->host = name_of_default(*settings, *socket);
    Stage stage{std::move(epoll).value(), std::move(wakeup).value(), std::move(bell).value()};
    if (auto opened = stage.open(settings); !opened) return opened.error();

    const config::Socket& listened = settings->sockets[*socket];
    os::Endpoint local = listened.endpoint;
    local.set_port(port_of(*target, question, listened.endpoint));
    std::string out;
    append_line(out, "request: ", question.request + " from " + from);
    append_line(
        out, "socket: ",
        listened.endpoint.to_string() + " (" + listened.origin.file + ':' + std::to_string(listened.origin.line) + ')');
    const routing::ConnectionFacts facts{
        .peer = peer.value(), .number = 1, .requests = 1, .socket = -1, .began_at = base::Clock{}.now()};
    return out + stage.play(bytes_of(*target, question), *socket, local, facts);
}

}  // namespace app

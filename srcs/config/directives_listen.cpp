#include "config/directives_listen.hpp"

#include <sys/un.h>

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "config/pattern.hpp"

namespace config {

namespace {

using enum Context;
using base::Error;
using base::Result;

constexpr std::string_view listen_forms =
    "write a port, address:port, *:port, [IPv6 address]:port or unix:/path, such as 127.0.0.1:8080";
constexpr std::uint16_t default_port = 80;

Result<std::uint16_t> parse_port(std::string_view text) {
    const bool digits = !text.empty() && std::ranges::all_of(text, base::is_digit);
    const auto port = digits ? base::parse_number<std::uint16_t>(text) : std::nullopt;
    if (port) return *port;
    return Error{quoted(text) + (digits ? " is out of range for a port" : " is no port") +
                     "; write a number from 1 to 65535, or 0 to let the kernel choose",
                 0};
}

Result<os::Endpoint> with_port(const std::string& address, std::string_view port_text) {
    const auto port = parse_port(port_text);
    if (!port) return port.error();
    return os::Endpoint::parse(address, port.value());
}

Result<os::Endpoint> parse_unix(std::string_view path) {
    // One byte of sun_path is the terminating NUL.
    constexpr std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
    if (!path.starts_with('/'))
        return Error{"the path of a unix-domain socket is absolute; write unix:/run/webserv.sock", 0};
    if (path.size() > longest)
        return Error{
            "the path of a unix-domain socket has at most " + std::to_string(longest) + " bytes; take a shorter one",
            0};
    return os::Endpoint::unix_socket(std::string{path});
}

Result<os::Endpoint> parse_ipv6(std::string_view text) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return Error{quoted(text) + " has no \"]\"; write [::1]:8080", 0};
    const std::string address{text.substr(1, end - 1)};
    const std::string_view rest = text.substr(end + 1);
    if (address.find(':') == std::string::npos)
        return Error{quoted(address) + " is no IPv6 address; write [::1]:8080", 0};
    if (rest.empty()) return os::Endpoint::parse(address, default_port);
    if (rest.front() != ':') return Error{"unexpected " + quoted(rest) + " after the address; write [::1]:8080", 0};
    return with_port(address, rest.substr(1));
}

Result<os::Endpoint> parse_endpoint(std::string_view text) {
    if (text.starts_with("unix:")) return parse_unix(text.substr(5));
    if (text.starts_with('[')) return parse_ipv6(text);
    if (!text.empty() && std::ranges::all_of(text, base::is_digit)) return with_port("0.0.0.0", text);
    const std::size_t colon = text.find(':');
    std::string host{text.substr(0, colon)};
    if (text.find(':', std::min(colon, text.size() - 1) + 1) != std::string_view::npos)
        return Error{quoted(text) + " looks like an IPv6 address: that stands in brackets; write [::1]:8080", 0};
    if (host == "*") host = "0.0.0.0";
    if (host == "localhost") host = "127.0.0.1";
    const bool literal =
        !host.empty() && std::ranges::all_of(host, [](char c) { return base::is_digit(c) || c == '.'; });
    if (!literal)
        return Error{quoted(host) + " is no address, and names are not looked up here; " + std::string{listen_forms},
                     0};
    if (colon == std::string_view::npos) return os::Endpoint::parse(host, default_port);
    return with_port(host, text.substr(colon + 1));
}

struct RefusedOption {
    std::string_view name;
    Lack lack;
    std::string_view instead;
};
constexpr std::array<RefusedOption, 13> refused_options{{
    {"ssl", Lack::tls, "webserv speaks no TLS: let hitch or HAProxy in front do that"},
    {"http2", Lack::protocol, "webserv speaks HTTP/1.1: let a proxy in front speak HTTP/2"},
    {"spdy", Lack::protocol, "webserv speaks HTTP/1.1: let a proxy in front speak HTTP/2"},
    {"quic", Lack::protocol, "webserv speaks HTTP/1.1: let a proxy in front speak HTTP/3"},
    {"proxy_protocol", Lack::later, "it is not supported yet"},
    {"bind", Lack::other, "leave it out: each address has a socket of its own anyway"},
    {"setfib", Lack::other, "it exists on FreeBSD only"},
    {"fastopen", Lack::later, "it is not supported yet"},
    {"rcvbuf", Lack::other, "the kernel sizes buffers by itself (tcp_rmem)"},
    {"sndbuf", Lack::other, "the kernel sizes buffers by itself (tcp_wmem)"},
    {"accept_filter", Lack::other, "it exists on FreeBSD only"},
    {"so_keepalive", Lack::other, "keepalive_timeout ends idle connections"},
    {"multipath", Lack::later, "it is not supported yet"},
}};

void set_backlog(const Directive& directive, const Token& option, std::string_view value, Listen& listen,
                 Build& build) {
    constexpr std::uint64_t most = 1'000'000;
    if (const auto count = checked(parse_count(value, 1, most), directive, option, build))
        listen.options.backlog = static_cast<int>(*count);
}

void set_ipv6only(const Directive& directive, const Token& option, std::string_view value, Listen& listen,
                  Build& build) {
    if (listen.endpoint.family() != os::Endpoint::Family::ipv6)
        return build.report.error(option, "listen: ipv6only is for IPv6 addresses",
                                  "write [::]:" + std::to_string(listen.endpoint.port()));
    if (const auto on = checked(parse_flag(value), directive, option, build)) listen.options.ipv6_only = *on;
}

// nginx has the bare word, for what is the default here.
void set_deferred(const Directive& directive, const Token& option, std::string_view value, Listen& listen,
                  Build& build) {
    if (option.text == "deferred") {
        listen.options.deferred = true;
    } else if (const auto on = checked(parse_flag(value), directive, option, build)) {
        listen.options.deferred = *on;
    }
}

void refuse_option(const Token& option, std::string_view name, Build& build) {
    const auto refused = std::ranges::find(refused_options, name, &RefusedOption::name);
    if (refused != refused_options.end())
        return build.report.refusal(refused->lack, option, "listen: the option " + quoted(name) + " is refused",
                                    std::string{refused->instead});
    std::string hint = did_you_mean(name, {"default_server", "backlog", "ipv6only", "reuseport", "deferred"});
    if (hint.empty()) hint = "there are default_server, backlog=number, ipv6only=on|off, reuseport and deferred=on|off";
    build.report.error(option, "listen: unknown option " + quoted(option.text), std::move(hint));
}

void read_option(const Directive& directive, const Token& option, Listen& listen, Build& build) {
    const std::size_t equals = std::min(option.text.find('='), option.text.size());
    const std::string_view name = std::string_view{option.text}.substr(0, equals);
    const std::string_view value = std::string_view{option.text}.substr(std::min(equals + 1, option.text.size()));
    if (option.text == "default_server" || option.text == "default") {
        listen.default_server = true;
        return;
    }
    listen.options_given = true;
    if (option.text == "reuseport")
        listen.options.reuse_port = true;
    else if (name == "deferred")
        set_deferred(directive, option, value, listen, build);
    else if (name == "backlog")
        set_backlog(directive, option, value, listen, build);
    else if (name == "ipv6only")
        set_ipv6only(directive, option, value, listen, build);
    else
        refuse_option(option, name, build);
}

void set_listen(const Directive& directive, Level& level, Build& build) {
    const Token& address = directive.arguments.front();
    if (refuse_variable(directive, address, build)) return;
    auto endpoint = checked(parse_endpoint(address.text), directive, address, build);
    if (!endpoint) return;
    Listen listen;
    listen.endpoint = std::move(*endpoint);
    listen.at = &address;
    for (std::size_t i = 1; i < directive.arguments.size(); ++i)
        read_option(directive, directive.arguments[i], listen, build);
    const auto earlier = std::ranges::find(level.listens, listen.endpoint, &Listen::endpoint);
    if (earlier != level.listens.end())
        return build.report.error(address,
                                  "this server listens on " + listen.endpoint.to_string() + " already, by line " +
                                      std::to_string(earlier->at->line),
                                  "take one of the two out");
    level.listens.push_back(std::move(listen));
}

// ~^www\d+\.example\.org$: hosts are compared in lower case, whatever case the expression is written in.
void add_name_pattern(const Directive& directive, const Token& token, Level& level, Build& build) {
    const std::string_view expression = std::string_view{token.text}.substr(1);
    auto pattern = read_pattern(expression, base::Regex::Case::blind, directive, token, build);
    if (!pattern) return;
    level.names.emplace_back(ServerName{ServerName::Kind::regex, std::string{expression},
                                        std::make_shared<const Pattern>(std::move(*pattern))},
                             &token);
}

void set_server_name(const Directive& directive, Level& level, Build& build) {
    for (const Token& token : directive.arguments) {
        if (token.text.starts_with('~')) {
            add_name_pattern(directive, token, level, build);
            continue;
        }
        if (token.text == "$hostname") {
            level.names.emplace_back(ServerName{ServerName::Kind::exact, name_of_this_machine(), nullptr}, &token);
            continue;
        }
        auto names = checked(parse_server_name(token.text), directive, token, build);
        if (!names) continue;
        for (ServerName& name : *names) level.names.emplace_back(std::move(name), &token);
    }
}

constexpr std::array<DirectiveRow, 2> rows{{
    {
        .name = "listen",
        .contexts = {server},
        .most = any_number,
        .repeat = Repeat::allowed,
        .set = set_listen,
        .syntax = "listen port | address[:port] | *:port | [ipv6][:port] | unix:/path [default_server] "
                  "[backlog=number] [ipv6only=on|off] [reuseport] [deferred=on|off];",
        .default_text = "listen *:80;  (*:8000 for a server that root did not start)",
        .doc = "An address of this server; several lines give it several. A port alone means every IPv4 address of "
               "the machine, an address alone port 80, localhost is 127.0.0.1, and port 0 lets the kernel choose. "
               "Servers may share an address: default_server marks the one for requests whose Host fits none, else "
               "it is the first. The other options concern the socket; where servers share it, they are given once, "
               "or equal. A connection is taken when its first bytes are there (deferred, TCP_DEFER_ACCEPT), or a "
               "second after it was made; deferred=off takes it at once.",
        .example = "listen 127.0.0.1:8080 default_server;",
    },
    {
        .name = "server_name",
        .contexts = {server},
        .most = any_number,
        .repeat = Repeat::allowed,
        .set = set_server_name,
        .syntax = "server_name name ...;",
        .default_text = "server_name \"\";",
        .doc = "The hosts this server answers for: an exact name, *.example.org for all names below it, .example.org "
               "for both, www.example.* for any end, \"\" for requests that name no host. Exact names win over *. at "
               "the front, and these over .* at the end; the longest wins. Regular expressions (~) are not supported "
               "yet.",
        .example = "server_name example.org *.example.org;",
    },
}};

}  // namespace

std::span<const DirectiveRow> listen_directives() { return rows; }

}  // namespace config

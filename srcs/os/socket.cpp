#include "os/socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/ascii.hpp"

namespace os {

namespace {

std::string cure_for_bind(int code, const Endpoint& endpoint) {
    switch (code) {
        case EACCES:
            return endpoint.family() == Endpoint::Family::unix_path
                       ? "; the folder must be writable for this user"
                       : "; ports under 1024 need root or CAP_NET_BIND_SERVICE";
        case EADDRINUSE:
            return "; another process listens there (`ss -ltnp` shows which): stop it or choose another port";
        case EADDRNOTAVAIL: return "; no interface of this machine has this address (`ip address` lists them)";
        case EAFNOSUPPORT: return "; this machine has no IPv6: remove this listen";
        default: return "";
    }
}

base::Error bind_error(std::string_view action, const Endpoint& endpoint) {
    const int code = errno;
    base::Error error = base::Error::from_code(code, action, endpoint.to_string());
    error.message += cure_for_bind(code, endpoint);
    return error;
}

// A socket file outlives its server; bind would fail for ever. Only one that nobody answers on is taken away.
void remove_stale_socket(const Endpoint& endpoint, const sockaddr_storage& address, socklen_t length) {
    struct stat status {};
    if (::lstat(endpoint.path().c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
    UniqueFd probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    const bool refused =
        ::connect(probe.fd(), reinterpret_cast<const sockaddr*>(&address), length) != 0 && errno == ECONNREFUSED;
    if (refused) ::unlink(endpoint.path().c_str());
}

bool set_flag(int socket, int level, int option, int value) {
    return ::setsockopt(socket, level, option, &value, sizeof value) == 0;
}

base::Result<void> set_options(int socket, const Endpoint& endpoint, const ListenOptions& options) {
    if (endpoint.family() == Endpoint::Family::unix_path) return {};
    bool done = set_flag(socket, SOL_SOCKET, SO_REUSEADDR, 1);
    // Accepted sockets inherit it: an answer is one send, it must not wait for the ACK of the one before (RFC 896).
    done = done && set_flag(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    if (options.deferred) done = done && set_flag(socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, 1);
    if (options.reuse_port) done = done && set_flag(socket, SOL_SOCKET, SO_REUSEPORT, 1);
    if (endpoint.family() == Endpoint::Family::ipv6) {
        done = done && set_flag(socket, IPPROTO_IPV6, IPV6_V6ONLY, options.ipv6_only ? 1 : 0);
    }
    if (!done) return bind_error("set socket options for", endpoint);
    return {};
}

int address_family(const Endpoint& endpoint) {
    switch (endpoint.family()) {
        case Endpoint::Family::ipv4: return AF_INET;
        case Endpoint::Family::ipv6: return AF_INET6;
        case Endpoint::Family::unix_path: break;
    }
    return AF_UNIX;
}

// Who waited has gone, or his network has: accept(2) wants all of these to be treated like EAGAIN.
bool means_nobody(int code) {
    constexpr std::array codes{EAGAIN,    ECONNABORTED, EINTR,        EPROTO,     ENETDOWN,   ENOPROTOOPT,
                               EHOSTDOWN, ENONET,       EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH};
    return std::ranges::find(codes, code) != codes.end();
}

}  // namespace

Endpoint Endpoint::ipv4(std::array<std::uint8_t, 4> address, std::uint16_t port) {
    Endpoint endpoint;
    endpoint.port_ = port;
    std::ranges::copy(address, endpoint.address_.begin());
    return endpoint;
}

Endpoint Endpoint::ipv6(std::array<std::uint8_t, 16> address, std::uint16_t port) {
    Endpoint endpoint;
    endpoint.family_ = Family::ipv6;
    endpoint.port_ = port;
    endpoint.address_ = address;
    return endpoint;
}

Endpoint Endpoint::unix_socket(std::string path) {
    Endpoint endpoint;
    endpoint.family_ = Family::unix_path;
    endpoint.path_ = std::move(path);
    return endpoint;
}

base::Result<Endpoint> Endpoint::parse(const std::string& address, std::uint16_t port) {
    Endpoint endpoint;
    endpoint.port_ = port;
    if (::inet_pton(AF_INET, address.c_str(), endpoint.address_.data()) == 1) return endpoint;
    endpoint.family_ = Family::ipv6;
    if (::inet_pton(AF_INET6, address.c_str(), endpoint.address_.data()) == 1) return endpoint;
    return base::Error{"\"" + address + "\" is neither an IPv4 nor an IPv6 address"};
}

Endpoint Endpoint::from_kernel(const sockaddr_storage& address, socklen_t length) {
    Endpoint endpoint;
    if (address.ss_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, &address, sizeof in);
        endpoint.port_ = ntohs(in.sin_port);
        std::memcpy(endpoint.address_.data(), &in.sin_addr, 4);
    } else if (address.ss_family == AF_INET6) {
        sockaddr_in6 in{};
        std::memcpy(&in, &address, sizeof in);
        endpoint.port_ = ntohs(in.sin6_port);
        if (IN6_IS_ADDR_V4MAPPED(&in.sin6_addr)) {
            std::memcpy(endpoint.address_.data(), &in.sin6_addr.s6_addr[12], 4);
        } else {
            endpoint.family_ = Family::ipv6;
            std::memcpy(endpoint.address_.data(), &in.sin6_addr, 16);
        }
    } else {
        endpoint.family_ = Family::unix_path;
        sockaddr_un un{};
        std::memcpy(&un, &address, sizeof un);
        const std::size_t path_offset = offsetof(sockaddr_un, sun_path);
        // A client that didn't bind has no name: the kernel then gives the family alone (unix(7)).
        if (length > path_offset && un.sun_path[0] != '\0')
            endpoint.path_.assign(un.sun_path, ::strnlen(un.sun_path, length - path_offset));
    }
    return endpoint;
}

bool Endpoint::is_wildcard() const {
    return family_ != Family::unix_path && std::ranges::all_of(address_, [](std::uint8_t byte) { return byte == 0; });
}

std::string Endpoint::address_text() const {
    std::string text;
    append_address(text);
    return text;
}

std::string_view Endpoint::address_bytes() const {
    const std::size_t size = family_ == Family::ipv4 ? 4 : family_ == Family::ipv6 ? address_.size() : 0;
    return {reinterpret_cast<const char*>(address_.data()), size};
}

void Endpoint::append_address(std::string& out) const {
    switch (family_) {
        case Family::ipv4:
            // Each line of an access log has one: inet_ntop would go through printf.
            for (std::size_t i = 0; i < 4; ++i) {
                if (i > 0) out.push_back('.');
                base::append_number(out, address_[i]);
            }
            return;
        case Family::ipv6: {
            std::array<char, INET6_ADDRSTRLEN> text{};
            ::inet_ntop(AF_INET6, address_.data(), text.data(), text.size());
            out.append(text.data());
            return;
        }
        case Family::unix_path: out.append("unix:"); return;
    }
}

std::string Endpoint::to_string() const {
    switch (family_) {
        case Family::ipv4: return address_text() + ":" + std::to_string(port_);
        case Family::ipv6: return "[" + address_text() + "]:" + std::to_string(port_);
        case Family::unix_path: break;
    }
    return "unix:" + path_;
}

socklen_t Endpoint::to_kernel(sockaddr_storage& out) const {
    out = {};
    if (family_ == Family::ipv4) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = htons(port_);
        std::memcpy(&in.sin_addr, address_.data(), 4);
        std::memcpy(&out, &in, sizeof in);
        return sizeof in;
    }
    if (family_ == Family::ipv6) {
        sockaddr_in6 in{};
        in.sin6_family = AF_INET6;
        in.sin6_port = htons(port_);
        std::memcpy(&in.sin6_addr, address_.data(), 16);
        std::memcpy(&out, &in, sizeof in);
        return sizeof in;
    }
    sockaddr_un un{};
    un.sun_family = AF_UNIX;
    const std::size_t length = std::min(path_.size(), sizeof un.sun_path - 1);
    std::memcpy(un.sun_path, path_.data(), length);
    std::memcpy(&out, &un, sizeof un);
    return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length + 1);
}

namespace {

base::Result<UniqueFd> bound_socket(const Endpoint& endpoint, const ListenOptions& options) {
    UniqueFd socket{::socket(address_family(endpoint), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!socket) return bind_error("open a socket for", endpoint);
    if (auto set = set_options(socket.fd(), endpoint, options); !set) return set.error();
    sockaddr_storage address{};
    const socklen_t length = endpoint.to_kernel(address);
    if (endpoint.family() == Endpoint::Family::unix_path) remove_stale_socket(endpoint, address, length);
    if (::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&address), length) != 0)
        return bind_error("bind", endpoint);
    return socket;
}

}  // namespace

base::Result<void> check_unused(const Endpoint& endpoint, const ListenOptions& options) {
    ListenOptions alone = options;
    alone.reuse_port = false;
    const base::Result<UniqueFd> socket = bound_socket(endpoint, alone);
    if (!socket) return socket.error();
    return {};
}

base::Result<UniqueFd> listen_on(const Endpoint& endpoint, const ListenOptions& options) {
    base::Result<UniqueFd> bound = bound_socket(endpoint, options);
    if (!bound) return bound.error();
    UniqueFd socket = std::move(bound).value();
    // As nginx does: who may connect is decided by the folder's mode, not by our umask.
    if (endpoint.family() == Endpoint::Family::unix_path && ::chmod(endpoint.path().c_str(), 0666) != 0) {
        return bind_error("set the mode of", endpoint);
    }
    if (::listen(socket.fd(), options.backlog) != 0) return bind_error("listen on", endpoint);
    return socket;
}

base::Result<UniqueFd> duplicate(const UniqueFd& socket) {
    UniqueFd copy{::fcntl(socket.fd(), F_DUPFD_CLOEXEC, 3)};
    if (!copy) return base::Error::from_errno("duplicate", "a socket");
    return copy;
}

void stop_deferring(int listening_socket) {
    set_flag(listening_socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, 0);  // fails for a unix-domain socket, which never does
}

bool somebody_is_on_the_way(std::span<const std::uint16_t> ports) {
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    constexpr unsigned syn_received = 3;  // TCP_SYN_RECV (include/net/tcp_states.h)
    for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        const std::unique_ptr<std::FILE, Close> file{std::fopen(table, "re")};
        if (!file) continue;
        std::array<char, 512> line{};
        while (std::fgets(line.data(), line.size(), file.get()) != nullptr) {
            // sl: address:port address:port state ...
            unsigned port = 0;
            unsigned state = 0;
            const int read = std::sscanf(line.data(), " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x", &port, &state);
            if (read == 2 && state == syn_received && std::ranges::find(ports, port) != ports.end()) return true;
        }
    }
    return false;
}

Endpoint local_endpoint(int socket) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0) return {};
    return Endpoint::from_kernel(address, length);
}

Accepted accept_from(int listening_socket) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    Accepted result;
    result.socket = UniqueFd{
        ::accept4(listening_socket, reinterpret_cast<sockaddr*>(&address), &length, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (result.socket) {
        result.outcome = Accepted::Outcome::accepted;
        result.peer = Endpoint::from_kernel(address, length);
    } else if (!means_nobody(errno)) {
        result.outcome = Accepted::Outcome::failed;
        result.code = errno;
    }
    return result;
}

}  // namespace os

// Stream sockets: addresses as values, listening, accepting. Every descriptor is CLOEXEC and non-blocking from its
// first moment.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace os {

// An IPv4 or IPv6 address with a port, or the path of a unix-domain socket.
class Endpoint {
public:
    enum class Family : std::uint8_t { ipv4, ipv6, unix_path };

    Endpoint() = default;  // 0.0.0.0:0
    static Endpoint ipv4(std::array<std::uint8_t, 4> address, std::uint16_t port);
    static Endpoint ipv6(std::array<std::uint8_t, 16> address, std::uint16_t port);
    static Endpoint unix_socket(std::string path);  // empty: an unnamed peer

    // A literal address, never a name: "127.0.0.1", "::1" (without brackets). An Error names the text.
    static base::Result<Endpoint> parse(const std::string& address, std::uint16_t port);
    static Endpoint from_kernel(const sockaddr_storage& address, socklen_t length);

    Family family() const { return family_; }
    std::uint16_t port() const { return port_; }  // 0 for a unix-domain socket
    void set_port(std::uint16_t port) { port_ = port; }
    bool is_wildcard() const;  // 0.0.0.0 or [::]
    const std::string& path() const { return path_; }
    // In network order, 4 or 16 bytes, none for a unix-domain socket. An IPv4 address that came mapped into IPv6 is one
    // of IPv4.
    std::span<const std::uint8_t> address() const {
        constexpr std::array<std::size_t, 3> sizes{4, 16, 0};
        return {address_.data(), sizes[static_cast<std::size_t>(family_)]};
    }

    // "127.0.0.1", "::1", "unix:" for a unix-domain socket, as nginx logs it.
    std::string address_text() const;
    void append_address(std::string& out) const;
    // 4 or 16 bytes in network order; none for a unix-domain socket. Views this object.
    std::string_view address_bytes() const;
    std::string to_string() const;  // "127.0.0.1:80", "[::1]:80", "unix:/run/webserv.sock"

    // The kernel's form, its length as the result. A path must be shorter than sockaddr_un::sun_path.
    socklen_t to_kernel(sockaddr_storage& out) const;

    friend bool operator==(const Endpoint&, const Endpoint&) = default;

private:
    Family family_ = Family::ipv4;
    std::uint16_t port_ = 0;
    std::array<std::uint8_t, 16> address_{};  // network order; IPv4 uses the first four
    std::string path_;
};

struct ListenOptions {
    int backlog = 4096;       // connections; the kernel cuts it to net.core.somaxconn
    bool ipv6_only = true;    // an IPv6 wildcard doesn't take IPv4 connections (ipv6(7) IPV6_V6ONLY)
    bool reuse_port = false;  // SO_REUSEPORT
    bool deferred = true;     // accepted once the first bytes are there, or after a second (tcp(7) TCP_DEFER_ACCEPT)
    friend bool operator==(const ListenOptions&, const ListenOptions&) = default;
};

// socket, bind, listen. A stale unix-domain socket that nobody listens on any more is replaced. The error says what
// to do.
base::Result<UniqueFd> listen_on(const Endpoint& endpoint, const ListenOptions& options);

// Whether nobody listens there: with SO_REUSEPORT, listen_on() would silently share the address with another process
// of the same user.
base::Result<void> check_unused(const Endpoint& endpoint, const ListenOptions& options);

// Another descriptor of the same socket.
base::Result<UniqueFd> duplicate(const UniqueFd& socket);

// From here on connections are accepted as soon as they are made.
void stop_deferring(int listening_socket);

// Whether somebody believes himself connected to one of these ports whom accept_from() doesn't see yet: the first bytes
// are still on their way (TCP_DEFER_ACCEPT), or the handshake is. Read from /proc/net; false where there is none.
bool somebody_is_on_the_way(std::span<const std::uint16_t> ports);

// Where a listening socket really is: tells the port that the kernel chose for port 0.
Endpoint local_endpoint(int socket);

struct Accepted {
    enum class Outcome {
        accepted,
        none,    // nobody waits, or who waited has gone
        failed,  // EMFILE, ENFILE, ENOBUFS, ENOMEM, EPERM...: trying again at once would fail again
    };
    Outcome outcome = Outcome::none;
    UniqueFd socket;
    Endpoint peer;
    int code = 0;  // errno of a failure
};

Accepted accept_from(int listening_socket);

}  // namespace os

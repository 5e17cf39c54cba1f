#include "os/interfaces.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

namespace os {

namespace {

// Only who shares the cable can use such an address, and an IPv6 one not without naming the interface.
bool is_link_local(const Endpoint& endpoint) {
    const std::string text = endpoint.address_text();
    return text.starts_with("169.254.") || text.starts_with("fe80:");
}

std::optional<Endpoint> endpoint_of(const ifaddrs& interface) {
    const bool usable = (interface.ifa_flags & IFF_UP) != 0 && (interface.ifa_flags & IFF_LOOPBACK) == 0;
    if (!usable || interface.ifa_addr == nullptr) return std::nullopt;
    const int family = interface.ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) return std::nullopt;
    const std::size_t length = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    sockaddr_storage address{};
    std::memcpy(&address, interface.ifa_addr, length);
    Endpoint endpoint = Endpoint::from_kernel(address, static_cast<socklen_t>(length));
    return is_link_local(endpoint) ? std::nullopt : std::optional{endpoint};
}

}  // namespace

std::vector<Endpoint> addresses_in_networks() {
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all{first, &::freeifaddrs};
    std::vector<Endpoint> endpoints;
    for (const ifaddrs* one = first; one != nullptr; one = one->ifa_next)
        if (auto endpoint = endpoint_of(*one)) endpoints.push_back(std::move(*endpoint));
    std::ranges::stable_sort(endpoints, {}, &Endpoint::family);
    return endpoints;
}

}  // namespace os

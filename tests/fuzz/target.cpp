// Any bytes as a request-target and as a host. What is accepted must be in its simplest form, and must survive being
// encoded and parsed again.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/ascii.hpp"
#include "http/target.hpp"

namespace {

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

void require_simple(const std::string& path, http::Slashes slashes) {
    require(path.starts_with('/'), "a path begins with a slash");
    require(path.find('\0') == std::string::npos, "a path holds no NUL");
    require(slashes == http::Slashes::kept || path.find("//") == std::string::npos, "a path holds no empty segment");
    require((path + "/").find("/./") == std::string::npos, "a path holds no dot segment");
    require((path + "/").find("/../") == std::string::npos, "a path holds no dot-dot segment");
}

void try_target(std::string_view text, http::Method method, http::Slashes slashes) {
    const auto parsed = http::parse_target(text, method, slashes);
    const auto* target = std::get_if<http::Target>(&parsed);
    if (!target) {
        require(std::get<http::Rejection>(parsed).status == http::Status::bad_request, "a bad target is a 400");
        return;
    }
    if (target->form == http::TargetForm::asterisk) require(method == http::Method::options, "OPTIONS alone has *");
    require((target->form == http::TargetForm::authority) == (method == http::Method::connect), "CONNECT and its form");
    if (target->form == http::TargetForm::authority || target->form == http::TargetForm::asterisk) return;
    require_simple(target->path, slashes);
    require(target->query.find_first_of(" \r\n#") == std::string_view::npos, "a query can stand in a field");

    const std::string encoded = http::encode_path_and_query(target->path, target->query, target->has_query);
    const auto again = http::parse_target(encoded, http::Method::get, slashes);
    const auto* same = std::get_if<http::Target>(&again);
    require(same != nullptr, "what was accepted is accepted again");
    require(same->path == target->path, "and means the same path");
    require(same->query == target->query && same->has_query == target->has_query, "and the same query");
}

void try_host(std::string_view text) {
    const auto parsed = http::parse_host(text);
    const auto* host = std::get_if<http::HostName>(&parsed);
    if (!host) return;
    require(host->name.find_first_of("/\\@ ?#") == std::string::npos, "a host has no separator in it");
    require(host->name.find("..") == std::string::npos && host->name != ".", "a host is no way up");
    require(host->name == base::lower_case(host->name), "a host is in lower case");
    require(host->port.empty() || base::parse_number<std::uint16_t>(host->port), "a port is a port");
    const auto again = http::parse_host(host->name);
    const auto* same = std::get_if<http::HostName>(&again);
    require(same != nullptr && same->name == host->name, "a host is its own simplest form");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::unique_ptr<char[]> copy{new char[size]};
    if (size > 0) std::memcpy(copy.get(), data, size);
    const std::string_view text{copy.get(), size};
    for (http::Method method : {http::Method::get, http::Method::options, http::Method::connect})
        for (http::Slashes slashes : {http::Slashes::merged, http::Slashes::kept}) try_target(text, method, slashes);
    try_host(text);
    return 0;
}

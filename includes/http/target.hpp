// The request-target (RFC 9112 3.2): its four forms, and the one place where percent-encoding, dot segments, repeated
// slashes and NUL are settled. What comes out as `path` needs no second look at any of these.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "http/registry.hpp"

namespace http {

enum class TargetForm : std::uint8_t { origin, absolute, authority, asterisk };

// What becomes of repeated slashes in a path: one, or they stay (nginx's merge_slashes off).
enum class Slashes : std::uint8_t { merged, kept };

struct Target {
    TargetForm form = TargetForm::origin;
    std::string_view authority;  // of absolute- and authority-form, else empty; views the input
    std::string_view query;      // without its `?`, as it was sent; views the input
    bool has_query = false;      // "/a?" has an empty query, "/a" has none
    std::string path;            // decoded, normalised, begins with `/`; asterisk-form: "*", authority-form: empty
};

// `text` must outlive the Target's views. Rejections, all 400: "target-form", "target-character", "target-nul",
// "target-percent-encoding", "target-above-root", "target-userinfo", "target-host-empty", "target-port-missing",
// "host-invalid". CONNECT takes authority-form and nothing else, OPTIONS alone takes asterisk-form (RFC 9112 3.2.3,
// 3.2.4). A `..` that would climb above `/` is refused, as nginx does. Decoding comes first, then repeated slashes
// become one unless they are kept, then dot segments go: `/a/%2e%2e/b` is `/b`, `%2F` is a slash. Between two kept
// slashes lies a segment that is empty, and a `..` behind it takes that one away: `/a//../b` is `/a/b`.
std::variant<Target, Rejection> parse_target(std::string_view text, Method method, Slashes slashes = Slashes::merged);

// The same into a Target that is used again and again, and whose path keeps its memory; nullopt: it is filled in.
std::optional<Rejection> parse_target(std::string_view text, Method method, Target& target,
                                      Slashes slashes = Slashes::merged);

// `path?query` that a relative redirect may carry: the path percent-encoded anew, the query as it was sent.
std::string encode_path_and_query(std::string_view path, std::string_view query, bool has_query);

// The host of a Host field or an authority, checked (RFC 3986 3.2.2) and split from its port.
struct HostName {
    std::string name;       // lower case, without a trailing dot, an IPv6 literal with its brackets; may be empty
    std::string_view port;  // digits, at most 65535, may be empty; views the input
};
std::variant<HostName, Rejection> parse_host(std::string_view text);

// The same into a string that keeps its memory; nullopt: both are filled in.
std::optional<Rejection> parse_host(std::string_view text, std::string& name, std::string_view& port);

}  // namespace http

#include "http/target.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace http {

namespace {

// Browsers send more than RFC 3986 allows (`|`, `"`, raw UTF-8); only what could be taken for the end of the target, or
// hide in a log or a response field, is refused. A fragment is never sent (RFC 9112 3.2.1).
constexpr base::ByteSet is_target_byte = base::ByteSet{"!\""}.insert_range('$', '~').insert_range('\x80', '\xFF');
static_assert(!is_target_byte['#'] && !is_target_byte[' '] && !is_target_byte['\x7F'] && is_target_byte['%']);

// Needs no second look while a path is read.
constexpr base::ByteSet is_plain_path_byte =
    base::ByteSet{"!\"$&'()*+,-."}.insert_range('0', '>').insert_range('@', '~').insert_range('\x80', '\xFF');
static_assert(!is_plain_path_byte['/'] && !is_plain_path_byte['%'] && !is_plain_path_byte['?']);

// unreserved and sub-delims (RFC 3986 2).
constexpr base::ByteSet is_reg_name_byte =
    base::ByteSet{"-._~!$&'()*+,;="}.insert_range('a', 'z').insert_range('A', 'Z').insert_range('0', '9');

using Fault = std::optional<Rejection>;

Fault bad(std::string_view slug) { return Rejection{Status::bad_request, slug}; }

// How far the path of `text` reaches, and whether it must be rewritten to be in its simplest form.
struct PathScan {
    std::size_t length = 0;
    bool plain = true;
};

PathScan scan_path(std::string_view text) {
    PathScan scan;
    std::size_t at = 0;
    while (true) {
        while (at < text.size() && is_plain_path_byte[text[at]]) ++at;
        if (at == text.size() || text[at] == '?') break;
        const char next = at + 1 < text.size() ? text[at + 1] : '\0';
        // `/.` may begin the name of a hidden file, which normalise() leaves as it is.
        if (text[at] != '/' || next == '/' || next == '.') scan.plain = false;
        ++at;
    }
    scan.length = at;
    return scan;
}

Fault decode_path(std::string_view text, std::string& path) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (!is_target_byte[c]) return bad("target-character");
        if (c == '%') {
            const int high = text.size() - i > 2 ? base::hex_value(text[i + 1]) : -1;
            const int low = text.size() - i > 2 ? base::hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0) return bad("target-percent-encoding");
            c = static_cast<char>(high * 16 + low);
            if (c == '\0') return bad("target-nul");
            i += 2;
        }
        path.push_back(c);
    }
    return std::nullopt;
}

// Removes `.`, `..` and, unless they are kept, empty segments in place (RFC 3986 5.2.4). What has been written always
// ends in a slash when a segment begins, so that a last `.` or `..` leaves the slash of its folder.
Fault normalise(std::string& path, Slashes slashes) {
    std::size_t written = 1;
    std::size_t read = 1;
    while (read < path.size()) {
        const std::size_t end = std::min(path.find('/', read), path.size());
        const std::string_view segment = std::string_view{path}.substr(read, end - read);
        if (segment == "..") {
            if (written == 1) return bad("target-above-root");
            written = path.rfind('/', written - 2) + 1;
        } else if (segment != "." && (slashes == Slashes::kept || !segment.empty())) {
            std::copy(path.begin() + static_cast<std::ptrdiff_t>(read), path.begin() + static_cast<std::ptrdiff_t>(end),
                      path.begin() + static_cast<std::ptrdiff_t>(written));
            written += segment.size();
            if (end < path.size()) path[written++] = '/';
        }
        read = end + 1;
    }
    path.resize(written);
    return std::nullopt;
}

// absolute-path [ "?" query ]; `text` begins with a slash.
Fault parse_origin(std::string_view text, Target& target, Slashes slashes) {
    const PathScan scan = scan_path(text);
    const std::string_view path = text.substr(0, scan.length);
    if (scan.plain) {
        target.path.assign(path);
    } else {
        if (const Fault fault = decode_path(path, target.path)) return fault;
        if (const Fault fault = normalise(target.path, slashes)) return fault;
    }
    if (scan.length == text.size()) return std::nullopt;
    target.has_query = true;
    target.query = text.substr(scan.length + 1);
    for (char c : target.query)
        if (!is_target_byte[c]) return bad("target-character");
    return std::nullopt;
}

// Length of "http://" or "https://" at the beginning of `text`, 0 when neither is there.
std::size_t scheme_length(std::string_view text) {
    for (std::string_view scheme : {"http://", "https://"})
        if (base::equals_ignoring_case(text.substr(0, scheme.size()), scheme)) return scheme.size();
    return 0;
}

// Userinfo is refused: a deprecated way to hide the true host from a reader (RFC 9110 4.2.4).
Fault check_authority(std::string_view authority) {
    if (authority.find('@') != std::string_view::npos) return bad("target-userinfo");
    const auto host = parse_host(authority);
    if (const Rejection* rejection = std::get_if<Rejection>(&host)) return *rejection;
    if (std::get<HostName>(host).name.empty()) return bad("target-host-empty");
    return std::nullopt;
}

Fault parse_absolute(std::string_view text, std::size_t scheme, Target& target, Slashes slashes) {
    target.form = TargetForm::absolute;
    const std::string_view rest = text.substr(scheme);
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    target.authority = rest.substr(0, end);
    if (const Fault fault = check_authority(target.authority)) return fault;
    if (end < rest.size() && rest[end] == '/') return parse_origin(rest.substr(end), target, slashes);
    const Fault fault = parse_origin(rest.substr(end), target, slashes);
    target.path = "/";  // an empty path is the root's (RFC 9110 4.2.3)
    return fault;
}

Fault parse_authority_form(std::string_view text, Target& target) {
    target.form = TargetForm::authority;
    target.authority = text;
    if (const Fault fault = check_authority(text)) return fault;
    // There is no default port to fall back on (RFC 9110 9.3.6).
    const std::size_t colon = text.rfind(':');
    const bool in_literal = colon != std::string_view::npos && text.find(']', colon) != std::string_view::npos;
    if (colon == std::string_view::npos || in_literal || colon + 1 == text.size()) return bad("target-port-missing");
    return std::nullopt;
}

// What stands between the brackets of an IP-literal (RFC 3986 3.2.2), in lower case.
bool is_ip_literal(std::string_view inside) {
    if (inside.starts_with('v')) {
        const std::size_t dot = inside.find('.');
        if (dot == std::string_view::npos || dot < 2 || dot + 1 == inside.size()) return false;
        const auto is_hex = [](char c) { return base::hex_value(c) >= 0; };
        const auto is_address_byte = [](char c) { return is_reg_name_byte[c] || c == ':'; };
        return inside.find("..") == std::string_view::npos && std::ranges::all_of(inside.substr(1, dot - 1), is_hex) &&
               std::ranges::all_of(inside.substr(dot + 1), is_address_byte);
    }
    std::array<char, INET6_ADDRSTRLEN> text{};  // inet_pton wants a NUL behind the text
    if (inside.size() >= text.size() || inside.find('\0') != std::string_view::npos) return false;
    std::ranges::copy(inside, text.begin());
    in6_addr address;
    return ::inet_pton(AF_INET6, text.data(), &address) == 1;
}

bool is_percent_encoded(std::string_view text) {
    return text.size() >= 3 && base::hex_value(text[1]) >= 0 && base::hex_value(text[2]) >= 0;
}

// Checks a reg-name and makes it lower case, in one pass: this runs for each request. A host may become part of a path,
// so that empty labels are refused, although RFC 3986 has them; nginx refuses them too.
bool fold_reg_name(std::string& name) {
    char before = '\0';
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        if (!is_reg_name_byte[c] && !(c == '%' && is_percent_encoded(std::string_view{name}.substr(i)))) return false;
        if (c == '.' && before == '.') return false;
        name[i] = base::to_lower(c);
        before = c;
    }
    return name != ".";
}

bool fold_ip_literal(std::string& name) {
    std::ranges::transform(name, name.begin(), base::to_lower);
    return is_ip_literal(std::string_view{name}.substr(1, name.size() - 2));
}

bool is_port(std::string_view port) { return port.empty() || base::parse_number<std::uint16_t>(port).has_value(); }

}  // namespace

std::optional<Rejection> parse_target(std::string_view text, Method method, Target& target, Slashes slashes) {
    target.form = TargetForm::origin;
    target.authority = {};
    target.query = {};
    target.has_query = false;
    target.path.clear();
    if (method == Method::connect) return parse_authority_form(text, target);
    if (text.starts_with('/')) return parse_origin(text, target, slashes);
    if (text == "*" && method == Method::options) {
        target.form = TargetForm::asterisk;
        target.path = "*";
        return std::nullopt;
    }
    if (const std::size_t scheme = scheme_length(text)) return parse_absolute(text, scheme, target, slashes);
    return bad("target-form");
}

std::variant<Target, Rejection> parse_target(std::string_view text, Method method, Slashes slashes) {
    Target target;
    if (const Fault fault = parse_target(text, method, target, slashes)) return *fault;
    return target;
}

std::string encode_path_and_query(std::string_view path, std::string_view query, bool has_query) {
    std::string out = base::percent_encode_path(path);
    if (has_query) out.append("?").append(query);
    return out;
}

std::optional<Rejection> parse_host(std::string_view text, std::string& name, std::string_view& port) {
    const bool literal = text.starts_with('[');
    const std::size_t bracket = literal ? text.find(']') : 0;
    if (bracket == std::string_view::npos) return bad("host-invalid");
    const std::size_t colon = std::min(text.find(':', bracket), text.size());
    const std::string_view host = text.substr(0, colon);
    port = text.substr(std::min(colon + 1, text.size()));
    name.assign(host);
    const bool sound = literal ? colon == bracket + 1 && fold_ip_literal(name) : fold_reg_name(name);
    if (!sound || !is_port(port)) {
        name.clear();
        return bad("host-invalid");
    }
    if (name.ends_with('.')) name.pop_back();
    return std::nullopt;
}

std::variant<HostName, Rejection> parse_host(std::string_view text) {
    HostName host;
    if (const Fault fault = parse_host(text, host.name, host.port)) return *fault;
    return host;
}

}  // namespace http

#include "http/request_parser.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "base/ascii.hpp"
#include "http/usual_head.hpp"

namespace http {

namespace {

using Fault = std::optional<Rejection>;

Fault bad(std::string_view slug) { return Rejection{Status::bad_request, slug}; }

constexpr char tls_handshake_record = '\x16';  // first byte of a ClientHello (RFC 8446 5.1)

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// HTTP-version (RFC 9112 2.3): exactly "HTTP/" DIGIT "." DIGIT, case-sensitive.
Fault read_version(std::string_view text, Version& version) {
    if (text.size() != 8 || !text.starts_with("HTTP/") || !base::is_digit(text[5]) || text[6] != '.' ||
        !base::is_digit(text[7])) {
        return bad("version-syntax");
    }
    if (text[5] != '1') return Rejection{Status::http_version_not_supported, "version-unsupported"};
    version = text[7] == '0' ? Version::http_1_0 : Version::http_1_1;
    return std::nullopt;
}

Fault read_target(std::string_view text, Slashes slashes, RequestHead& head) {
    head.target_slice = {static_cast<std::uint32_t>(text.data() - head.base), static_cast<std::uint32_t>(text.size())};
    Target target;
    target.path = std::move(head.path);  // there and back, to keep its memory
    const Fault fault = parse_target(text, head.method, target, slashes);
    head.path = std::move(target.path);
    if (fault) return fault;
    head.form = target.form;
    head.has_query = target.has_query;
    if (target.has_query) {
        head.query_slice = {static_cast<std::uint32_t>(target.query.data() - head.base),
                            static_cast<std::uint32_t>(target.query.size())};
    }
    std::string_view port;
    return target.authority.empty() ? std::nullopt : parse_host(target.authority, head.host, port);
}

// request-line = method SP request-target SP HTTP-version (RFC 9112 3). The version is judged before the method's name
// is: a line of another protocol generation says so by its version.
Fault read_request_line(Slashes slashes, RequestHead& head) {
    const std::string_view line = head.request_line();
    std::size_t method_size = 0;
    while (method_size < line.size() && is_tchar[line[method_size]]) ++method_size;
    if (method_size == line.size()) return bad("target-missing");
    if (line[method_size] != ' ') return bad("method-syntax");

    const std::string_view rest = line.substr(method_size + 1);
    const std::size_t space = rest.find(' ');
    if (space == 0 || rest.empty()) return bad("target-missing");
    if (space == std::string_view::npos) return bad("version-missing");
    if (const Fault fault = read_version(rest.substr(space + 1), head.version)) return fault;

    const std::optional<Method> method = find_method(line.substr(0, method_size));
    if (!method) return Rejection{Status::not_implemented, "method-unknown"};
    head.method = *method;
    return read_target(rest.substr(0, space), slashes, head);
}

// Why a line whose first `name_size` bytes are a token, and nothing more, is no field line.
Fault name_fault(std::string_view line, std::size_t name_size, bool first_line) {
    if (is_blank(line[0])) return bad(first_line ? "whitespace-before-fields" : "obs-fold");
    if (line[0] == ':') return bad("field-name-empty");
    if (line.find(':') == std::string_view::npos) return bad("field-colon-missing");
    while (is_blank(line[name_size])) ++name_size;  // ends at the colon at the latest
    return bad(line[name_size] == ':' ? "field-name-whitespace" : "field-name-character");
}

// field-line = field-name ":" OWS field-value OWS (RFC 9112 5). `line` is not empty.
Fault read_field_line(std::string_view line, RequestHead& head) {
    const std::size_t size = line.size();
    std::size_t name_size = 0;
    while (name_size < size && is_tchar[line[name_size]]) ++name_size;
    if (name_size == 0 || name_size == size || line[name_size] != ':')
        return name_fault(line, name_size, head.fields.size() == 0);
    std::size_t begin = name_size + 1;
    std::size_t end = size;
    while (begin < end && is_blank(line[begin])) ++begin;
    while (end > begin && is_blank(line[end - 1])) --end;
    if (!is_field_value(line.substr(begin, end - begin))) return bad("field-value-character");
    if (head.fields.size() == Fields::max_lines)
        return Rejection{Status::request_header_fields_too_large, "head-too-long"};
    const auto at = static_cast<std::uint32_t>(line.data() - head.base);
    head.fields.add(find_field_name(line.substr(0, name_size)), {at, static_cast<std::uint32_t>(name_size)},
                    {static_cast<std::uint32_t>(at + begin), static_cast<std::uint32_t>(end - begin)});
    return std::nullopt;
}

// A Host that another reader could take for another one is refused, even where an authority in the request-target makes
// it meaningless (RFC 9112 3.2).
Fault settle_host(RequestHead& head) {
    const unsigned count = head.fields.count(FieldName::host);
    if (count > 1) return bad("host-repeated");
    if (count == 0) return head.version == Version::http_1_0 ? std::nullopt : bad("host-missing");
    std::string_view port;
    if (head.form == TargetForm::origin || head.form == TargetForm::asterisk)
        return parse_host(*head.fields.first(FieldName::host), head.host, port);
    std::string unused;
    return parse_host(*head.fields.first(FieldName::host), unused, port);
}

}  // namespace

void RequestParser::start(const HeadLimits& limits) {
    limits_ = limits;
    // Positions in a head are 32 bits wide.
    limits_.head = std::min<std::size_t>(limits_.head, std::numeric_limits<std::uint32_t>::max());
    rejection_ = {};
    position_ = 0;
    scanned_ = 0;
    expecting_ = Expecting::request_line;
    started_ = false;
}

RequestParser::Verdict RequestParser::feed(std::string_view input, RequestHead& head) {
    if (!rejection_.slug.empty()) return Verdict::rejected;
    head.bind(input.data());
    // Nothing behind the limit is looked at, so that the verdict doesn't depend on how much arrived at once.
    const std::string_view window = input.substr(0, limits_.head);
    Verdict verdict = started_ ? Verdict::complete : skip_empty_lines(window);
    while (verdict == Verdict::complete && expecting_ != Expecting::nothing) {
        take_usual_lines(window, head);
        if (expecting_ != Expecting::nothing) verdict = read_line(window, head);
    }
    if (verdict == Verdict::need_more && input.size() >= limits_.head)
        return reject(Status::request_header_fields_too_large, "head-too-long");
    return verdict;
}

// `complete`: the request-line begins at position_, with a byte that can begin a method. What can't is refused at once:
// it belongs to another protocol, which may never send a line feed.
RequestParser::Verdict RequestParser::skip_empty_lines(std::string_view window) {
    for (; position_ < window.size(); ++position_) {
        const char c = window[position_];
        if (c == '\r') {
            if (position_ + 1 == window.size()) return Verdict::need_more;
            if (window[++position_] != '\n') return reject(Status::bad_request, "bare-cr");
        } else if (c == '\n') {
            if (limits_.strict_lines) return reject(Status::bad_request, "bare-lf");
        } else {
            started_ = true;
            scanned_ = position_;
            if (c == tls_handshake_record) return reject(Status::bad_request, "tls-on-plain-port");
            return is_tchar[c] ? Verdict::complete : reject(Status::bad_request, "method-syntax");
        }
    }
    return Verdict::need_more;
}

// Lines of which a part was seen before are left to read_line(): nothing is looked at again and again.
void RequestParser::take_usual_lines(std::string_view window, RequestHead& head) {
    if (scanned_ != position_) return;
    const UsualHead usual{window, position_, limits_.line};
    if (expecting_ == Expecting::request_line) {
        const std::size_t end = usual.take_request_line(position_, head);
        if (end == position_) return;
        position_ = end;
        expecting_ = Expecting::field_line;
    }
    position_ = usual.take_field_lines(position_, head);
    if (usual.take_end(position_, head)) {
        position_ += 2;
        expecting_ = Expecting::nothing;
    }
    scanned_ = position_;
}

// `complete`: the line that began at position_ was read, and position_ is behind it.
RequestParser::Verdict RequestParser::read_line(std::string_view window, RequestHead& head) {
    const std::size_t line_feed = window.find('\n', scanned_);
    const bool ended = line_feed != std::string_view::npos;
    const std::size_t end = ended ? line_feed : window.size();
    // The last byte of what is here may yet turn out to belong to a line end.
    const bool carriage_return = end > position_ && window[end - 1] == '\r';
    const std::size_t length = end - position_ - (carriage_return ? 1 : 0);
    if (length > limits_.line) return reject_long_line(head);
    if (!ended) {
        scanned_ = end;
        return Verdict::need_more;
    }
    if (limits_.strict_lines && !carriage_return) return reject(Status::bad_request, "bare-lf");
    if (const Fault fault = judge(window.substr(position_, length), head)) {
        // Only a line end may hold a CR (RFC 9112 2.2); no grammar rule has one, so that all of them fail on it.
        const bool bare_cr = window.substr(position_, length).find('\r') != std::string_view::npos;
        return bare_cr ? reject(Status::bad_request, "bare-cr") : reject(fault->status, fault->slug);
    }
    position_ = scanned_ = end + 1;
    return Verdict::complete;
}

std::optional<Rejection> RequestParser::judge(std::string_view line, RequestHead& head) {
    if (expecting_ == Expecting::request_line) {
        head.request_line_slice = {static_cast<std::uint32_t>(position_), static_cast<std::uint32_t>(line.size())};
        expecting_ = Expecting::field_line;
        return read_request_line(limits_.slashes, head);
    }
    if (!line.empty()) return read_field_line(line, head);
    expecting_ = Expecting::nothing;
    return settle_host(head);
}

RequestParser::Verdict RequestParser::reject_long_line(RequestHead& head) {
    if (expecting_ == Expecting::field_line)
        return reject(Status::request_header_fields_too_large, "field-line-too-long");
    head.request_line_slice = {static_cast<std::uint32_t>(position_), static_cast<std::uint32_t>(limits_.line)};
    return reject(Status::uri_too_long, "request-line-too-long");
}

RequestParser::Verdict RequestParser::reject(Status status, std::string_view slug) {
    rejection_ = {status, slug};
    return Verdict::rejected;
}

}  // namespace http

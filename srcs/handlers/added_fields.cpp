#include "handlers/added_fields.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "http/date.hpp"
#include "routing/variables.hpp"

namespace handlers {

namespace {

using config::AddedField;
using config::AddedFields;
using config::Expiry;

// The statuses that nginx adds fields to without being told `always`.
bool is_plain_answer(http::Status status) {
    switch (http::code_of(status)) {
        case 200:
        case 201:
        case 204:
        case 206:
        case 301:
        case 302:
        case 303:
        case 304:
        case 307:
        case 308: return true;
        default: return false;
    }
}

// A line within a text of lines.
struct Place {
    std::size_t begin;
    std::size_t value;
    std::size_t end;  // of the value, where its CRLF begins
};

std::optional<Place> find_line(std::string_view lines, std::string_view name) {
    for (std::size_t begin = 0; begin < lines.size();) {
        const std::size_t end = lines.find("\r\n", begin);
        const std::string_view line = lines.substr(begin, end - begin);
        if (line.size() > name.size() + 1 && line[name.size()] == ':' &&
            base::equals_ignoring_case(line.substr(0, name.size()), name))
            return Place{begin, begin + name.size() + 2, end};
        begin = end + 2;
    }
    return std::nullopt;
}

void put(std::string& lines, std::string_view name, std::string_view value) {
    const std::optional<Place> found = find_line(lines, name);
    if (!found) return http::append_line(lines, name, value);
    std::string line;
    http::append_line(line, name, value);
    lines.replace(found->begin, found->end + 2 - found->begin, line);
}

void take_away(std::string& lines, std::string_view name) {
    if (const auto found = find_line(lines, name)) lines.erase(found->begin, found->end + 2 - found->begin);
}

std::optional<std::time_t> last_modified(std::string_view lines, std::time_t now) {
    const std::optional<Place> found = find_line(lines, "Last-Modified");
    if (!found) return std::nullopt;
    return http::parse_http_date(lines.substr(found->value, found->end - found->value), now);
}

// The next moment at which it is so many seconds after midnight.
std::time_t next_time_of_day(std::int64_t seconds, std::time_t now) {
    std::tm local{};
    ::localtime_r(&now, &local);
    local.tm_hour = static_cast<int>(seconds / 3600);
    local.tm_min = static_cast<int>(seconds / 60 % 60);
    local.tm_sec = static_cast<int>(seconds % 60);
    std::tm same_day = local;
    const std::time_t today = ::mktime(&same_day);
    if (today > now) return today;
    ++local.tm_mday;
    return ::mktime(&local);
}

struct Freshness {
    std::time_t expires = 0;
    std::int64_t max_age = 0;  // seconds; negative: it is not to be used without asking
};

Freshness freshness_of(const Expiry& expiry, std::string_view lines, std::time_t now) {
    constexpr std::int64_t ten_years = 315'360'000;  // seconds
    constexpr std::time_t far_away = 2'145'916'555;  // 31 Dec 2037 23:55:55, as nginx has it
    switch (expiry.kind) {
        case Expiry::Kind::off: break;
        case Expiry::Kind::epoch: return {1, -1};
        case Expiry::Kind::max: return {far_away, ten_years};
        case Expiry::Kind::after_access: return {now + expiry.seconds, expiry.seconds};
        case Expiry::Kind::after_modification: {
            if (expiry.seconds == 0) return {now, 0};
            const std::optional<std::time_t> modified = last_modified(lines, now);
            if (!modified) return {now + expiry.seconds, expiry.seconds};
            const std::time_t expires = *modified + expiry.seconds;
            return {expires, expiry.seconds < 0 ? -1 : expires - now};
        }
        case Expiry::Kind::daily: {
            const std::time_t expires = next_time_of_day(expiry.seconds, now);
            return {expires, expires - now};
        }
    }
    return {};
}

// What the values of variables may ask of the answer so far.
routing::Reply reply_of(const Occasion& occasion, std::string_view lines) {
    return {.status = occasion.status, .fields = lines, .content_length = occasion.content_length, .persists = true};
}

Expiry expiry_of(const AddedFields& added, const routing::Reply& reply, const Request& request) {
    if (!added.expiry_text) return added.expiry;
    const bool modified = added.expiry.kind == Expiry::Kind::after_modification;
    const auto parsed = config::parse_expiry(routing::value_of(*added.expiry_text, request, &reply), modified);
    return parsed ? parsed.value() : Expiry{};
}

void add_expiry(std::string& lines, const AddedFields& added, const Occasion& occasion, const Request& request) {
    const Expiry expiry = expiry_of(added, reply_of(occasion, lines), request);
    if (expiry.kind == Expiry::Kind::off) return;
    const Freshness fresh = freshness_of(expiry, lines, occasion.now);
    const auto date = http::imf_fixdate(std::max<std::time_t>(fresh.expires, 0));
    put(lines, "Expires", {date.data(), date.size()});
    put(lines, "Cache-Control", fresh.max_age < 0 ? "no-cache" : "max-age=" + std::to_string(fresh.max_age));
}

bool has_cache_control(const AddedFields& added, const Occasion& occasion, const Request& request) {
    return occasion.has_file && !added.cache_control.empty() && is_usual(added, request);
}

// Several ranges: their type holds what parts them, and can't be another.
bool is_multipart(std::string_view lines) {
    const std::optional<Place> type = find_line(lines, "Content-Type");
    return type && lines.substr(type->value).starts_with("multipart/byteranges;");
}

void add_line(std::string& lines, const AddedField& field, const Occasion& occasion, const Request& request) {
    std::string value;
    const routing::Reply reply = reply_of(occasion, lines);
    routing::append(value, field.value, request, &reply);
    if (value.empty()) {
        if (field.way == AddedField::Way::instead_or_empty) take_away(lines, field.name);
    } else if (field.way == AddedField::Way::beside) {
        http::append_line(lines, field.name, value);
    } else if (!is_multipart(lines) || !base::equals_ignoring_case(field.name, "Content-Type")) {
        put(lines, field.name, value);
    }
}

}  // namespace

// What `immutable` says is said of a name with its content in it, not of whatever stands in for it.
bool is_usual(const AddedFields& added, const Request& request) {
    if (request.replaced_status != http::Status{}) return false;
    return !added.cache_control_is_of_name || (!request.is_fallback && !request.path.ends_with('/'));
}

std::optional<std::int64_t> moving_expiry(const AddedFields& added) {
    const auto is_expires = [](const AddedField& line) { return base::equals_ignoring_case(line.name, "Expires"); };
    if (added.expiry.kind != Expiry::Kind::after_access || std::ranges::any_of(added.lines, is_expires))
        return std::nullopt;
    return added.expiry.seconds;
}

bool changes_every_second(const AddedFields& added) {
    return added.expiry.kind == Expiry::Kind::after_modification || added.expiry.kind == Expiry::Kind::daily;
}

void add_fields(std::string& lines, const AddedFields& added, const Occasion& occasion, const Request& request) {
    const bool plain = is_plain_answer(occasion.status);
    if (plain) add_expiry(lines, added, occasion, request);
    const bool for_file = plain && has_cache_control(added, occasion, request);
    if (for_file) put(lines, "Cache-Control", added.cache_control);
    for (const AddedField& field : added.lines) {
        if (!plain && !field.always) continue;
        if (for_file && base::equals_ignoring_case(field.name, "Cache-Control")) continue;
        add_line(lines, field, occasion, request);
    }
}

void add_fields(Response& response, const Request& request, std::time_t now) {
    const AddedFields* added = request.route.settings->added_fields.get();
    if (added == nullptr || response.additions == Additions::made || response.closes) return;
    if (!is_plain_answer(response.status) && !added->has_always) return;
    std::optional<std::uint64_t> length;
    if (!http::never_has_content(response.status)) length = response.content.remaining();
    const Occasion occasion{response.status, response.additions == Additions::wanted_for_file, length, now};
    add_fields(response.fields.all_lines(), *added, occasion, request);
    response.additions = Additions::made;
}

}  // namespace handlers

#include "http/conditional.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "http/date.hpp"

namespace http {

namespace {

// etagc = %x21 / %x23-7E / obs-text (RFC 9110 8.8.3)
constexpr base::ByteSet is_etagc = base::ByteSet{"!"}.insert_range('#', '~').insert_range('\x80', '\xFF');

bool is_weak(std::string_view etag) { return etag.starts_with("W/"); }
std::string_view opaque_tag(std::string_view etag) { return is_weak(etag) ? etag.substr(2) : etag; }

// RFC 9110 8.8.3.2. An empty view is no entity-tag and matches nothing.
bool strongly_equal(std::string_view a, std::string_view b) { return !a.empty() && !is_weak(a) && a == b; }
bool weakly_equal(std::string_view a, std::string_view b) { return !a.empty() && opaque_tag(a) == opaque_tag(b); }

// Takes an entity-tag off the front of `text`; empty, and `text` as it was, when none is there.
std::string_view take_entity_tag(std::string_view& text) {
    std::size_t end = is_weak(text) ? 2 : 0;
    if (end == text.size() || text[end] != '"') return {};
    ++end;
    while (end < text.size() && is_etagc[text[end]]) ++end;
    if (end == text.size() || text[end] != '"') return {};
    const std::string_view etag = text.substr(0, end + 1);
    text.remove_prefix(end + 1);
    return etag;
}

// Whether `matches` holds for an entity-tag of the list. What follows the first malformed element is not looked at.
template <class Matches>
bool any_entity_tag(std::string_view list, Matches matches) {
    while (true) {
        list = list.substr(std::min(list.find_first_not_of(" \t,"), list.size()));
        const std::string_view etag = take_entity_tag(list);
        if (etag.empty()) return false;
        if (matches(etag)) return true;
        list = base::trim_ows(list);
        if (!list.starts_with(',')) return false;
    }
}

// Whether If-Match's or If-None-Match's lines name the representation. `*` names any that exists, and this one does.
template <class Equal>
bool names_representation(const RequestHead& head, FieldName name, std::string_view current, Equal equal) {
    const auto matches = [&](std::string_view etag) { return equal(current, etag); };
    for (std::size_t i = 0; i < head.fields.size(); ++i) {
        const Fields::Line line = head.fields[i];
        if (line.known == name && (line.value == "*" || any_entity_tag(line.value, matches))) return true;
    }
    return false;
}

// A date field counts only when it is there once and is a date (RFC 9110 13.1.3, 13.1.4).
std::optional<std::time_t> single_date(const RequestHead& head, FieldName name, std::time_t now) {
    return head.fields.count(name) == 1 ? parse_http_date(*head.fields.first(name), now) : std::nullopt;
}

bool modified_since(const RequestHead& head, const Representation& representation, FieldName name, std::time_t now) {
    const auto date = single_date(head, name, now);
    return date && representation.last_modified && *representation.last_modified > *date;
}

// Steps 1 and 2 of RFC 9110 13.2.2: may the request be carried out at all?
bool precondition_fails(const RequestHead& head, const Representation& representation, std::time_t now) {
    if (head.fields.has(FieldName::if_match))
        return !names_representation(head, FieldName::if_match, representation.etag, strongly_equal);
    return modified_since(head, representation, FieldName::if_unmodified_since, now);
}

// A date that is no modification date of ours may be older than a change that the modification date hides.
bool not_modified_since(const RequestHead& head, const Representation& representation, ModifiedSince meaning,
                        std::time_t now) {
    const auto date = single_date(head, FieldName::if_modified_since, now);
    if (!date || !representation.last_modified) return false;
    switch (meaning) {
        case ModifiedSince::ignored: return false;
        case ModifiedSince::exact: return *date == *representation.last_modified;
        case ModifiedSince::before: break;
    }
    return *date == *representation.last_modified ||
           (*date > *representation.last_modified && *date >= representation.changed);
}

// Steps 3 and 4: does the client have it already?
bool client_is_current(const RequestHead& head, const Representation& representation, ModifiedSince meaning,
                       std::time_t now) {
    if (head.fields.has(FieldName::if_none_match))
        return names_representation(head, FieldName::if_none_match, representation.etag, weakly_equal);
    const bool reads = head.method == Method::get || head.method == Method::head;
    return reads && not_modified_since(head, representation, meaning, now);
}

// Step 5: whether the part that the client holds belongs to this representation, byte for byte (RFC 9110 13.1.5). A
// modification date is strong only once its second is over: until then the content may change under the same date.
bool range_applies(const RequestHead& head, const Representation& representation, std::time_t now) {
    const unsigned count = head.fields.count(FieldName::if_range);
    if (count != 1) return count == 0;
    std::string_view value = *head.fields.first(FieldName::if_range);
    if (value.find('"') != std::string_view::npos) {
        const std::string_view etag = take_entity_tag(value);
        return value.empty() && strongly_equal(representation.etag, etag);
    }
    const auto date = parse_http_date(value, now);
    return date && representation.last_modified && *date == *representation.last_modified && *date < now;
}

}  // namespace

bool has_conditions(const RequestHead& head) {
    using enum FieldName;
    return head.fields.count(range) + head.fields.count(if_none_match) + head.fields.count(if_modified_since) +
               head.fields.count(if_match) + head.fields.count(if_unmodified_since) !=
           0;
}

Selection select(const RequestHead& head, const Representation& representation, const SelectionRules& rules,
                 std::time_t now) {
    if (precondition_fails(head, representation, now)) return PreconditionFailed{};
    const bool reads = head.method == Method::get || head.method == Method::head;
    if (client_is_current(head, representation, rules.modified_since, now))
        return reads ? Selection{NotModified{}} : PreconditionFailed{};
    const bool ranged = head.method == Method::get && head.fields.count(FieldName::range) == 1;
    if (!ranged || !range_applies(head, representation, now)) return WholeRepresentation{};
    RangeSelection selected =
        select_ranges(*head.fields.first(FieldName::range), representation.size, rules.max_ranges);
    return std::visit([](auto&& one) { return Selection{std::move(one)}; }, std::move(selected));
}

}  // namespace http

#include "routing/fields.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace routing {

namespace {

// `variable` as it follows $http_ or $sent_http_.
bool is_named(std::string_view field, std::string_view variable) {
    return std::ranges::equal(field, variable,
                              [](char a, char b) { return (a == '-' ? '_' : base::to_lower(a)) == b; });
}

// Elements of a list that `separator` divides, with the spaces before each left out.
template <class Visitor>
bool for_each_until(std::string_view list, char separator, Visitor visit) {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(separator), list.size());
        std::string_view element = list.substr(0, end);
        while (element.starts_with(' ')) element.remove_prefix(1);
        if (visit(element)) return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

// "name=value": the value, null where the name is another.
std::string_view value_of_pair(std::string_view pair, std::string_view name) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || !base::equals_ignoring_case(pair.substr(0, equals), name)) return {};
    return pair.substr(equals + 1);
}

bool append_line(std::string& out, std::string_view line, std::string_view name, bool found) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_named(line.substr(0, colon), name)) return found;
    if (found) out.append(", ");
    out.append(base::trim_ows(line.substr(colon + 1)));
    return true;
}

}  // namespace

bool append_request_field(std::string& out, std::string_view name, const http::RequestHead& head) {
    bool found = false;
    for (std::size_t i = 0; i < head.fields.size(); ++i) {
        const http::Fields::Line line = head.fields[i];
        if (!is_named(line.name, name)) continue;
        if (found) out.append(name == "cookie" ? "; " : ", ");
        out.append(line.value);
        found = true;
    }
    return found;
}

bool append_field(std::string& out, http::FieldName name, const http::RequestHead& head) {
    const std::optional<std::string_view> value = head.fields.first(name);
    if (value) out.append(*value);
    return value.has_value();
}

bool append_response_field(std::string& out, std::string_view name, const Reply& reply) {
    if (name == "content_length") {
        if (reply.content_length) base::append_number(out, *reply.content_length);
        return reply.content_length.has_value();
    }
    if (name == "connection") {
        out.append(reply.persists ? "keep-alive" : "close");
        return true;
    }
    bool found = false;
    for (const std::string_view lines : {reply.fields, reply.more_fields}) {
        for_each_until(lines, '\n', [&](std::string_view line) {
            if (line.ends_with('\r')) line.remove_suffix(1);
            found = append_line(out, line, name, found);
            return false;
        });
    }
    return found;
}

bool append_cookie(std::string& out, std::string_view name, const http::RequestHead& head) {
    for (std::size_t i = 0; i < head.fields.size(); ++i) {
        const http::Fields::Line line = head.fields[i];
        if (!base::equals_ignoring_case(line.name, "Cookie")) continue;
        const bool found = for_each_until(line.value, ';', [&](std::string_view pair) {
            const std::string_view value = value_of_pair(pair, name);
            if (value.data() != nullptr) out.append(value);
            return value.data() != nullptr;
        });
        if (found) return true;
    }
    return false;
}

bool append_argument(std::string& out, std::string_view name, std::string_view args) {
    return for_each_until(args, '&', [&](std::string_view pair) {
        const std::string_view value = value_of_pair(pair, name);
        if (value.data() != nullptr) out.append(value);
        return value.data() != nullptr;
    });
}

}  // namespace routing

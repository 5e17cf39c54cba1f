#include "http/credentials.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/base64.hpp"

namespace http {

namespace {

constexpr std::string_view scheme = "Basic";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

std::optional<BasicCredentials> basic_credentials(const Fields& fields) {
    if (fields.count(FieldName::authorization) != 1) return std::nullopt;
    std::string_view value = *fields.first(FieldName::authorization);
    if (value.size() <= scheme.size() || value[scheme.size()] != ' ') return std::nullopt;
    if (!base::equals_ignoring_case(value.substr(0, scheme.size()), scheme)) return std::nullopt;
    value = base::trim_ows(value.substr(scheme.size()));
    const std::optional<std::string> decoded = base::base64_decode(value);
    if (!decoded || std::ranges::any_of(*decoded, is_control)) return std::nullopt;
    const std::size_t colon = decoded->find(':');
    if (colon == std::string::npos) return std::nullopt;
    return BasicCredentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

std::string basic_challenge(std::string_view realm) {
    std::string value{scheme};
    value.append(" realm=\"");
    for (char c : realm) {
        if (c == '"' || c == '\\') value.push_back('\\');                           // quoted-pair, RFC 9110 5.6.4
        const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;  // a variable may have brought it
        value.push_back(is_control ? ' ' : c);
    }
    return value.append("\", charset=\"UTF-8\"");
}

}  // namespace http

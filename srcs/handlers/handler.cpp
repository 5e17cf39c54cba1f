#include "handlers/handler.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "config/values.hpp"
#include "handlers/pages.hpp"
#include "http/media_types.hpp"
#include "routing/variables.hpp"

namespace handlers {

namespace {

constexpr std::string_view page_fields = "Content-Type: text/html; charset=utf-8\r\n";
static_assert(page_fields.substr(14, page_media_type.size()) == page_media_type);

// Spaces and control bytes, which variables may have brought, would end the field or the URL.
std::string as_url(std::string_view location) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string url;
    url.reserve(location.size());
    for (const char c : location) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte != 0x7F) {
            url.push_back(c);
        } else {
            url.append({'%', digits[byte >> 4U], digits[byte & 0xFU]});
        }
    }
    return url;
}

// "http://host:port", as absolute redirects begin.
std::string origin_of(const Request& request) {
    using config::Variable;
    using config::VariableUse;
    const config::LocationSettings& settings = *request.route.settings;
    const auto append = [&](std::string& out, Variable variable) {
        routing::append_variable(out, {VariableUse::Kind::built_in, static_cast<std::uint32_t>(variable)}, request);
    };
    std::string origin{"http://"};
    std::string host;
    if (settings.server_name_in_redirect || !request.head.host.empty())
        append(host, settings.server_name_in_redirect ? Variable::server_name : Variable::host);
    else
        append(host, Variable::server_addr);  // an HTTP/1.0 client that named none
    origin.append(host.find(':') != std::string::npos && !host.starts_with('[') ? '[' + host + ']' : host);
    std::string port;
    append(port, Variable::server_port);
    if (settings.port_in_redirect && !port.empty() && port != "80") origin.append(":").append(port);
    return origin;
}

bool takes_charset(std::string_view type, const config::LocationSettings& settings) {
    if (settings.charset_types == nullptr) return http::takes_charset(type);
    return std::ranges::any_of(*settings.charset_types, [&](const std::string& one) {
        return one == "*" || base::equals_ignoring_case(one, type);
    });
}

}  // namespace

Response failure(http::Status status, std::string explanation, os::LogLevel severity) {
    if (explanation.empty()) return failure(status, Explanation{}, severity);
    return failure(status, std::make_shared<const std::string>(std::move(explanation)), severity);
}

Response failure(http::Status status, Explanation explanation, os::LogLevel severity) {
    Response response;
    response.status = status;
    response.lacks_page = true;
    response.explanation = std::move(explanation);
    response.severity = severity;
    return response;
}

void redirect(Response& response, const Request& request, http::Status status, std::string location) {
    location = as_url(location);
    const bool leaves = location.starts_with("//") || location.starts_with("/\\");
    if (location.starts_with('/') && request.route.settings->absolute_redirect) {
        location.insert(0, origin_of(request));
    } else if (leaves) {
        // Alone it would name another host, and a client may have chosen it (RFC 3986 4.2).
        location.insert(0, "/.");
    }
    response.status = status;
    response.fields.add("Location", location);
    response.location = std::make_shared<const std::string>(std::move(location));
    response.lacks_page = true;
}

void set_page(Response& response, std::string html) {
    set_page(response, std::make_shared<const std::string>(std::move(html)));
}

void set_page(Response& response, std::shared_ptr<const std::string> html) {
    response.fields.borrow(page_fields);
    response.content = body::Memory{std::move(html)};
    response.lacks_page = false;
}

std::string_view bare_media_type_of(std::string_view file_name, const config::LocationSettings& settings) {
    std::string_view type;
    if (settings.types) {
        const auto found = settings.types->find(base::lower_case(http::extension_of(file_name)));
        if (found != settings.types->end()) type = found->second;
    } else {
        type = http::builtin_media_type(file_name);
    }
    return type.empty() ? std::string_view{settings.default_type} : type;
}

std::string media_type_of(std::string_view file_name, const Request& request) {
    const config::LocationSettings& settings = *request.route.settings;
    const std::string_view type = bare_media_type_of(file_name, settings);
    std::string field{type};
    const bool is_bare = !type.empty() && type.find(';') == std::string_view::npos;
    if (!is_bare || !takes_charset(type, settings)) return field;
    const std::string charset = routing::value_of(settings.charset, request);
    if (config::is_charset(charset) && charset != "off") field.append("; charset=").append(charset);
    return field;
}

}  // namespace handlers

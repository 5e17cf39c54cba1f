#include "handlers/error_page.hpp"

#include <algorithm>

#include "handlers/pages.hpp"

namespace handlers {

namespace {

bool is_redirect(http::Status status) { return http::code_of(status) >= 300 && http::code_of(status) < 400; }

// The value of the Location line that the response has, for the link on its page.
std::string_view location_of(const Response& response) {
    constexpr std::string_view name = "Location: ";
    const std::string_view lines = response.fields.lines();
    const std::size_t start = lines.find(name);
    if (start == std::string_view::npos) return {};
    return lines.substr(start + name.size(), lines.find("\r\n", start) - start - name.size());
}

}  // namespace

const config::ErrorPage* find_error_page(const config::LocationSettings& settings, http::Status status) {
    const auto found = std::ranges::find(settings.error_pages, status, &config::ErrorPage::status);
    return found == settings.error_pages.end() ? nullptr : &*found;
}

void redirect_to_error_page(Response& response, const config::ErrorPage& page) {
    response.status = page.replacement && is_redirect(*page.replacement) ? *page.replacement : http::Status::found;
    response.fields.add("Location", page.target);
    response.lacks_page = true;
}

void set_built_in_page(Response& response, const Request& request) {
    if (is_redirect(response.status)) {
        set_page(response, redirect_page(response.status, location_of(response), request.server_token()));
    } else {
        set_page(response, error_page(response.status, request.server_token()));
    }
}

}  // namespace handlers

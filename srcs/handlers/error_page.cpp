#include "handlers/error_page.hpp"

#include <algorithm>

#include "handlers/pages.hpp"

namespace handlers {

namespace {

bool is_redirect(http::Status status) { return http::code_of(status) >= 300 && http::code_of(status) < 400; }

}  // namespace

const config::ErrorPage* find_error_page(const config::LocationSettings& settings, http::Status status) {
    const auto found = std::ranges::find(settings.error_pages, status, &config::ErrorPage::status);
    return found == settings.error_pages.end() ? nullptr : &*found;
}

void redirect_to_error_page(Response& response, const Request& request, const config::ErrorPage& page,
                            const std::string& target) {
    const bool keeps_code = page.replacement && is_redirect(*page.replacement);
    redirect(response, request, keeps_code ? *page.replacement : http::Status::found, target);
}

void set_built_in_page(Response& response, const Request& request, const Context& context) {
    if (is_redirect(response.status) && response.location) {  // a 300 may lead nowhere
        set_page(response, redirect_page(response.status, *response.location, request.server_token()));
    } else {
        set_page(response, context.pages.error_page(response.status, request.server_token()));
    }
}

}  // namespace handlers

// Gives an answer that is only a status its content: what error_page names, or the page that is built in.
#pragma once

#include <optional>

#include "handlers/handler.hpp"

namespace handlers {

// The error_page of this location for this status, null when there is none.
const config::ErrorPage* find_error_page(const config::LocationSettings& settings, http::Status status);

// Where an error_page is a URL of somewhere else, the answer becomes a redirect to it.
void redirect_to_error_page(Response& response, const Request& request, const config::ErrorPage& page,
                            const std::string& target);

// The page that is built in, for an error or a redirect.
void set_built_in_page(Response& response, const Request& request, const Context& context);

}  // namespace handlers

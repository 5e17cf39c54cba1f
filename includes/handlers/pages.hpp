// The small pages that the server writes by itself: what an error means, said to a person, and where a redirect leads.
// Text in, text out; knows no request, no file and no configuration.
#pragma once

#include <string>
#include <string_view>

#include "http/registry.hpp"

namespace handlers {

// The media type of every page made here and in handlers/listing.
inline constexpr std::string_view page_media_type = "text/html; charset=utf-8";

// A complete HTML document under 2 KiB: the code, its reason phrase, one sentence on what that means, and
// `server_token` ("webserv/0.1.0", or "webserv" where the version is kept quiet; may be empty). No link, no script,
// nothing to load.
std::string error_page(http::Status status, std::string_view server_token);

// The content that RFC 9110 15.4 wants with a redirect: a short note with a link to `location`, which stands there
// escaped. A location whose scheme is neither http nor https ("javascript:...") is shown but not linked.
std::string redirect_page(http::Status status, std::string_view location, std::string_view server_token);

}  // namespace handlers

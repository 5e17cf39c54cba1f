// The small pages that the server writes by itself: what an error means, said to a person, and where a redirect leads.
// Text in, text out; knows no request, no file and no configuration.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "http/registry.hpp"

namespace handlers {

// The media type of every page made here and in handlers/listing.
inline constexpr std::string_view page_media_type = "text/html; charset=utf-8";

// A complete HTML document under 2 KiB: the code, its reason phrase, one sentence on what that means, and
// `server_token` ("webserv/0.1.0", or "webserv" where the version is kept quiet; may be empty). No link, no script,
// nothing to load.
std::string error_page(http::Status status, std::string_view server_token);

// The error pages that were made already: the same bytes for each answer that needs one.
class Pages {
public:
    // As error_page(). `server_token` is a literal.
    std::shared_ptr<const std::string> error_page(http::Status status, std::string_view server_token);

private:
    std::map<std::pair<http::Status, std::string_view>, std::shared_ptr<const std::string>> made_;
};

// The content that RFC 9110 15.4 wants with a redirect: a short note with a link to `location`, which stands there
// escaped. A location whose scheme is neither http nor https ("javascript:...") is shown but not linked.
std::string redirect_page(http::Status status, std::string_view location, std::string_view server_token);

}  // namespace handlers

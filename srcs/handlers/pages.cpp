#include "handlers/pages.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace handlers {

namespace {

struct Explanation {
    http::Status status;
    std::string_view sentence;
};

// One sentence for the person in front of the browser: what happened and, where there is one, what to do about it.
constexpr std::array explanations = std::to_array<Explanation>({
    {http::Status::bad_request, "The request was not well formed, so the server could not understand it."},
    {http::Status::unauthorized, "This page is only for those who sign in first."},
    {http::Status::forbidden, "The server is not allowed to show you what is at this address."},
    {http::Status::not_found, "There is nothing at this address. It may have moved, or the address is misspelt."},
    {http::Status::method_not_allowed, "What is at this address does not take this kind of request."},
    {http::Status::request_timeout, "The request did not arrive in time. Please try again."},
    {http::Status::conflict, "The request does not fit the present state of what is at this address."},
    {http::Status::length_required, "The request has content but does not say how long it is."},
    {http::Status::precondition_failed, "What is at this address has changed since you last saw it."},
    {http::Status::content_too_large, "What was sent is larger than the server accepts here."},
    {http::Status::uri_too_long, "The address is longer than the server accepts."},
    {http::Status::unsupported_media_type, "What was sent is in a format that is not accepted here."},
    {http::Status::range_not_satisfiable, "The part that was asked for lies beyond the end of the file."},
    {http::Status::expectation_failed, "The request expects something that the server cannot do."},
    {http::Status::misdirected_request, "This server does not answer for the host that was asked for."},
    {http::Status::too_many_requests, "Too many requests came from you in a short time. Please wait a little."},
    {http::Status::request_header_fields_too_large,
     "The header of the request is too large; clearing this site's cookies may help."},
    {http::Status::internal_server_error, "Something went wrong on the server. The fault is not yours."},
    {http::Status::not_implemented, "The server does not know how to do what was asked for."},
    {http::Status::bad_gateway, "A program behind this server gave an answer that made no sense."},
    {http::Status::service_unavailable, "The server is too busy or under maintenance. Please try again later."},
    {http::Status::gateway_timeout, "A program behind this server did not answer in time."},
    {http::Status::http_version_not_supported, "The server speaks HTTP/1.1, not the version of the request."},
    {http::Status::insufficient_storage, "The server has no room left to store what was sent."},
});
static_assert(std::ranges::is_sorted(explanations, {}, &Explanation::status));

std::string_view sentence_for(http::Status status) {
    const auto* row = std::ranges::lower_bound(explanations, status, {}, &Explanation::status);
    if (row != explanations.end() && row->status == status) return row->sentence;
    const unsigned code = http::code_of(status);
    if (code >= 400 && code < 500) return "The server cannot do what this request asks for.";
    if (code >= 500 && code < 600) return "The server failed to answer. Please try again later.";
    return "The server has nothing more to say about this.";
}

// The empty icon keeps browsers from asking for /favicon.ico, which would only add a second error to the log.
constexpr std::string_view before_title =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>";

constexpr std::string_view between_title_and_body =
    "</title>\n"
    "<link rel=\"icon\" href=\"data:,\">\n"
    "<style>\n"
    ":root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--paper:#fbfbf9;--accent:#0b6bcb}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e4e7eb;--soft:#9aa5b3;--paper:#15181d;--accent:#6cb2ff}}\n"
    "body{margin:0;min-height:100vh;display:grid;place-content:center;box-sizing:border-box;padding:2rem;"
    "background:var(--paper);color:var(--ink);font:1.0625rem/1.6 system-ui,sans-serif}\n"
    "main{max-width:34rem}\n"
    ".code{margin:0;color:var(--accent);font-size:clamp(4rem,16vw,7rem);font-weight:700;line-height:1;"
    "letter-spacing:-.04em}\n"
    "h1{margin:.75rem 0 .25rem;font-size:1.5rem;line-height:1.25}\n"
    "p{margin:0;overflow-wrap:anywhere}\n"
    "a{color:var(--accent)}\n"
    "footer{margin-top:2.5rem;font-size:.875rem;color:var(--soft)}\n"
    "</style>\n"
    "</head>\n"
    "<body>\n"
    "<main>\n";

// `message` is HTML, all else is plain text.
std::string document(http::Status status, std::string_view message, std::string_view server_token) {
    const std::string code = std::to_string(http::code_of(status));
    const std::string_view reason = http::reason_phrase(status);
    std::string page;
    page.reserve(before_title.size() + between_title_and_body.size() + message.size() + 256);
    page.append(before_title).append(code);
    if (!reason.empty()) page.append(" ").append(reason);
    page.append(between_title_and_body);
    page.append("<p class=\"code\">").append(code).append("</p>\n");
    page.append("<h1>").append(reason.empty() ? "Status without a name" : reason).append("</h1>\n");
    page.append("<p>").append(message).append("</p>\n");
    if (!server_token.empty()) page.append("<footer>").append(base::escape_html(server_token)).append("</footer>\n");
    page.append("</main>\n</body>\n</html>\n");
    return page;
}

// A relative reference, or an absolute one with a scheme that leads to a page. What comes before the first of `:/?#` is
// a scheme only if a colon ends it (RFC 3986 4.2).
bool may_be_linked(std::string_view location) {
    const std::size_t end = location.find_first_of(":/?#");
    if (end == std::string_view::npos || location[end] != ':') return true;
    const std::string_view scheme = location.substr(0, end);
    return base::equals_ignoring_case(scheme, "http") || base::equals_ignoring_case(scheme, "https");
}

}  // namespace

std::string error_page(http::Status status, std::string_view server_token) {
    return document(status, sentence_for(status), server_token);
}

std::shared_ptr<const std::string> Pages::error_page(http::Status status, std::string_view server_token) {
    std::shared_ptr<const std::string>& page = made_[{status, server_token}];
    if (!page) page = std::make_shared<const std::string>(handlers::error_page(status, server_token));
    return page;
}

std::string redirect_page(http::Status status, std::string_view location, std::string_view server_token) {
    const std::string escaped = base::escape_html(location);
    std::string message = "What you asked for is at ";
    if (may_be_linked(location)) {
        message.append("<a href=\"").append(escaped).append("\">").append(escaped).append("</a>.");
    } else {
        message.append(escaped).append(".");
    }
    return document(status, message, server_token);
}

}  // namespace handlers

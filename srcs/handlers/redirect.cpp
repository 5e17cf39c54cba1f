#include "handlers/redirect.hpp"

#include "handlers/pages.hpp"

namespace handlers {

namespace {

// What stands in a configuration is text, unless that says otherwise: a browser is to show it, not to save it.
std::string type_of_text(const Request& request) {
    const std::string type = media_type_of(request.path, *request.route.settings);
    if (type != config::LocationSettings{}.default_type) return type;
    return media_type_of("text.txt", *request.route.settings);
}

}  // namespace

Outcome Redirect::handle(const Request& request, const Context&, Response& response) const {
    const std::optional<config::Return>& configured = request.route.settings->return_;
    if (!configured) return Declined{};
    if (configured->redirects) {
        redirect(response, configured->status, configured->text);
        return Answered{};
    }
    response.status = configured->status;
    if (configured->text.empty()) {
        response.lacks_page = http::code_of(configured->status) >= 300 && !http::never_has_content(configured->status);
    } else if (!http::never_has_content(configured->status)) {
        response.fields.add("Content-Type", type_of_text(request));
        response.content = body::Memory{std::make_shared<const std::string>(configured->text)};
    }
    return Answered{};
}

}  // namespace handlers

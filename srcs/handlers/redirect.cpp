#include "handlers/redirect.hpp"

#include "handlers/pages.hpp"

namespace handlers {

namespace {

// What stands in a configuration is text, unless that says otherwise: a browser is to show it, not to save it.
std::string type_of_text(const Request& request) {
    const std::string type = media_type_of(request.path, request);
    if (type != config::LocationSettings{}.default_type) return type;
    return media_type_of("text.txt", request);
}

}  // namespace

void give(const routing::Answer& answer, const Request& request, Response& response) {
    if (answer.closes) {
        response.status = answer.status;
        response.closes = true;
        return;
    }
    if (answer.redirects) return redirect(response, request, answer.status, answer.text);
    if (!request.variation->problem.empty()) {
        response = failure(answer.status, request.variation->problem);
        return;
    }
    response.status = answer.status;
    if (!answer.has_text) {
        response.lacks_page = http::code_of(answer.status) >= 300 && !http::never_has_content(answer.status);
    } else if (!http::never_has_content(answer.status)) {
        response.fields.add("Content-Type", type_of_text(request));
        response.content = body::Memory{std::make_shared<const std::string>(answer.text)};
    }
}

}  // namespace handlers

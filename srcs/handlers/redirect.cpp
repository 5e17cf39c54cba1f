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

void add_type_of_text(const Request& request, Response& response) {
    const std::string type = type_of_text(request);
    if (!type.empty()) response.fields.add("Content-Type", type);
}

}  // namespace

void give(const routing::Answer& answer, const Request& request, Response& response) {
    using Kind = routing::Answer::Kind;
    response.status = answer.status;
    switch (answer.kind) {
        case Kind::close: response.closes = true; break;
        case Kind::redirect: redirect(response, request, answer.status, answer.text); break;
        case Kind::status:
            if (!answer.problem.empty()) {
                response = failure(answer.status, answer.problem);
            } else if (!http::never_has_content(answer.status)) {
                response.lacks_page = http::code_of(answer.status) >= 300;
                // Nothing at all has a type, too, as in nginx.
                if (!response.lacks_page) add_type_of_text(request, response);
            }
            break;
        case Kind::text:
            if (http::never_has_content(answer.status)) break;
            add_type_of_text(request, response);
            response.content = body::Memory{std::make_shared<const std::string>(answer.text)};
            break;
    }
}

}  // namespace handlers

#include "handlers/redirect.hpp"

#include "handlers/pages.hpp"

namespace handlers {

Outcome Redirect::handle(const Request& request, const Context&) const {
    const std::optional<config::Return>& configured = request.route.settings->return_;
    if (!configured) return Declined{};
    Response response;
    response.status = configured->status;
    if (configured->redirects) {
        response.fields.add("Location", configured->text);
        response.lacks_page = true;
    } else if (!configured->text.empty()) {
        response.fields.add("Content-Type", media_type_of(request.path, *request.route.settings));
        response.content = body::Memory{configured->text};
    } else {
        response.lacks_page = http::code_of(configured->status) >= 300 && !http::never_has_content(configured->status);
    }
    return response;
}

}  // namespace handlers

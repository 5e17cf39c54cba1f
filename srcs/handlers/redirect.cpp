#include "handlers/redirect.hpp"

#include "handlers/pages.hpp"

namespace handlers {

Outcome Redirect::handle(const Request& request, const Context&) const {
    const std::optional<config::Return>& configured = request.route.settings->return_;
    if (!configured) return Declined{};
    Response response;
    if (configured->redirects) {
        redirect(response, configured->status, configured->text);
        return response;
    }
    response.status = configured->status;
    if (configured->text.empty()) {
        response.lacks_page = http::code_of(configured->status) >= 300 && !http::never_has_content(configured->status);
    } else if (!http::never_has_content(configured->status)) {
        response.fields.add("Content-Type", media_type_of(request.path, *request.route.settings));
        response.content = body::Memory{configured->text};
    }
    return response;
}

}  // namespace handlers

// Who may have what a location serves: by address (allow, deny), by name and password (auth_basic), or either of them
// (satisfy). It comes before every handler, and after `return`, as in nginx; a request that is led elsewhere within the
// server, an error page too, is looked at again with the rules of that place.
#pragma once

#include "handlers/handler.hpp"

namespace handlers {

bool refuse_by_rules(const Request& request, const Context& context, Response& response);

// False: the request may go on, and `response` is as it was. True: `response` is the refusal, which lacks its page, or
// says that a password is still being checked (Response::awaits_login): then the request is to be handled anew when
// the watch of Context::login has its turn.
inline bool refuse_access(const Request& request, const Context& context, Response& response) {
    return request.route.settings->access != nullptr && refuse_by_rules(request, context, response);
}

}  // namespace handlers

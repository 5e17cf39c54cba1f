// From a routed request to its answer: which methods may be used, which handler answers, internal redirects, and the
// one place where error_page applies.
#pragma once

#include <optional>

#include "handlers/handler.hpp"

namespace handlers {

// Never fails: what goes wrong is a response too. `response` is a new one. The request, which is settled, becomes what
// internal redirects made of it; where the response is to wait for a file, it is again what it was.
void respond(Request& request, const Context& context, Response& response);

// The answer to a request that was refused before it could be handled (a rejection of the parser, content too large,
// a deadline). Its error page comes from `request.route`.
Response refuse(http::Status status, Request& request, const Context& context);

// The 405 that this request will get whatever its content is; nullopt where its method may be used.
std::optional<Response> refuse_method(const Request& request);

}  // namespace handlers

// Values that are looked up by name in a request or response: field lines, cookies, arguments of the query.
#pragma once

#include <string>
#include <string_view>

#include "http/message.hpp"
#include "routing/variables.hpp"

namespace routing {

// Each appends the value to `out`; false where there is none. `name` is in lower case, `-` of a field's name as `_`.

// Several lines of one name are joined by ", ", of Cookie by "; ".
bool append_request_field(std::string& out, std::string_view name, const http::RequestHead& head);
bool append_field(std::string& out, http::FieldName name, const http::RequestHead& head);
bool append_response_field(std::string& out, std::string_view name, const Reply& reply);
bool append_cookie(std::string& out, std::string_view name, const http::RequestHead& head);
// The first one of that name, as it was sent: not decoded.
bool append_argument(std::string& out, std::string_view name, std::string_view args);

}  // namespace routing

// What directives check in an argument that becomes a URL of a response.
#pragma once

#include "config/directives.hpp"

namespace config {

// Reports and says true when `url` holds a space or a control byte: it becomes a field value, which a control byte
// would end, and a space is no part of any URL.
bool refuse_bytes_of_no_url(const Directive& directive, const Token& url, Build& build);

}  // namespace config

#include "http/message.hpp"

namespace http {

void RequestHead::clear() {
    method = Method::get;
    version = Version::http_1_1;
    form = TargetForm::origin;
    has_query = false;
    path.clear();
    host.clear();
    fields.clear();
    request_line_slice = target_slice = query_slice = {};
    base = nullptr;
}

bool RequestHead::wants_keep_alive() const {
    if (!fields.has(FieldName::connection)) return version == Version::http_1_1;
    if (fields.list_contains(FieldName::connection, "close")) return false;
    return version == Version::http_1_1 || fields.list_contains(FieldName::connection, "keep-alive");
}

}  // namespace http

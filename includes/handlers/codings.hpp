// Which content coding of a file answers: itself, the file beside it that somebody has compressed (gzip_static), or
// what the server has compressed (gzip); by what the client takes and the location allows.
#pragma once

#include <optional>

#include "handlers/handler.hpp"
#include "handlers/representation.hpp"
#include "routing/resource.hpp"

namespace handlers {

struct Selected {
    files::EntryRef entry;
    Form form{};
};

// `found` is the regular file at `resource`, and given back where it is the one, or still has to be waited for; `name`
// decides on its media type. Where the client would take a coding that isn't there yet, it is made for the next one.
// `resource` and `name` may view Context::scratch: they stay valid.
Selected select_coding(files::EntryRef found, const routing::Resource& resource, std::string_view name,
                       const Request& request, const Context& context);

// Of a file that isn't there: the one beside it in the first coding that everybody gets (gzip_static always); nothing
// where there is none. `resource` stays valid.
std::optional<Selected> coded_for_all(const routing::Resource& resource, const Request& request,
                                      const Context& context);

}  // namespace handlers

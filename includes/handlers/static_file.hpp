// Serves regular files and the index files of folders, with their validators and byte ranges. A folder without an
// index file is declined.
#pragma once

#include "handlers/handler.hpp"
#include "routing/resource.hpp"

namespace handlers {

class StaticFile final : public Handler {
public:
    Outcome handle(const Request& request, const Context& context, Response& response) const override;
};

// Whether the path of a file in the request's folder has to be settled for itself: another location may be about it, or
// something be decided before a file is looked for.
bool leads_elsewhere(const Request& request, const std::string& path);

// The answer where opening `resource` failed: its status from the errno `code`, its explanation, where one is wanted,
// with the component that is the reason.
Response open_failure(const routing::Resource& resource, int code, const Request& request, const Context& context);

// The same for an entry that holds the failure, and remembers the explanation.
Response open_failure(const routing::Resource& resource, files::Entry& entry, const Request& request,
                      const Context& context);

}  // namespace handlers

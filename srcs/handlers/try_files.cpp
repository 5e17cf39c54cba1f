#include "handlers/try_files.hpp"

#include "base/ascii.hpp"
#include "routing/resource.hpp"
#include "routing/variables.hpp"

namespace handlers {

namespace {

void trace(const Request& request, const std::string& path, std::string_view what) {
    if (request.trace != nullptr) request.trace->add("try_files: " + path + " " + std::string{what});
}

bool exists(const config::TryFiles::Candidate& candidate, const std::string& path, const Request& request,
            const Context& context) {
    const std::optional<routing::Resource> resource = routing::resource_for(request, path);
    if (!resource || files::has_hidden_component(resource->relative)) return false;
    const auto keep = request.route.settings->open_file_cache ? files::Cache::Keep::yes : files::Cache::Keep::no;
    const files::EntryRef entry = context.files.find(*resource->root, resource->relative, keep, context.wait);
    const bool is_folder = entry->failure() == 0 && entry->status().kind == os::FileStatus::Kind::folder;
    return entry->failure() == 0 && is_folder == candidate.is_folder;
}

}  // namespace

Outcome try_files(Request& request, const Context& context, Response& response) {
    const config::TryFiles* configured = request.route.settings->try_files.get();
    if (configured == nullptr) return Declined{};
    for (const config::TryFiles::Candidate& candidate : configured->candidates) {
        std::string path = routing::value_of(candidate.path, request);
        if (!path.starts_with('/')) path.insert(0, 1, '/');
        if (!exists(candidate, path, request, context)) {
            trace(request, path, "does not exist");
            continue;
        }
        trace(request, path, "is there");
        // A folder's path is without the slash it was written with, as in nginx: who asked so is redirected.
        if (path != request.path) request.change_path(std::move(path));
        return Declined{};
    }
    if (!configured->status) return Reroute{routing::value_of(configured->last, request), true};
    response = failure(*configured->status, "none of the files of try_files exists");
    return Answered{};
}

}  // namespace handlers

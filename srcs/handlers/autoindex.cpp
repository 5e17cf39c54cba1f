#include "handlers/autoindex.hpp"

#include <optional>
#include <vector>

#include "handlers/listing.hpp"
#include "handlers/pages.hpp"
#include "handlers/static_file.hpp"
#include "routing/resource.hpp"

namespace handlers {

namespace {

// What a request for this name would find. A link is looked at through the root, so that a listing tells nothing of
// what lies outside; nullopt: a request would find nothing to serve.
std::optional<Entry> entry_for(int folder, const routing::Resource& resource, const std::string& name,
                               base::Instant now) {
    base::Result<os::FileStatus> status = os::status_beneath(folder, name.c_str());
    if (status && status->kind == os::FileStatus::Kind::link) {
        status = resource.root->look_at(std::string{resource.relative} + name, now);
    }
    if (!status) return std::nullopt;
    switch (status->kind) {
        case os::FileStatus::Kind::regular: return Entry{name, false, status->size, status->modified.tv_sec};
        case os::FileStatus::Kind::folder: return Entry{name, true, 0, status->modified.tv_sec};
        case os::FileStatus::Kind::link:
        case os::FileStatus::Kind::other: break;
    }
    return std::nullopt;
}

}  // namespace

Outcome Autoindex::handle(const Request& request, const Context& context, Response& response) const {
    if (!request.route.settings->autoindex || !request.path.ends_with('/')) return Declined{};
    const std::optional<routing::Resource> resource = routing::resource_for(request, request.path);
    if (!resource) return Declined{};
    const base::Instant now = context.clock.now();
    const base::Result<os::UniqueFd> folder = resource->root->open(resource->relative, now);
    if (!folder) {
        response = open_failure(*resource, folder.error().code, request, context);
        return Answered{};
    }
    base::Result<os::UniqueFd> reader = resource->root->open(resource->relative, now);
    if (!reader) {
        response = open_failure(*resource, reader.error().code, request, context);
        return Answered{};
    }
    const base::Result<std::vector<std::string>> names = os::names_in(std::move(reader).value());
    if (!names) {
        response =
            failure(http::Status::internal_server_error, "list " + resource->shown() + ": " + names.error().message);
        return Answered{};
    }
    std::vector<Entry> entries;
    entries.reserve(names.value().size());
    for (const std::string& name : names.value()) {
        if (files::has_hidden_component(name)) continue;
        if (auto entry = entry_for(folder.value().fd(), *resource, name, now)) entries.push_back(std::move(*entry));
    }
    response.took_long = true;
    set_page(response, listing_page(std::string{request.path}, std::move(entries), parse_order(request.head.query()),
                                    request.server_token()));
    return Answered{};
}

}  // namespace handlers

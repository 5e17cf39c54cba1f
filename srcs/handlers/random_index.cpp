#include "handlers/random_index.hpp"

#include <optional>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "routing/resource.hpp"

namespace handlers {

namespace {

// Takes a name out of the list by chance; nullopt: there is none left.
std::optional<std::string> draw(std::vector<std::string>& names) {
    if (names.empty()) return std::nullopt;
    std::swap(names[base::random_seed() % names.size()], names.back());
    std::string drawn = std::move(names.back());
    names.pop_back();
    return drawn;
}

}  // namespace

// What can't be opened is declined: the next handler knows how to say so.
Outcome RandomIndex::handle(const Request& request, const Context& context, Response&) const {
    if (!request.route.settings->listing.random_index || !request.path.ends_with('/')) return Declined{};
    const std::optional<routing::Resource> resource = routing::resource_for(request, request.path);
    if (!resource || files::has_hidden_component(resource->relative)) return Declined{};
    const base::Instant now = context.clock.now();
    const base::Result<os::UniqueFd> folder = resource->root->open(resource->relative, now);
    base::Result<os::UniqueFd> reader = resource->root->open(resource->relative, now);
    if (!folder || !reader) return Declined{};
    base::Result<std::vector<std::string>> names = os::names_in(std::move(reader).value());
    if (!names) return Declined{};
    std::erase_if(names.value(), [](const std::string& name) { return name.starts_with('.'); });
    while (const auto name = draw(names.value())) {
        const base::Result<os::FileStatus> status = os::status_beneath(folder.value().fd(), name->c_str());
        if (status && status.value().kind == os::FileStatus::Kind::regular)
            return Reroute{std::string{request.path} + *name};
    }
    return Declined{};
}

}  // namespace handlers

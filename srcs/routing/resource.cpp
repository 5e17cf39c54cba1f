#include "routing/resource.hpp"

namespace routing {

namespace {

std::string_view without_leading_slash(std::string_view path) {
    if (path.starts_with('/')) path.remove_prefix(1);
    return path;
}

}  // namespace

std::string Resource::full_path() const { return root->path() + (root->path().ends_with('/') ? "" : "/") + relative; }

std::optional<Resource> resource_for(const Route& route, std::string_view path) {
    const Mapping& mapping = *route.mapping;
    if (mapping.root == nullptr) return std::nullopt;
    if (!mapping.replaces_location) return Resource{mapping.root, std::string{without_leading_slash(path)}};
    const std::string_view rest = path.substr(route.location_path.size());
    const bool whole_segment = rest.empty() || rest.starts_with('/') || route.location_path.ends_with('/');
    if (!whole_segment) return std::nullopt;
    if (!mapping.file_name.empty()) return Resource{mapping.root, mapping.file_name + std::string{rest}};
    return Resource{mapping.root, std::string{without_leading_slash(rest)}};
}

}  // namespace routing

#include "routing/resource.hpp"

#include "base/ascii.hpp"

namespace routing {

namespace {

std::string_view without_leading_slash(std::string_view path) {
    if (path.starts_with('/')) path.remove_prefix(1);
    return path;
}

}  // namespace

std::string Resource::shown() const {
    std::string text{"\""};
    base::append_log_escaped(text, root->path());
    if (!root->path().ends_with('/')) text.push_back('/');
    base::append_log_escaped(text, relative);
    return text.append("\"");
}

std::optional<Resource> resource_for(const Route& route, std::string_view path) {
    const Mapping& mapping = *route.mapping;
    if (mapping.root == nullptr) return std::nullopt;
    if (!mapping.replaces_location) return Resource{mapping.root, without_leading_slash(path)};
    const std::string_view rest = path.substr(route.location_path.size());
    if (!mapping.file_name.empty()) {
        if (!rest.empty()) return std::nullopt;
        return Resource{mapping.root, mapping.file_name};
    }
    const bool whole_segment = rest.empty() || rest.starts_with('/') || route.location_path.ends_with('/');
    if (!whole_segment) return std::nullopt;
    return Resource{mapping.root, without_leading_slash(rest)};
}

}  // namespace routing

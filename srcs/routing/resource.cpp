#include "routing/resource.hpp"

#include "base/ascii.hpp"
#include "routing/variables.hpp"

namespace routing {

namespace {

// Of what lies beneath a root no part begins with a slash, however many the path has (merge_slashes, rewrite): it would
// begin at the machine's own.
std::string_view without_leading_slashes(std::string_view path) {
    while (path.starts_with('/')) path.remove_prefix(1);
    return path;
}

// What follows the location's own path; nullopt where that would cut a segment in two.
std::optional<std::string_view> behind_location(const Mapping& mapping, std::string_view path) {
    if (!path.starts_with(mapping.replaced)) return std::nullopt;  // rewritten to a path of another location
    const std::string_view rest = path.substr(mapping.replaced.size());
    if (rest.empty() || rest.starts_with('/') || mapping.replaced.ends_with('/')) return rest;
    return std::nullopt;
}

// The parts of the path are put together in the request's own memory.
std::optional<Resource> resource_of_variables(const Request& request, std::string_view path) {
    const Mapping& mapping = *request.route.mapping;
    if (mapping.replaces_location && !mapping.is_whole) {
        const std::optional<std::string_view> rest = behind_location(mapping, path);
        if (!rest) return std::nullopt;
        path = *rest;
    }
    std::string made;
    append(made, *mapping.rest, request);
    if (!mapping.is_whole) {
        if (!made.empty() && !made.ends_with('/') && !path.empty()) made.push_back('/');
        made.append(made.empty() || made.ends_with('/') ? without_leading_slashes(path) : path);
    }
    std::string& kept = request.vary().resource;
    kept = std::move(made);
    return Resource{mapping.root, without_leading_slashes(kept)};
}

}  // namespace

std::string Resource::shown() const {
    std::string text{"\""};
    base::append_log_escaped(text, root->path());
    if (!root->path().ends_with('/')) text.push_back('/');
    base::append_log_escaped(text, relative);
    return text.append("\"");
}

std::optional<Resource> resource_for(const Request& request, std::string_view path) {
    const Mapping& mapping = *request.route.mapping;
    if (mapping.root == nullptr) return std::nullopt;
    if (mapping.rest != nullptr) return resource_of_variables(request, path);
    if (!mapping.replaces_location) return Resource{mapping.root, without_leading_slashes(path)};
    const std::optional<std::string_view> rest = behind_location(mapping, path);
    if (!rest) return std::nullopt;
    if (mapping.file_name.empty()) return Resource{mapping.root, without_leading_slashes(*rest)};
    if (!rest->empty()) return std::nullopt;
    return Resource{mapping.root, mapping.file_name};
}

std::optional<std::string> document_root(const Request& request) {
    const Mapping& mapping = *request.route.mapping;
    if (mapping.root == nullptr) return std::nullopt;
    std::string path = mapping.root->path();
    if (mapping.rest == nullptr && mapping.file_name.empty()) return path;
    if (!path.ends_with('/')) path.push_back('/');
    path.append(mapping.file_name);
    if (mapping.rest != nullptr) append(path, *mapping.rest, request);
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path;
}

}  // namespace routing

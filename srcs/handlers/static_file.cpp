#include "handlers/static_file.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>

#include "http/conditional.hpp"
#include "http/date.hpp"
#include "http/target.hpp"

namespace handlers {

namespace {

http::Status status_for(int code) {
    switch (code) {
        case ENOENT:
        case ENOTDIR:
        case ENAMETOOLONG:
        case ENXIO:  // a FIFO's or device's other end is missing
        case ENODEV: return http::Status::not_found;
        case EACCES:
        case EPERM:
        case EXDEV:  // a symbolic link leads out of the root
        case ELOOP: return http::Status::forbidden;
        case EMFILE:
        case ENFILE:
        case ENOMEM: return http::Status::service_unavailable;
        default: return http::Status::internal_server_error;
    }
}

// The first component on the way that can't be opened, for the error log.
std::string_view failing_prefix(const routing::Resource& resource, base::Instant now) {
    const std::string_view path = resource.relative;
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
        if (!resource.root->look_at(path.substr(0, slash), now)) return path.substr(0, slash);
    }
    return path;
}

// mtime, ctime, size and inode, mixed into 64 bits (splitmix64): two versions of a file that differ in any of them
// differ here.
std::string entity_tag(const os::FileStatus& status) {
    std::uint64_t state = 0;
    for (const std::uint64_t part :
         {status.size, status.inode, static_cast<std::uint64_t>(status.modified.tv_sec),
          static_cast<std::uint64_t>(status.modified.tv_nsec), static_cast<std::uint64_t>(status.changed.tv_sec),
          static_cast<std::uint64_t>(status.changed.tv_nsec)}) {
        state = (state ^ part) + 0x9E3779B97F4A7C15U;
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9U;
        state = (state ^ (state >> 27)) * 0x94D049BB133111EBU;
        state ^= state >> 31;
    }
    std::array<char, 18> text{};
    text[0] = '"';
    char* end = std::to_chars(text.data() + 1, text.data() + text.size() - 1, state, 16).ptr;
    *end++ = '"';
    return {text.data(), end};
}

// A time that was never set, or lies in the future, would make caches believe what isn't so (RFC 9110 8.8.2.1).
std::optional<std::time_t> last_modified(const os::FileStatus& status, std::time_t now) {
    const std::time_t modified = status.modified.tv_sec;
    if (modified <= 1 || modified > now) return std::nullopt;
    return modified;
}

std::string_view text_of(const std::array<char, http::imf_fixdate_length>& date) { return {date.data(), date.size()}; }

struct OpenFile {
    os::UniqueFd file;
    os::FileStatus status;
    std::string name;  // decides on the media type
};

void add_validators(Response& response, const http::Representation& representation) {
    if (representation.last_modified)
        response.fields.add("Last-Modified", text_of(http::imf_fixdate(*representation.last_modified)));
    if (!representation.etag.empty()) response.fields.add("ETag", representation.etag);
}

Response whole_or_part(OpenFile opened, const http::Representation& representation,
                       std::optional<http::ByteRange> range, const Request& request) {
    Response response;
    response.fields.add("Content-Type", media_type_of(opened.name, *request.route.settings));
    add_validators(response, representation);
    response.fields.add("Accept-Ranges", "bytes");
    const std::uint64_t size = representation.size;
    if (range) {
        response.status = http::Status::partial_content;
        response.fields.add("Content-Range", "bytes " + std::to_string(range->first) + "-" +
                                                 std::to_string(range->last) + "/" + std::to_string(size));
    }
    response.content = body::FileRange{std::move(opened.file), range ? range->first : 0, range ? range->length() : size,
                                       opened.status.changed};
    return response;
}

Response serve(OpenFile opened, const Request& request, const Context& context) {
    const std::time_t now = context.clock.wall().tv_sec;
    const std::string etag = entity_tag(opened.status);
    const http::Representation representation{opened.status.size, last_modified(opened.status, now), etag};
    const http::Selection selection =
        request.is_error_page ? http::WholeRepresentation{} : http::select(request.head, representation, now);
    if (std::holds_alternative<http::NotModified>(selection)) {
        Response response;
        response.status = http::Status::not_modified;
        add_validators(response, representation);
        return response;
    }
    if (std::holds_alternative<http::PreconditionFailed>(selection)) {
        return failure(http::Status::precondition_failed, "the file isn't the version that the request asks for",
                       os::LogLevel::info);
    }
    if (std::holds_alternative<http::RangeNotSatisfiable>(selection)) {
        std::string explanation =
            "the range lies behind the end of the file, which has " + std::to_string(representation.size) + " bytes";
        Response response = failure(http::Status::range_not_satisfiable, std::move(explanation), os::LogLevel::info);
        response.fields.add("Content-Range", "bytes */" + std::to_string(representation.size));
        return response;
    }
    const auto* range = std::get_if<http::ByteRange>(&selection);
    return whole_or_part(std::move(opened), representation, range != nullptr ? std::optional{*range} : std::nullopt,
                         request);
}

Response redirect_to_folder(const Request& request) {
    Response response;
    const std::string folder = request.path + "/";
    redirect(response, http::Status::moved_permanently,
             http::encode_path_and_query(folder, request.head.query(), request.head.has_query));
    return response;
}

// The first index file that exists, declined when there is none.
Outcome serve_index(const Request& request, const routing::Resource& folder, const Context& context) {
    for (const std::string& name : request.route.settings->index) {
        if (name.starts_with('/')) return Reroute{name};
        const routing::Resource candidate{folder.root, folder.relative + name};
        base::Result<os::UniqueFd> file = candidate.root->open(candidate.relative, context.clock.now());
        if (!file && status_for(file.error().code) == http::Status::not_found) continue;
        if (!file) return open_failure(candidate, file.error(), request, context);
        const base::Result<os::FileStatus> status = os::status_of(file->fd());
        if (!status || status.value().kind != os::FileStatus::Kind::regular) continue;
        // The file's own path may belong to another location, which then has the say.
        std::string path = request.path + name;
        if (context.routes.route(request.server, path).settings != request.route.settings)
            return Reroute{std::move(path)};
        return serve({std::move(file).value(), status.value(), name}, request, context);
    }
    return Declined{};
}

}  // namespace

Response open_failure(const routing::Resource& resource, const base::Error& error, const Request& request,
                      const Context& context) {
    const http::Status status = status_for(error.code);
    const bool unwanted = status == http::Status::not_found && !request.route.settings->log_not_found;
    if (!context.explains || unwanted) return failure(status, "");
    std::string explanation = "open " + resource.shown() + ": " + base::describe(error.code);
    if (error.code == EXDEV) explanation += " (a symbolic link leads out of the root)";
    if (status == http::Status::service_unavailable) return failure(status, std::move(explanation));
    const std::string_view prefix = failing_prefix(resource, context.clock.now());
    if (prefix.size() < resource.relative.size()) {
        explanation += "; it fails at " + routing::Resource{resource.root, std::string{prefix}}.shown();
    }
    return failure(status, std::move(explanation));
}

Outcome StaticFile::handle(const Request& request, const Context& context) const {
    const std::optional<routing::Resource> resource = routing::resource_for(request.route, request.path);
    if (!resource) {
        return failure(
            http::Status::not_found,
            request.route.mapping->root == nullptr
                ? "no root or alias is configured for this path"
                : "the alias replaces \"" + std::string{request.route.location_path} + "\" by whole segments only");
    }
    if (files::has_hidden_component(resource->relative)) {
        return failure(http::Status::not_found, resource->shown() + " is not served: a name in it begins with a dot");
    }
    base::Result<os::UniqueFd> file = resource->root->open(resource->relative, context.clock.now());
    if (!file) return open_failure(*resource, file.error(), request, context);
    const base::Result<os::FileStatus> status = os::status_of(file->fd());
    if (!status) return failure(http::Status::internal_server_error, status.error().message);
    switch (status.value().kind) {
        case os::FileStatus::Kind::folder:
            if (!request.path.ends_with('/')) return redirect_to_folder(request);
            return serve_index(request, *resource, context);
        case os::FileStatus::Kind::regular:
            return serve({std::move(file).value(), status.value(), resource->relative}, request, context);
        case os::FileStatus::Kind::link:
        case os::FileStatus::Kind::other: break;
    }
    return failure(http::Status::not_found, resource->shown() + " is neither a regular file nor a folder");
}

}  // namespace handlers

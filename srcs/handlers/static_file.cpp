#include "handlers/static_file.hpp"

#include <cerrno>
#include <optional>

#include "base/hash.hpp"
#include "handlers/codings.hpp"
#include "handlers/representation.hpp"
#include "http/conditional.hpp"
#include "http/media_types.hpp"
#include "http/target.hpp"
#include "routing/variables.hpp"

namespace handlers {

namespace {

http::Status status_for(int code) {
    switch (code) {
        case 0: return http::Status::ok;
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

void whole(Selected selected, std::string_view name, const Request& request, std::time_t now, Response& response) {
    files::Entry& file = *selected.entry;
    response.content = body::FileRange{std::move(selected.entry), 0, file.status().size};
    add_representation_fields(response, file, Extent::all, name, selected.form, request, now);
}

// A client that sends If-Range has the fields of the representation already.
bool knows_the_fields(const Request& request) { return request.head.fields.has(http::FieldName::if_range); }

void part(Selected selected, std::string_view name, http::ByteRange range, const Request& request, std::time_t now,
          Response& response) {
    files::Entry& file = *selected.entry;
    response.status = http::Status::partial_content;
    response.content = body::FileRange{std::move(selected.entry), range.first, range.length()};
    const Extent extent = knows_the_fields(request) ? Extent::remainder : Extent::all;
    add_representation_fields(response, file, extent, name, selected.form, request, now);
    response.fields.add("Content-Range", http::content_range(range, file.status().size));
}

// Several parts as multipart/byteranges; the whole where that is less, and where Content-Encoding would have to be said
// of parts that nothing can decode alone.
void parts(Selected selected, std::string_view name, const http::ByteRanges& ranges, const Request& request,
           std::time_t now, Response& response) {
    if (selected.form.coding != http::ContentCoding::identity)
        return whole(std::move(selected), name, request, now, response);
    files::Entry& file = *selected.entry;
    const std::string boundary = http::boundary_from(base::random_seed(), base::random_seed());
    http::PartHeads heads = http::part_heads(ranges, file.status().size, boundary, media_type_of(name, request));
    std::vector<body::MultiRange::Part> content;
    for (const http::ByteRange& range : ranges)
        content.push_back({heads.ends[content.size()], range.first, range.length()});
    body::MultiRange multi{selected.entry, std::move(heads.text), std::move(content)};
    if (multi.remaining() >= file.status().size) return whole(std::move(selected), name, request, now, response);
    response.status = http::Status::partial_content;
    response.content = std::move(multi);
    const Extent extent = knows_the_fields(request) ? Extent::remainder : Extent::parts;
    add_representation_fields(response, file, extent, name, selected.form, request, now);
    response.fields.add("Content-Type", "multipart/byteranges; boundary=" + boundary);
}

void not_modified(Selected selected, std::string_view name, const Request& request, std::time_t now,
                  Response& response) {
    response.status = http::Status::not_modified;
    response.selected = std::move(selected.entry);
    add_representation_fields(response, *response.selected, Extent::validators, name, selected.form, request, now);
}

Response range_not_satisfiable(std::uint64_t size) {
    std::string explanation = "the range lies behind the end of the file, which has " + std::to_string(size) + " bytes";
    Response response = failure(http::Status::range_not_satisfiable, std::move(explanation), os::LogLevel::info);
    response.fields.add("Content-Range", "bytes */" + std::to_string(size));
    return response;
}

// Answers with the regular file at `resource`, which is `found`, or with what it is in another coding, unless the form
// of `found` is settled already; `name` decides on its media type.
void serve(files::EntryRef found, const routing::Resource& resource, std::string_view name, const Request& request,
           const Context& context, Response& response, const Form* settled = nullptr) {
    const std::time_t now = context.clock.wall().tv_sec;
    Selected selected = settled != nullptr ? Selected{std::move(found), *settled}
                                           : select_coding(std::move(found), resource, name, request, context);
    const files::Entry& entry = *selected.entry;
    if (entry.is_cold()) {
        response.awaited = std::move(selected.entry);
        return;
    }
    if (request.keeps_status || !http::has_conditions(request.head))
        return whole(std::move(selected), name, request, now, response);
    const config::LocationSettings& settings = *request.route.settings;
    const http::CodedEntityTag etag{entry.etag(), selected.form.coding};
    const http::Selection selection =
        http::select(request.head, representation_of(entry, etag, settings, now), settings.validators.rules, now);
    if (std::holds_alternative<http::NotModified>(selection)) {
        not_modified(std::move(selected), name, request, now, response);
    } else if (std::holds_alternative<http::PreconditionFailed>(selection)) {
        response = precondition_failed();
    } else if (std::holds_alternative<http::RangeNotSatisfiable>(selection)) {
        response = range_not_satisfiable(entry.status().size);
    } else if (const auto* range = std::get_if<http::ByteRange>(&selection)) {
        part(std::move(selected), name, *range, request, now, response);
    } else if (const auto* ranges = std::get_if<http::ByteRanges>(&selection)) {
        parts(std::move(selected), name, *ranges, request, now, response);
    } else {
        whole(std::move(selected), name, request, now, response);
    }
}

files::EntryRef look_up(const routing::Resource& resource, const Request& request, const Context& context) {
    const bool kept = request.route.settings->open_file_cache;
    return context.files.find(*resource.root, resource.relative,
                              kept ? files::Cache::Keep::yes : files::Cache::Keep::no, context.wait);
}

// The name whose ending tells the media type: the file's own. Where an alias is a file, and the path has no ending,
// what default_type says has been said of this one file, as in nginx.
std::string_view name_for_type(const Request& request, const routing::Resource& resource) {
    if (request.route.mapping->file_name.empty() || !http::extension_of(request.path).empty()) return resource.relative;
    const bool is_said = request.route.settings->default_type != config::LocationSettings{}.default_type;
    return is_said ? request.path : resource.relative;
}

Response redirect_to_folder(const Request& request) {
    Response response;
    const std::string folder = std::string{request.path} + "/";
    redirect(response, request, http::Status::moved_permanently,
             http::encode_path_and_query(folder, request.args(), request.has_args()));
    return response;
}

// The first index file that exists, declined when there is none.
Outcome serve_index(const Request& request, const routing::Resource& folder, const Context& context,
                    Response& response) {
    std::string value;
    for (const config::Template& configured : request.route.settings->index) {
        if (!configured.is_constant()) value = routing::value_of(configured, request);
        const std::string_view name = configured.is_constant() ? configured.text() : std::string_view{value};
        if (name.starts_with('/')) return Reroute{std::string{name}};
        // What a variable leads to has to be what a path could lead to.
        if (name.empty() || (!configured.is_constant() && files::has_hidden_component(name))) continue;
        context.scratch.assign(folder.relative).append(name);
        const routing::Resource candidate{folder.root, context.scratch};
        files::EntryRef entry = look_up(candidate, request, context);
        if (status_for(entry->failure()) == http::Status::not_found) continue;
        if (entry->failure() != 0) {
            response = open_failure(candidate, *entry, request, context);
            return Answered{};
        }
        if (entry->status().kind != os::FileStatus::Kind::regular) continue;
        // The file's own path may belong to another location, which then has the say.
        context.scratch.assign(request.path).append(name);
        if (leads_elsewhere(request, context.scratch)) return Reroute{context.scratch};
        context.scratch.assign(folder.relative).append(name);
        serve(std::move(entry), {folder.root, context.scratch}, name, request, context, response);
        return Answered{};
    }
    return Declined{};
}

Response without_resource(const Request& request) {
    return failure(
        http::Status::not_found,
        request.route.mapping->root == nullptr
            ? "no root or alias is configured for this path"
            : "the alias replaces \"" + std::string{request.route.mapping->replaced} + "\" by whole segments only");
}

// Answers with what was found at `resource`; a folder without an index file is declined.
Outcome serve_found(files::EntryRef entry, const routing::Resource& resource, const Request& request,
                    const Context& context, Response& response) {
    switch (entry->status().kind) {
        case os::FileStatus::Kind::folder:
            if (request.path.ends_with('/')) return serve_index(request, resource, context, response);
            response = redirect_to_folder(request);
            return Answered{};
        case os::FileStatus::Kind::regular:
            // As the kernel has it: what has a slash behind it is a folder.
            if (resource.relative.ends_with('/')) {
                response = open_failure(resource, ENOTDIR, request, context);
            } else {
                const std::string_view name = name_for_type(request, resource);
                serve(std::move(entry), resource, name, request, context, response);
            }
            return Answered{};
        case os::FileStatus::Kind::link:
        case os::FileStatus::Kind::other: break;
    }
    response = failure(http::Status::not_found, resource.shown() + " is neither a regular file nor a folder");
    return Answered{};
}

}  // namespace

bool leads_elsewhere(const Request& request, const std::string& path) {
    const config::Location* location = request.route.location;
    if (!request.route.server->script.empty()) return true;
    if (location != nullptr && (!location->script.empty() || location->settings.try_files)) return true;
    return request.routes->route(request, path).settings != request.route.settings;
}

Response open_failure(const routing::Resource& resource, int code, const Request& request, const Context& context) {
    const http::Status status = status_for(code);
    const bool unwanted = status == http::Status::not_found && !request.route.settings->log_not_found;
    if (!context.explains || unwanted) return failure(status, Explanation{});
    std::string explanation = "open " + resource.shown() + ": " + base::describe(code);
    if (code == EXDEV) explanation += " (a symbolic link leads out of the root)";
    if (code == ELOOP && resource.root->policy().judges_each())
        explanation += " (a symbolic link that disable_symlinks forbids)";
    if (status == http::Status::service_unavailable) return failure(status, std::move(explanation));
    const std::string_view prefix = failing_prefix(resource, context.clock.now());
    if (prefix.size() < resource.relative.size()) {
        explanation += "; it fails at " + routing::Resource{resource.root, prefix}.shown();
    }
    return failure(status, std::move(explanation));
}

Response open_failure(const routing::Resource& resource, files::Entry& entry, const Request& request,
                      const Context& context) {
    if (!entry.explanation() || !entry.is_cached()) {
        Response response = open_failure(resource, entry.failure(), request, context);
        constexpr std::size_t worth_keeping = 512;  // bytes; a client makes up the path
        if (response.explanation && response.explanation->size() <= worth_keeping)
            entry.explanation() = response.explanation;
        return response;
    }
    const http::Status status = status_for(entry.failure());
    const bool unwanted = status == http::Status::not_found && !request.route.settings->log_not_found;
    return failure(status, context.explains && !unwanted ? entry.explanation() : Explanation{});
}

Outcome StaticFile::handle(const Request& request, const Context& context, Response& response) const {
    const std::optional<routing::Resource> resource = routing::resource_for(request, request.path);
    if (!resource) {
        response = without_resource(request);
        return Answered{};
    }
    if (files::has_hidden_component(resource->relative)) {
        response =
            failure(http::Status::not_found, resource->shown() + " is not served: a name in it begins with a dot");
        return Answered{};
    }
    files::EntryRef entry = look_up(*resource, request, context);
    if (entry->failure() == 0) return serve_found(std::move(entry), *resource, request, context, response);
    if (status_for(entry->failure()) == http::Status::not_found) {
        // gzip_static always: the file itself doesn't have to be there.
        if (std::optional<Selected> coded = coded_for_all(*resource, request, context)) {
            serve(std::move(coded->entry), *resource, resource->relative, request, context, response, &coded->form);
            return Answered{};
        }
    }
    response = open_failure(*resource, *entry, request, context);
    return Answered{};
}

}  // namespace handlers

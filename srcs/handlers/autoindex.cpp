#include "handlers/autoindex.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/ascii.hpp"
#include "handlers/listing.hpp"
#include "handlers/listing_data.hpp"
#include "handlers/static_file.hpp"
#include "http/media_types.hpp"
#include "routing/resource.hpp"

namespace handlers {

namespace {

using config::ListingFormat;

// What a request for this name would find. A link is looked at through the root, so that a listing tells nothing of
// what lies outside; nullopt: a request would find nothing to serve.
std::optional<Entry> entry_for(int folder, const routing::Resource& resource, std::string name, base::Instant now) {
    base::Result<os::FileStatus> status = os::status_beneath(folder, name.c_str());
    if (status && status->kind == os::FileStatus::Kind::link) {
        status = resource.root->look_at(std::string{resource.relative} + name, now);
    }
    if (!status) return std::nullopt;
    const std::time_t modified = status->modified.tv_sec;
    switch (status->kind) {
        case os::FileStatus::Kind::regular: return Entry{std::move(name), false, status->size, modified};
        case os::FileStatus::Kind::folder: return Entry{std::move(name), true, 0, modified};
        case os::FileStatus::Kind::link:
        case os::FileStatus::Kind::other: break;
    }
    return std::nullopt;
}

std::vector<Entry> entries_of(std::vector<std::string> names, int folder, const routing::Resource& resource,
                              base::Instant now) {
    std::vector<Entry> entries;
    entries.reserve(names.size());
    for (std::string& name : names) {
        if (files::has_hidden_component(name)) continue;
        if (auto entry = entry_for(folder, resource, std::move(name), now)) entries.push_back(std::move(*entry));
    }
    return entries;
}

// The name that a README goes by in this folder; "" where there is none.
std::string readme_name(const std::vector<std::string>& names) {
    static constexpr std::array known = std::to_array<std::string_view>({"README.md", "README", "README.txt"});
    for (std::string_view wanted : known) {
        const auto is_it = [wanted](const std::string& name) { return base::equals_ignoring_case(name, wanted); };
        const auto found = std::ranges::find_if(names, is_it);
        if (found != names.end()) return *found;
    }
    return {};
}

bool is_text(std::string_view content) {
    while (!content.empty()) {
        const std::size_t length = base::utf8_length(content);
        if (length == 0 || content.front() == '\0') return false;
        content.remove_prefix(length);
    }
    return true;
}

// The file of this name, with its content or cold; null where a request for it would be answered otherwise, where it is
// large, or isn't text.
files::EntryRef readme_file(const std::string& name, const routing::Resource& folder, const Request& request,
                            const Context& context) {
    if (name.empty()) return {};
    context.scratch.assign(request.path).append(name);
    // Another location may have reasons not to show it.
    if (leads_elsewhere(request, context.scratch)) return {};
    context.scratch.assign(folder.relative).append(name);
    const bool kept = request.route.settings->open_file_cache;
    files::EntryRef file = context.files.find(*folder.root, context.scratch,
                                              kept ? files::Cache::Keep::yes : files::Cache::Keep::no, context.wait);
    if (file->is_cold() || (file->failure() == 0 && file->in_memory() && is_text(file->content()))) return file;
    return {};
}

void set_data(Response& response, std::string_view fields, std::string text) {
    response.fields.borrow(fields);
    response.content = body::Memory{std::make_shared<const std::string>(std::move(text))};
    response.lacks_page = false;
}

// `callback` is empty but for jsonp.
void set_data(Response& response, std::vector<Entry> entries, const ListingQuery& query, ListingFormat format,
              std::string_view callback, const config::LocationSettings& settings) {
    if (query.order) {
        sort_entries(entries, *query.order);
    } else {
        sort_by_bytes(entries);
    }
    if (format == ListingFormat::xml)
        return set_data(response, "Content-Type: text/xml; charset=utf-8\r\n", listing_xml(entries));
    if (callback.empty()) return set_data(response, "Content-Type: application/json\r\n", listing_json(entries));
    const bool says_charset = !settings.charset.source().empty() && http::takes_charset("application/javascript");
    set_data(response,
             says_charset ? "Content-Type: application/javascript; charset=utf-8\r\n"
                          : "Content-Type: application/javascript\r\n",
             listing_jsonp(entries, callback));
}

Response no_callback() {
    return failure(http::Status::bad_request,
                   "the argument \"callback\" is no name of a function, of letters, digits, \"_\" and \".\"",
                   os::LogLevel::info);
}

Response list_failure(const routing::Resource& resource, const base::Error& error) {
    return failure(http::Status::internal_server_error, "list " + resource.shown() + ": " + error.message);
}

// Answers with the listing as a page.
void set_listing_page(Response& response, std::vector<Entry> entries, const ListingQuery& query,
                      std::optional<Readme> readme, const Request& request) {
    const config::ListingSettings& settings = request.route.settings->listing;
    const Order order = query.order.value_or(Order{});
    sort_entries(entries, order);
    // A link that can't be followed was never an entry, and neither is what isn't a file.
    if (readme && std::ranges::find(entries, readme->name, &Entry::name) == entries.end()) readme.reset();
    set_data(response, listing_page_fields(),
             listing_page({
                 .path = request.path,
                 .entries = std::move(entries),
                 .order = order,
                 .is_asked_for = settings.format != ListingFormat::html,
                 .exact_size = settings.exact_size,
                 .local_time = settings.local_time,
                 .readme = std::move(readme),
                 .server_token = request.server_token(),
             }));
}

}  // namespace

Outcome Autoindex::handle(const Request& request, const Context& context, Response& response) const {
    const config::LocationSettings& settings = *request.route.settings;
    if (!settings.autoindex || !request.path.ends_with('/')) return Declined{};
    const std::optional<routing::Resource> resource = routing::resource_for(request, request.path);
    if (!resource) return Declined{};
    const ListingQuery query = parse_listing_query(request.args());
    const ListingFormat format = query.format.value_or(settings.listing.format);
    std::optional<std::string_view> callback = std::string_view{};
    if (format == ListingFormat::jsonp) callback = callback_of(request.args());
    if (!callback) {
        response = no_callback();
        return Answered{};
    }
    const base::Instant now = context.clock.now();
    const base::Result<os::UniqueFd> folder = resource->root->open(resource->relative, now);
    base::Result<os::UniqueFd> reader = resource->root->open(resource->relative, now);
    if (!folder || !reader) {
        const int code = folder ? reader.error().code : folder.error().code;
        response = open_failure(*resource, code, request, context);
        return Answered{};
    }
    base::Result<std::vector<std::string>> names = os::names_in(std::move(reader).value());
    if (!names) {
        response = list_failure(*resource, names.error());
        return Answered{};
    }
    response.took_long = true;
    if (format != ListingFormat::html) {
        set_data(response, entries_of(std::move(names).value(), folder.value().fd(), *resource, now), query, format,
                 *callback, settings);
        return Answered{};
    }
    std::optional<Readme> readme;
    const std::string name = readme_name(names.value());
    files::EntryRef file = readme_file(name, *resource, request, context);
    if (file && file->is_cold()) {
        response.awaited = std::move(file);
        return Answered{};
    }
    if (file && !file->content().empty()) readme = Readme{name, file->content()};
    set_listing_page(response, entries_of(std::move(names).value(), folder.value().fd(), *resource, now), query,
                     std::move(readme), request);
    return Answered{};
}

}  // namespace handlers

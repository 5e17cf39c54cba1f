#include "handlers/codings.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.hpp"
#include "handlers/added_fields.hpp"
#include "handlers/representation.hpp"
#include "http/date.hpp"

namespace handlers {

namespace {

using http::ContentCoding;

std::string_view suffix_of(ContentCoding coding) {
    switch (coding) {
        case ContentCoding::identity: break;
        case ContentCoding::gzip: return ".gz";
        case ContentCoding::br: return ".br";
        case ContentCoding::zstd: return ".zst";
    }
    return {};
}

bool is_older(const timespec& a, const timespec& b) {
    return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

// What `msie6` stands for in gzip_disable: those that claim to take gzip and get it wrong. Service Pack 1 cured it.
bool is_old_msie(std::string_view user_agent) {
    const std::size_t at = user_agent.find("MSIE ");
    if (at == std::string_view::npos || at + 6 >= user_agent.size()) return false;
    const char major = user_agent[at + 5];
    if (user_agent[at + 6] != '.' || major < '4' || major > '6') return false;
    return major != '6' || user_agent.find("SV1", at) == std::string_view::npos;
}

// The fields of the answer that tell a cache how long it may keep it.
std::string caching_fields(const files::Entry& file, const Request& request, std::time_t now) {
    const config::LocationSettings& settings = *request.route.settings;
    const http::CodedEntityTag etag{file.etag(), ContentCoding::identity};
    std::string lines;
    if (const auto modified = representation_of(file, etag, settings, now).last_modified) {
        const auto text = http::imf_fixdate(*modified);
        http::append_line(lines, "Last-Modified", {text.data(), text.size()});
    }
    if (settings.validators.etag) http::append_line(lines, "ETag", etag.text());
    if (settings.added_fields != nullptr)
        add_fields(lines, *settings.added_fields, {.status = http::Status::ok, .has_file = true, .now = now}, request);
    return lines;
}

// What gzip_proxied knows of these.
struct Cacheability {
    bool has_last_modified = false;
    bool has_etag = false;
    config::ProxiedSet reasons;  // not to keep it
};

void note_cache_control(std::string_view value, Cacheability& found) {
    using config::Proxied;
    constexpr std::array<std::pair<std::string_view, Proxied>, 3> directives{{
        {"no-cache", Proxied::no_cache},
        {"no-store", Proxied::no_store},
        {"private", Proxied::private_},
    }};
    http::ListReader list{value};
    while (const auto one = list.next()) {
        for (const auto& [name, reason] : directives)
            if (base::equals_ignoring_case(one->substr(0, one->find('=')), name)) found.reasons.add(reason);
    }
}

Cacheability cacheability_of(std::string_view lines, std::time_t now) {
    Cacheability found;
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find("\r\n"));
        lines.remove_prefix(std::min(line.size() + 2, lines.size()));
        const std::size_t colon = std::min(line.find(':'), line.size());
        const std::string_view name = line.substr(0, colon);
        const std::string_view value = base::trim_ows(line.substr(std::min(colon + 1, line.size())));
        if (base::equals_ignoring_case(name, "Last-Modified")) found.has_last_modified = true;
        if (base::equals_ignoring_case(name, "ETag")) found.has_etag = true;
        if (base::equals_ignoring_case(name, "Cache-Control")) note_cache_control(value, found);
        if (!base::equals_ignoring_case(name, "Expires")) continue;
        const auto date = http::parse_http_date(value, now);
        if (date && *date < now) found.reasons.add(config::Proxied::expired);
    }
    return found;
}

// gzip_proxied: one of its reasons is enough.
bool proxy_may_have_gzip(const config::ProxiedSet& allowed, const files::Entry& file, const Request& request,
                         std::time_t now) {
    using config::Proxied;
    if (allowed.contains(Proxied::any)) return true;
    if (allowed.empty()) return false;
    if (allowed.contains(Proxied::auth) && request.head.fields.has(http::FieldName::authorization)) return true;
    const Cacheability found = cacheability_of(caching_fields(file, request, now), now);
    if (allowed.contains(Proxied::no_last_modified) && !found.has_last_modified) return true;
    if (allowed.contains(Proxied::no_etag) && !found.has_etag) return true;
    return found.reasons.meets(allowed);
}

// gzip_disable
bool is_client_without_gzip(const config::Codings& codings, std::string_view user_agent, const Request& request) {
    if (codings.not_for_msie6 && is_old_msie(user_agent)) return true;
    return std::ranges::any_of(codings.not_for, [&](const base::Regex& regex) {
        return request.workspace != nullptr && request.workspace->matcher.search(regex, user_agent);
    });
}

bool may_have_gzip(const config::Codings& codings, const files::Entry& file, const Request& request,
                   const base::Clock& clock) {
    const http::Fields& fields = request.head.fields;
    if (request.head.version < codings.least_version) return false;
    const auto user_agent = fields.first(http::FieldName::user_agent);
    if (user_agent && is_client_without_gzip(codings, *user_agent, request)) return false;
    return !fields.find("Via") || proxy_may_have_gzip(codings.proxied, file, request, clock.wall().tv_sec);
}

// FILE.gz; null where there is none.
files::EntryRef file_beside(ContentCoding coding, const routing::Resource& resource, const Request& request,
                            const Context& context) {
    std::string& path = context.scratch;
    const std::size_t size = resource.relative.size();
    const std::string_view suffix = suffix_of(coding);
    const bool is_there = path.data() == resource.relative.data();
    // What views it stays where it is. There is room for every path that the kernel takes.
    if (is_there && path.capacity() < size + suffix.size()) return {};
    if (!is_there) path.assign(resource.relative);
    path.append(suffix);
    const auto keep = request.route.settings->open_file_cache ? files::Cache::Keep::yes : files::Cache::Keep::no;
    files::EntryRef entry = context.files.find(*resource.root, path, keep, context.wait);
    path.resize(size);
    const bool is_file = entry->failure() == 0 && entry->status().kind == os::FileStatus::Kind::regular;
    return is_file ? entry : files::EntryRef{};
}

// One request's look at what there is.
class Choice {
public:
    Choice(files::EntryRef& found, const routing::Resource& resource, std::string_view name, const Request& request,
           const Context& context)
        : found_(found),
          resource_(resource),
          name_(name),
          request_(request),
          context_(context),
          codings_(request.route.settings->codings),
          accepted_(request.head.fields) {
        if (accepted_.weight(ContentCoding::gzip) > 0 && !may_have_gzip(codings_, *found, request, context.clock))
            accepted_.refuse(ContentCoding::gzip);
    }

    Selected make() {
        for (ContentCoding coding : http::content_codings) {
            if (!look_for_sidecar(coding)) look_for_variant(coding);
        }
        const ContentCoding chosen = http::choose_coding(accepted_, sizes_);
        start_better_than(chosen);
        if (request_.trace != nullptr) request_.trace->add("content coding: " + std::string{http::name_of(chosen)});
        const Form form{chosen, varies_ && codings_.vary};
        if (chosen == ContentCoding::identity) return {std::move(found_), form};
        return {std::move(entries_[http::index_of(chosen)]), form};
    }

private:
    // True: there is one, whether this client gets it or not.
    bool look_for_sidecar(ContentCoding coding) {
        const config::Sidecars wanted = codings_.of(coding).sidecars;
        if (wanted == config::Sidecars::off) return false;
        files::EntryRef sidecar = find_sidecar(coding);
        if (!sidecar) return false;
        if (wanted == config::Sidecars::always) {
            accepted_.insist_on(coding);
        } else {
            varies_ = true;
        }
        offer(coding, std::move(sidecar));
        return true;
    }

    files::EntryRef find_sidecar(ContentCoding coding) {
        files::EntryRef entry = file_beside(coding, resource_, request_, context_);
        // Somebody has changed the file, and not yet what was made of it.
        return entry && is_older(entry->status().modified, found_->status().modified) ? files::EntryRef{} : entry;
    }

    void look_for_variant(ContentCoding coding) {
        const config::Coding& settings = codings_.of(coding);
        if (!settings.compresses || context_.compressor == nullptr) return;
        if (found_->status().size < settings.min_length) return;
        if (!settings.takes_type(bare_media_type_of(name_, *request_.route.settings))) return;
        files::Compressor::Found found = context_.compressor->find(*found_, coding);
        switch (found.outlook) {
            case files::Compressor::Outlook::none: return;
            case files::Compressor::Outlook::later: possible_[http::index_of(coding)] = true; break;
            case files::Compressor::Outlook::ready: offer(coding, std::move(found.variant)); break;
        }
        varies_ = true;
    }

    void offer(ContentCoding coding, files::EntryRef entry) {
        sizes_[http::index_of(coding)] = entry->status().size;
        entries_[http::index_of(coding)] = std::move(entry);
    }

    // Has the coding made that this client would rather have than the one it gets.
    void start_better_than(ContentCoding chosen) {
        ContentCoding best = chosen;
        for (ContentCoding coding : http::content_codings) {
            const bool better = best == ContentCoding::identity
                                    ? accepted_.weight(coding) > 0 && accepted_.weight(coding) >= accepted_.weight(best)
                                    : accepted_.weight(coding) > accepted_.weight(best);
            if (possible_[http::index_of(coding)] && better) best = coding;
        }
        if (best == chosen) return;
        const config::Coding& settings = codings_.of(best);
        context_.compressor->start(found_, best, {settings.level, settings.window});
    }

    files::EntryRef& found_;
    const routing::Resource& resource_;
    std::string_view name_;
    const Request& request_;
    const Context& context_;
    const config::Codings& codings_;
    http::AcceptedCodings accepted_;
    http::CodedSizes sizes_;
    std::array<files::EntryRef, http::coding_count> entries_;
    std::array<bool, http::coding_count> possible_{};
    bool varies_ = false;
};

}  // namespace

Selected select_coding(files::EntryRef found, const routing::Resource& resource, std::string_view name,
                       const Request& request, const Context& context) {
    // What still has to come from the disk is chosen from when it is here.
    if (!request.route.settings->codings.in_use || found->is_cold()) return {std::move(found)};
    return Choice{found, resource, name, request, context}.make();
}

std::optional<Selected> coded_for_all(const routing::Resource& resource, const Request& request,
                                      const Context& context) {
    const config::Codings& codings = request.route.settings->codings;
    if (!codings.in_use || resource.relative.empty() || resource.relative.ends_with('/')) return std::nullopt;
    for (ContentCoding coding : http::content_codings) {
        if (codings.of(coding).sidecars != config::Sidecars::always) continue;
        if (files::EntryRef entry = file_beside(coding, resource, request, context))
            return Selected{std::move(entry), {coding, false}};
    }
    return std::nullopt;
}

}  // namespace handlers

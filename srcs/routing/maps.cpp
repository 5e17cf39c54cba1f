#include "routing/maps.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/hash.hpp"

namespace routing {

namespace {

// A text of the workspace, as long as it is held: after a while, nothing is allocated for it any more.
class Scratch {
public:
    explicit Scratch(const Request& request) : workspace_(*request.workspace), text_(taken_from(workspace_)) {
        text_.clear();
    }
    ~Scratch() { --workspace_.texts_in_use; }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    std::string& operator*() { return text_; }
    std::string* operator->() { return &text_; }

private:
    static std::string& taken_from(Workspace& workspace) {
        if (workspace.texts_in_use == workspace.texts.size()) workspace.texts.emplace_back();
        return workspace.texts[workspace.texts_in_use++];
    }

    Workspace& workspace_;
    std::string& text_;
};

void make_lower_case(std::string& text) { std::ranges::transform(text, text.begin(), base::to_lower); }

// Index into the map's values; 0 is the default.
std::uint32_t choose(const config::Map& map, const Request& request, const Reply* reply) {
    Scratch source{request};
    append(*source, map.source, request, reply);
    if (map.hostnames && source->ends_with('.')) source->pop_back();
    Scratch lower{request};
    *lower = *source;
    make_lower_case(*lower);
    if (const auto found = map.texts.find(*lower)) return *found;
    if (source->empty()) return 0;
    const auto fits = [&](const config::Map::Expression& one) { return request.match(one.pattern, *source); };
    const auto expression = std::ranges::find_if(map.expressions, fits);
    return expression == map.expressions.end() ? 0 : expression->value;
}

std::uint32_t choose4(const config::Geo& geo, std::string_view bytes) {
    return geo.ipv4.find(config::address4_of(bytes));
}

// What is no IP address.
std::uint32_t choose_nowhere(const config::Geo& geo) { return geo.ipv4.find(~config::Address4{0}); }

// Index into the values; 0 is the default.
std::uint32_t choose(const config::Geo& geo, const os::Endpoint& endpoint) {
    constexpr std::string_view mapped{"\0\0\0\0\0\0\0\0\0\0\xFF\xFF", 12};  // RFC 4291 2.5.5.2
    const std::string_view bytes = endpoint.address_bytes();
    switch (endpoint.family()) {
        case os::Endpoint::Family::ipv4: return choose4(geo, bytes);
        case os::Endpoint::Family::ipv6:
            if (bytes.starts_with(mapped)) return choose4(geo, bytes.substr(mapped.size()));
            return geo.ranges ? choose_nowhere(geo) : geo.ipv6.find(config::address6_of(bytes));
        case os::Endpoint::Family::unix_path: break;
    }
    return choose_nowhere(geo);
}

// What a Referer says behind its scheme; nullopt where that is another or none.
std::optional<std::string_view> behind_scheme(std::string_view referer) {
    constexpr std::size_t shortest = std::string_view{"http://i.ru"}.size();  // as nginx draws the line
    if (referer.size() < shortest) return std::nullopt;
    for (const std::string_view scheme : {"http://", "https://"})
        if (base::equals_ignoring_case(referer.substr(0, scheme.size()), scheme)) return referer.substr(scheme.size());
    return std::nullopt;
}

bool fits(const config::ServerName& name, std::string_view host, Workspace& workspace) {
    using Kind = config::ServerName::Kind;
    switch (name.kind) {
        case Kind::exact: return !host.empty() && host == name.text;
        case Kind::leading_wildcard: return host.size() > name.text.size() && host.ends_with(name.text);
        case Kind::trailing_wildcard: return host.size() > name.text.size() && host.starts_with(name.text);
        case Kind::regex: return workspace.matcher.search(name.pattern->regex, host);
    }
    return false;
}

bool is_valid_referer(const config::Referers& valid, const Request& request) {
    const std::optional<std::string_view> field = request.head.fields.first(http::FieldName::referer);
    if (!field) return valid.none;
    const std::optional<std::string_view> rest = behind_scheme(*field);
    if (!rest) return valid.blocked;
    const std::size_t end = std::min(rest->find_first_of("/:"), rest->size());
    Scratch host{request};
    host->assign(rest->substr(0, end));
    make_lower_case(*host);
    if (const auto found = valid.names.find(*host)) {
        const std::size_t slash = rest->find('/', end);
        return (slash == std::string_view::npos ? std::string_view{} : rest->substr(slash))
            .starts_with(valid.paths[*found]);
    }
    Workspace& workspace = *request.workspace;
    if (valid.server_names && std::ranges::any_of(request.route.server->names, [&](const config::ServerName& name) {
            return fits(name, *host, workspace);
        }))
        return true;
    return std::ranges::any_of(valid.expressions,
                               [&](const base::Regex& regex) { return workspace.matcher.search(regex, *rest); });
}

}  // namespace

void append_computed(std::string& out, const config::Map& map, const Request& request, const Reply* reply) {
    append(out, map.values[choose(map, request, reply)], request, reply);
}

void append_computed(std::string& out, const config::Geo& geo, const Request& request, const Reply* reply) {
    if (!geo.address) {
        out.append(
            geo.values[request.connection == nullptr ? choose_nowhere(geo) : choose(geo, request.connection->peer)]);
        return;
    }
    Scratch text{request};
    append(*text, *geo.address, request, reply);
    auto address = os::Endpoint::parse(*text, 0);
    out.append(geo.values[address ? choose(geo, *address) : choose_nowhere(geo)]);
}

void append_computed(std::string& out, const config::SplitClients& split, const Request& request, const Reply* reply) {
    Scratch text{request};
    append(*text, split.source, request, reply);
    const std::uint32_t hash = base::murmur_hash2(*text);
    const auto part = std::ranges::upper_bound(split.parts, hash, {}, &config::SplitClients::Part::end);
    if (part != split.parts.end())
        out.append(part->value);
    else if (split.rest)
        out.append(*split.rest);
}

bool append_invalid_referer(std::string& out, const Request& request) {
    const config::Referers* valid = request.route.settings->referers.get();
    if (valid == nullptr || is_valid_referer(*valid, request)) return false;
    out.push_back('1');
    return true;
}

}  // namespace routing

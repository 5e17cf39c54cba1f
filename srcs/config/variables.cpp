#include "config/variables.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "config/diagnostic.hpp"
#include "config/values.hpp"

namespace config {

namespace {

struct NamedVariable {
    std::string_view name;
    Variable variable;
};
constexpr auto built_in_rows = std::to_array<NamedVariable>({
    {"args", Variable::args},
    {"binary_remote_addr", Variable::binary_remote_addr},
    {"body_bytes_sent", Variable::body_bytes_sent},
    {"bytes_sent", Variable::bytes_sent},
    {"connection", Variable::connection},
    {"connection_requests", Variable::connection_requests},
    {"connection_time", Variable::connection_time},
    {"content_length", Variable::content_length},
    {"content_type", Variable::content_type},
    {"document_root", Variable::document_root},
    {"document_uri", Variable::document_uri},
    {"gzip_ratio", Variable::gzip_ratio},
    {"host", Variable::host},
    {"hostname", Variable::hostname},
    {"https", Variable::https},
    {"invalid_referer", Variable::invalid_referer},
    {"is_args", Variable::is_args},
    {"limit_rate", Variable::limit_rate},
    {"msec", Variable::msec},
    {"nginx_version", Variable::nginx_version},
    {"pid", Variable::pid},
    {"pipe", Variable::pipe},
    {"query_string", Variable::query_string},
    {"realpath_root", Variable::realpath_root},
    {"remote_addr", Variable::remote_addr},
    {"remote_port", Variable::remote_port},
    {"remote_user", Variable::remote_user},
    {"request", Variable::request},
    {"request_completion", Variable::request_completion},
    {"request_filename", Variable::request_filename},
    {"request_id", Variable::request_id},
    {"request_length", Variable::request_length},
    {"request_method", Variable::request_method},
    {"request_time", Variable::request_time},
    {"request_uri", Variable::request_uri},
    {"scheme", Variable::scheme},
    {"server_addr", Variable::server_addr},
    {"server_name", Variable::server_name},
    {"server_port", Variable::server_port},
    {"server_protocol", Variable::server_protocol},
    {"status", Variable::status},
    {"time_iso8601", Variable::time_iso8601},
    {"time_local", Variable::time_local},
    {"uri", Variable::uri},
});
static_assert(std::ranges::is_sorted(built_in_rows, {}, &NamedVariable::name));

struct Family {
    std::string_view prefix;
    VariableUse::Kind kind;
};
constexpr std::array<Family, 4> families{{
    {"arg_", VariableUse::Kind::argument},
    {"cookie_", VariableUse::Kind::cookie},
    {"http_", VariableUse::Kind::request_field},
    {"sent_http_", VariableUse::Kind::response_field},
}};

struct Missing {
    std::string_view prefix;
    std::string_view why;
};
constexpr std::array<Missing, 11> missing_rows{{
    {"ancient_browser", "browsers are not told apart: use map with $http_user_agent"},
    {"date_", "there are no server-side includes"},
    {"geoip_", "there is no GeoIP database: use geo with address ranges"},
    {"modern_browser", "browsers are not told apart: use map with $http_user_agent"},
    {"msie", "browsers are not told apart: use map with $http_user_agent"},
    {"proxy_", "webserv forwards nothing"},
    {"realip_", "addresses behind a proxy are not looked up yet"},
    {"request_body", "the content of requests is not kept"},
    {"ssl_", "webserv speaks no TLS"},
    {"tcpinfo_", "the kernel's figures are not looked up: use ss(8)"},
    {"upstream_", "webserv forwards nothing"},
}};

}  // namespace

std::optional<VariableUse> find_built_in_variable(std::string_view name) {
    const auto row = std::ranges::lower_bound(built_in_rows, name, {}, &NamedVariable::name);
    if (row != built_in_rows.end() && row->name == name)
        return VariableUse{VariableUse::Kind::built_in, static_cast<std::uint32_t>(row->variable)};
    for (const Family& family : families) {
        if (name.size() > family.prefix.size() && name.starts_with(family.prefix))
            return VariableUse{family.kind, 0, base::lower_case(name.substr(family.prefix.size()))};
    }
    return std::nullopt;
}

std::string_view reason_for_missing_variable(std::string_view name) {
    const auto row =
        std::ranges::find_if(missing_rows, [&](const Missing& one) { return name.starts_with(one.prefix); });
    return row == missing_rows.end() ? std::string_view{} : row->why;
}

std::vector<std::string_view> built_in_variable_names() {
    std::vector<std::string_view> names;
    for (const NamedVariable& row : built_in_rows) names.push_back(row.name);
    return names;
}

OwnVariables::Entry& OwnVariables::entry(const std::string& name) {
    const auto next = static_cast<std::uint32_t>(entries_.size());
    return entries_.try_emplace(name, Entry{next, std::nullopt, false}).first->second;
}

std::uint32_t OwnVariables::use(const std::string& name, const Token& at) {
    Entry& found = entry(name);
    if (!found.first_use) found.first_use = at;
    return found.index;
}

std::uint32_t OwnVariables::make(const std::string& name) {
    Entry& found = entry(name);
    found.made = true;
    return found.index;
}

void OwnVariables::report_missing(Report& report) const {
    std::vector<std::string> names;
    for (const std::string_view name : built_in_variable_names()) names.push_back("$" + std::string{name});
    for (const auto& [name, entry] : entries_)
        if (entry.made) names.push_back("$" + name);
    const std::vector<std::string_view> known{names.begin(), names.end()};
    for (const auto& [name, entry] : entries_) {
        if (entry.made || !entry.first_use) continue;
        const std::string_view why = reason_for_missing_variable(name);
        std::string hint = why.empty() ? did_you_mean("$" + name, known) : std::string{why};
        if (hint.empty()) hint = "make it with set, map, geo or a named group of a regular expression";
        report.error(*entry.first_use, "there is no variable " + quoted('$' + name), std::move(hint));
    }
}

std::vector<std::string> OwnVariables::names() const {
    std::vector<std::string> names(entries_.size());
    for (const auto& [name, entry] : entries_) names[entry.index] = name;
    return names;
}

}  // namespace config

#include "config/refused.hpp"

#include <algorithm>
#include <array>

#include "config/directives.hpp"

namespace config {

namespace {

using enum Lack;

constexpr std::string_view not_yet = "nothing takes its place yet";
constexpr std::string_view no_proxy = "webserv forwards nothing: let HAProxy or nginx in front do the proxying";
constexpr std::string_view no_tls = "webserv speaks no TLS: let hitch or HAProxy in front do that";
constexpr std::string_view settings_of_tls =
    "webserv speaks no TLS: leave it out; where TLS is wanted, let hitch or HAProxy in front do it";
constexpr std::string_view no_fastcgi =
    "webserv talks to no program that runs beside it: keep nginx or Caddy for that one (CGI is not there yet)";
constexpr std::string_view no_language =
    "no language is compiled in: answer from a program behind a proxy, or write the pages ahead";
constexpr std::string_view no_filter =
    "responses are never rewritten: change the files themselves, or let a site generator do it";
constexpr std::string_view in_front = "webserv speaks HTTP/1.1: let HAProxy or hitch in front speak it";
constexpr std::string_view no_stream = "serve the file as it is: ranges work, and players ask for them";
constexpr std::string_view no_image = "responses are never rewritten: make the images ahead (ImageMagick, libvips)";
constexpr std::string_view no_xslt = "responses are never rewritten: transform the files ahead (xsltproc)";
constexpr std::string_view no_ssi =
    "responses are never rewritten: put the pages together ahead, with a site generator";
constexpr std::string_view limits = "limits by address are not there yet: HAProxy in front has them (stick-table)";
constexpr std::string_view uploads = "uploads are not there yet";
constexpr std::string_view status = "numbers of the server are not there yet";
constexpr std::string_view realip =
    "the address of who is behind a proxy is not looked at yet: the proxy has it in its log";
constexpr std::string_view drain = "running requests get 30 seconds to end";
constexpr std::string_view cgi = "programs behind the server are not there yet";
constexpr std::string_view cookies = "cookies are not set by the server: let the site do it";
constexpr std::string_view geoip = "addresses are not looked up: use geo, or let a proxy in front do that";
constexpr std::string_view browser = "browsers are not told apart: use map with $http_user_agent";
constexpr std::string_view secure = "signed links are not checked: let the application or a proxy in front do that";
constexpr std::string_view subrequest =
    "nobody is asked whether a request may be answered: use auth_basic, or let a proxy in front do that";
constexpr std::string_view commercial = "it is part of nginx's commercial edition";
constexpr std::string_view gunzip =
    "a client that takes no gzip gets the plain file: keep it beside the compressed one";
constexpr std::string_view outside =
    "set it where webserv is started: a shell, or systemd (LimitCORE, WorkingDirectory, Environment)";
constexpr std::string_view no_trailers =
    "answers are sent with their length, which leaves no place for a trailer section: use add_header";
constexpr std::string_view charset = "files are sent as they are: store them in the charset you want (iconv)";

constexpr std::array rows = std::to_array<Refused>({
    {"add_after_body", filter, no_filter},
    {"add_before_body", filter, no_filter},
    {"add_trailer", other, no_trailers},
    {"add_trailer_inherit", other, no_trailers},
    {"addition_types", filter, no_filter},
    {"ancient_browser", other, browser},
    {"ancient_browser_value", other, browser},
    {"api", other, commercial},
    {"auth_delay", later, not_yet},
    {"auth_jwt", other, commercial},
    {"auth_request", upstream, subrequest},
    {"auth_request_set", upstream, subrequest},
    {"backend", upstream, no_proxy},
    {"cgi", later, cgi},
    {"cgi_extension", later, cgi},
    {"cgi_pass", later, cgi},
    {"charset_map", filter, charset},
    {"connections", other, "write worker_connections"},
    {"create_full_put_path", later, uploads},
    {"dav_access", later, uploads},
    {"dav_methods", later, uploads},
    {"debug_connection", other, "use error_log with the level debug"},
    {"degradation", other, "at worker_connections the oldest idle connection makes room"},
    {"degrade", other, "at worker_connections the oldest idle connection makes room"},
    {"directory_listing", other, "write autoindex on;"},
    {"early_hints", later, not_yet},
    {"empty_gif", other, "serve a file, or write return 204;"},
    {"env", other, outside},
    {"f4f", other, commercial},
    {"f4f_buffer_size", other, commercial},
    {"flv", filter, no_stream},
    {"google_perftools_profiles", language, no_language},
    {"gunzip", other, gunzip},
    {"gunzip_buffers", other, gunzip},
    {"hash", upstream, no_proxy},
    {"health_check", upstream, no_proxy},
    {"health_check_timeout", upstream, no_proxy},
    {"hls", other, commercial},
    {"host", other, "write listen 127.0.0.1:8080; or server_name example.org;"},
    {"http2", protocol, in_front},
    {"image_filter", filter, no_image},
    {"index_random", other, "write random_index on;"},
    {"internal_redirect", upstream, no_proxy},
    {"internal_redirect_delay", upstream, no_proxy},
    {"ip_hash", upstream, no_proxy},
    {"keepalive", upstream, no_proxy},
    {"keepalive_min_timeout", later, not_yet},
    {"keepalive_time", later, not_yet},
    {"keyval", other, commercial},
    {"keyval_zone", other, commercial},
    {"least_conn", upstream, no_proxy},
    {"least_time", upstream, no_proxy},
    {"license_token", other, commercial},
    {"limit_conn", later, limits},
    {"limit_conn_zone", later, limits},
    {"limit_req", later, limits},
    {"limit_req_zone", later, limits},
    {"limit_zone", later, limits},
    {"mail", upstream, "webserv serves HTTP only: let HAProxy or nginx forward mail"},
    {"match", upstream, no_proxy},
    {"max_headers", later, not_yet},
    {"methods", other, "write allow_methods GET HEAD;"},
    {"mgmt", other, commercial},
    {"min_delete_depth", later, uploads},
    {"mirror", upstream, no_proxy},
    {"mirror_request_body", upstream, no_proxy},
    {"modern_browser", other, browser},
    {"modern_browser_value", other, browser},
    {"mp4", filter, no_stream},
    {"ntlm", upstream, no_proxy},
    {"oidc_provider", other, commercial},
    {"optimize_server_names", other, "leave it out: names are always looked up in a table"},
    {"perl", language, no_language},
    {"post_action", later, not_yet},
    {"queue", upstream, no_proxy},
    {"random", upstream, no_proxy},
    {"real_ip_header", later, realip},
    {"real_ip_recursive", later, realip},
    {"redirect", other, "write return 301 /new;"},
    {"request_id", other, "it is the variable $request_id"},
    {"resolver", upstream, "webserv forwards nothing, and so looks up no names: leave it out"},
    {"resolver_timeout", upstream, "webserv forwards nothing, and so looks up no names: leave it out"},
    {"satisfy_any", other, "write satisfy any;"},
    {"secure_link", other, secure},
    {"secure_link_md5", other, secure},
    {"secure_link_secret", other, secure},
    {"session_log", other, commercial},
    {"session_log_format", other, commercial},
    {"session_log_zone", other, commercial},
    {"set_real_ip_from", later, realip},
    {"slice", upstream, no_proxy},
    {"source_charset", filter, charset},
    {"ssi", filter, no_ssi},
    {"ssl", tls, no_tls},
    {"state", upstream, no_proxy},
    {"status", other, commercial},
    {"status_format", other, commercial},
    {"status_zone", other, commercial},
    {"sticky", upstream, no_proxy},
    {"sticky_cookie_insert", upstream, no_proxy},
    {"stream", upstream, "webserv serves HTTP only: let HAProxy or nginx forward other protocols"},
    {"stub_status", later, status},
    {"sub_filter", filter, no_filter},
    {"upload_folder", later, uploads},
    {"upload_path", later, uploads},
    {"upload_store", later, uploads},
    {"upstream", upstream, no_proxy},
    {"usage_report", other, commercial},
    {"worker_rlimit_core", other, outside},
    {"worker_rlimit_sigpending", other, outside},
    {"worker_shutdown_timeout", later, drain},
    {"working_directory", other, outside},
    {"xml_entities", filter, no_xslt},
    {"xslt_stylesheet", filter, no_xslt},
    {"zone", upstream, no_proxy},
    {"zstd_dict_file", other, "clients know no dictionaries: leave it out"},
});
static_assert(std::ranges::is_sorted(rows, {}, &Refused::name));

constexpr std::array families = std::to_array<Refused>({
    {"api_", other, commercial},        {"auth_jwt_", other, commercial},
    {"fastcgi_", language, no_fastcgi}, {"geoip_", other, geoip},
    {"grpc_", upstream, no_proxy},      {"health_check_", upstream, no_proxy},
    {"hls_", other, commercial},        {"http2_", protocol, in_front},
    {"http3", protocol, in_front},      {"image_filter_", filter, no_image},
    {"js_", language, no_language},     {"limit_conn_", later, limits},
    {"limit_req_", later, limits},      {"memcached_", upstream, no_proxy},
    {"mp4_", filter, no_stream},        {"otel_", language, no_language},
    {"perl_", language, no_language},   {"proxy_", upstream, no_proxy},
    {"quic_", protocol, in_front},      {"scgi_", language, no_fastcgi},
    {"ssi_", filter, no_ssi},           {"ssl_", tls, settings_of_tls},
    {"sub_filter_", filter, no_filter}, {"userid", other, cookies},
    {"uwsgi_", language, no_fastcgi},   {"xslt_", filter, no_xslt},
});

}  // namespace

std::span<const Refused> refused_directives() { return rows; }

std::span<const Refused> refused_families() { return families; }

const Refused* find_refused(std::string_view name) {
    if (find_directive(name) != nullptr) return nullptr;
    const auto row = std::ranges::lower_bound(rows, name, {}, &Refused::name);
    if (row != rows.end() && row->name == name) return &*row;
    const auto family = std::ranges::find_if(families, [&](const Refused& one) { return name.starts_with(one.name); });
    return family != families.end() ? &*family : nullptr;
}

}  // namespace config

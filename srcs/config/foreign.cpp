#include "config/foreign.hpp"

#include <algorithm>
#include <array>

namespace config {

namespace {

constexpr std::string_view own_file_cache = "changes are seen when they happen, missing files are kept in mind too";
constexpr std::string_view own_tables = "tables are sized as needed";
constexpr std::string_view one_acceptor = "the kernel spreads connections over the processes";
constexpr std::string_view own_threads = "helper threads are started as needed";
constexpr std::string_view own_buffers = "buffers are pooled and sized here";

constexpr std::array ineffective_rows = std::to_array<Ineffective>({
    {"accept_mutex", one_acceptor, ""},
    {"accept_mutex_delay", one_acceptor, ""},
    {"aio_write", own_threads, ""},
    {"chunked_transfer_encoding", "HTTP/1.1 needs it and it is always on", "on"},
    {"client_body_buffer_size", own_buffers, ""},
    {"client_body_in_single_buffer", own_buffers, ""},
    {"connection_pool_size", own_buffers, ""},
    {"debug_points", "there are none here", ""},
    {"directio", "files go out by sendfile", ""},
    {"directio_alignment", "files go out by sendfile", ""},
    {"gzip", "responses are not compressed", "off"},
    {"keepalive_disable", "no browser in use needs it", ""},
    {"lingering_close", "connections are always closed gently", "on"},
    {"lock_file", one_acceptor, ""},
    {"log_subrequest", "there are no subrequests", ""},
    {"map_hash_bucket_size", own_tables, ""},
    {"map_hash_max_size", own_tables, ""},
    {"master_process", "there is one where worker_processes is more than 1", ""},
    {"merge_slashes", "repeated slashes always become one", "on"},
    {"msie_padding", "no browser in use needs it", ""},
    {"multi_accept", "up to 64 are accepted at once", ""},
    {"open_file_cache_errors", own_file_cache, ""},
    {"open_file_cache_min_uses", own_file_cache, ""},
    {"open_file_cache_valid", own_file_cache, ""},
    {"output_buffers", "files go out by sendfile", ""},
    {"pcre_jit", "regular expressions run in linear time without it", ""},
    {"postpone_output", "small responses leave in one piece", ""},
    {"read_ahead", "the kernel decides on its own", ""},
    {"request_pool_size", own_buffers, ""},
    {"reset_timedout_connection", "idle connections own no buffers", ""},
    {"rewrite_log", "\"webserv --explain\" shows each step", ""},
    {"send_lowat", "the kernel decides on its own", ""},
    {"sendfile", "large files always go out by sendfile", ""},
    {"sendfile_max_chunk", "no connection holds up the others", ""},
    {"server_names_hash_bucket_size", own_tables, ""},
    {"server_names_hash_max_size", own_tables, ""},
    {"tcp_nodelay", "it is always on", ""},
    {"tcp_nopush", "head and file leave together anyway", ""},
    {"thread_pool", own_threads, ""},
    {"timer_resolution", "the clock is read once a turn", ""},
    {"types_hash_bucket_size", own_tables, ""},
    {"types_hash_max_size", own_tables, ""},
    {"uninitialized_variable_warn", "a variable without a value is empty", ""},
    {"use", "epoll is what is used", "epoll"},
    {"variables_hash_bucket_size", own_tables, ""},
    {"variables_hash_max_size", own_tables, ""},
    {"worker_aio_requests", own_threads, ""},
    {"worker_cpu_affinity", "start it with taskset(1) instead", ""},
    {"worker_priority", "start it with nice(1) instead", ""},
});
static_assert(std::ranges::is_sorted(ineffective_rows, {}, &Ineffective::name));

constexpr std::string_view not_yet = "nothing takes its place yet";
constexpr std::string_view no_proxy = "webserv forwards nothing: let HAProxy or nginx in front do the proxying";
constexpr std::string_view no_tls = "webserv speaks no TLS: let HAProxy or hitch in front do that";
constexpr std::string_view no_cgi_yet = "programs behind the server are not supported yet";
constexpr std::string_view no_filter = "responses are never rewritten: change the files themselves";
constexpr std::string_view in_front = "let a proxy such as HAProxy in front do that";

constexpr std::string_view no_upload_yet = "uploads are not supported yet";

constexpr std::array refused_rows = std::to_array<Refused>({
    {"add_after_body", no_filter},
    {"add_before_body", no_filter},
    {"add_header", not_yet},
    {"add_trailer", not_yet},
    {"addition_types", no_filter},
    {"allow", "access rules by address are not supported yet; use a firewall, or listen on 127.0.0.1"},
    {"ancient_browser", not_yet},
    {"auth_basic", not_yet},
    {"auth_basic_user_file", not_yet},
    {"auth_delay", not_yet},
    {"auth_request", in_front},
    {"auth_request_set", in_front},
    {"autoindex_exact_size", "listings have one form"},
    {"autoindex_format", "listings have one form"},
    {"autoindex_localtime", "listings have one form"},
    {"cgi", no_cgi_yet},
    {"cgi_extension", no_cgi_yet},
    {"cgi_pass", no_cgi_yet},
    {"charset_map", "files are sent as they are: store them in the charset you want"},
    {"charset_types", "the types that take a charset are built in"},
    {"client_body_in_file_only", not_yet},
    {"client_body_temp_path", not_yet},
    {"create_full_put_path", "uploads are not supported yet"},
    {"dav_access", "uploads are not supported yet"},
    {"dav_methods", "uploads are not supported yet"},
    {"debug_connection", "use error_log with the level debug"},
    {"deny",
     "access rules by address are not supported yet, outside of limit_except; use a firewall, or listen on 127.0.0.1"},
    {"directory_listing", "write autoindex on;"},
    {"disable_symlinks", "links that leave the root are always refused, others are followed"},
    {"empty_gif", "serve a file"},
    {"env", "set the environment where webserv is started"},
    {"expires", not_yet},
    {"flv", "serve the file as it is: ranges work"},
    {"geo", "variables are not supported yet"},
    {"geoip_city", not_yet},
    {"geoip_country", not_yet},
    {"hash", no_proxy},
    {"host", "write listen 127.0.0.1:8080; or server_name example.org;"},
    {"http2", in_front},
    {"ignore_invalid_headers", "a field line that is not well-formed is always answered 400"},
    {"image_filter", no_filter},
    {"index_random", not_yet},
    {"ip_hash", no_proxy},
    {"keepalive_time", "use keepalive_timeout and keepalive_requests"},
    {"least_conn", no_proxy},
    {"limit_conn", in_front},
    {"limit_conn_zone", in_front},
    {"limit_rate", "rates are not limited yet"},
    {"limit_rate_after", "rates are not limited yet"},
    {"limit_req", in_front},
    {"limit_req_zone", in_front},
    {"load_module", "webserv has no modules"},
    {"mail", "webserv serves HTTP only"},
    {"map", "variables are not supported yet"},
    {"methods", "write allow_methods GET HEAD;"},
    {"min_delete_depth", "uploads are not supported yet"},
    {"mirror", no_proxy},
    {"modern_browser", not_yet},
    {"mp4", "serve the file as it is: ranges work"},
    {"msie_refresh", "redirects are always plain ones"},
    {"override_charset", no_filter},
    {"perl", no_cgi_yet},
    {"random_index", not_yet},
    {"real_ip_header", not_yet},
    {"real_ip_recursive", not_yet},
    {"redirect", "write return 301 /new;"},
    {"referer_hash_max_size", not_yet},
    {"request_id", not_yet},
    {"resolver", "webserv resolves no names"},
    {"resolver_timeout", "webserv resolves no names"},
    {"satisfy", not_yet},
    {"secure_link", not_yet},
    {"secure_link_md5", not_yet},
    {"set_real_ip_from", not_yet},
    {"slice", no_proxy},
    {"split_clients", "variables are not supported yet"},
    {"ssi", no_filter},
    {"ssl", no_tls},
    {"stream", "webserv serves HTTP only"},
    {"stub_status", not_yet},
    {"sub_filter", no_filter},
    {"sub_filter_once", no_filter},
    {"subrequest_output_buffer_size", "there are no subrequests"},
    {"underscores_in_headers", "a field name with an underscore is valid and always kept (RFC 9110 5.1)"},
    {"upload_path", no_upload_yet},
    {"upload_store", no_upload_yet},
    {"upstream", no_proxy},
    {"valid_referers", not_yet},
    {"worker_rlimit_core", "set it where webserv is started (ulimit -c)"},
    {"worker_shutdown_timeout", not_yet},
    {"working_directory", "start webserv there"},
    {"xml_entities", no_filter},
    {"xslt_stylesheet", no_filter},
    {"zone", no_proxy},
});
static_assert(std::ranges::is_sorted(refused_rows, {}, &Refused::name));

constexpr std::array refused_families = std::to_array<Refused>({
    {"brotli", "compression is not supported yet"},
    {"fastcgi_", no_cgi_yet},
    {"grpc_", no_proxy},
    {"gunzip", "compression is not supported yet"},
    {"gzip_", "compression is not supported yet"},
    {"http2_", in_front},
    {"http3", in_front},
    {"js_", no_cgi_yet},
    {"memcached_", no_proxy},
    {"perl_", no_cgi_yet},
    {"proxy_", no_proxy},
    {"quic_", in_front},
    {"scgi_", no_cgi_yet},
    {"ssi_", no_filter},
    {"ssl_", no_tls},
    {"sub_filter_", no_filter},
    {"userid", "cookies are not set by the server"},
    {"uwsgi_", no_cgi_yet},
});

}  // namespace

std::span<const Ineffective> ineffective_directives() { return ineffective_rows; }

std::span<const Refused> refused_directives() { return refused_rows; }

const Ineffective* find_ineffective(std::string_view name) {
    const auto row = std::ranges::lower_bound(ineffective_rows, name, {}, &Ineffective::name);
    return row != ineffective_rows.end() && row->name == name ? &*row : nullptr;
}

const Refused* find_refused(std::string_view name) {
    const auto row = std::ranges::lower_bound(refused_rows, name, {}, &Refused::name);
    if (row != refused_rows.end() && row->name == name) return &*row;
    const auto family =
        std::ranges::find_if(refused_families, [&](const Refused& one) { return name.starts_with(one.name); });
    return family != refused_families.end() ? &*family : nullptr;
}

}  // namespace config

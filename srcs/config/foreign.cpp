#include "config/foreign.hpp"

#include <algorithm>
#include <array>

#include "config/directives.hpp"

namespace config {

namespace {

constexpr std::string_view own_file_cache = "changes are seen when they happen, missing files are kept in mind too";
constexpr std::string_view own_tables = "tables are sized as needed";
constexpr std::string_view one_acceptor = "the kernel spreads connections over the processes";
constexpr std::string_view own_threads = "helper threads are started as needed";
constexpr std::string_view own_programs = "the program that compresses has its own";
constexpr std::string_view own_buffers = "buffers are pooled and sized here";

constexpr std::string_view own_temporaries = "content that is kept goes to memory, or to a file without a name";
constexpr std::string_view forwards_nothing = "there is nothing that is forwarded";

constexpr std::array ineffective_rows = std::to_array<Ineffective>({
    {"accept_mutex", one_acceptor, ""},
    {"accept_mutex_delay", one_acceptor, ""},
    {"aio_write", own_threads, ""},
    {"brotli_buffers", own_programs, ""},
    {"chunked_transfer_encoding", "HTTP/1.1 needs it and it is always on", "on"},
    {"client_body_buffer_size", own_buffers, ""},
    {"client_body_in_file_only", "content is kept in memory, or in a file without a name", "off"},
    {"client_body_in_single_buffer", own_buffers, ""},
    {"client_body_temp_path", own_temporaries, ""},
    {"connection_pool_size", own_buffers, ""},
    {"debug_points", "there are none here", ""},
    {"directio", "files go out by sendfile", ""},
    {"directio_alignment", "files go out by sendfile", ""},
    {"fastcgi_temp_path", forwards_nothing, ""},
    {"gzip_buffers", own_programs, ""},
    {"ignore_invalid_headers", "a field line that is not well-formed is always answered 400", "on"},
    {"keepalive_disable", "no browser in use needs it", ""},
    {"lingering_close", "connections are always closed gently", "on"},
    {"load_module", "there are no modules: what they add is refused by its own name", ""},
    {"lock_file", one_acceptor, ""},
    {"log_subrequest", "there are no subrequests", ""},
    {"map_hash_bucket_size", own_tables, ""},
    {"map_hash_max_size", own_tables, ""},
    {"master_process", "there is one where worker_processes is more than 1", ""},
    {"msie_padding", "no browser in use needs it", ""},
    {"msie_refresh", "redirects are always plain ones", "off"},
    {"multi_accept", "up to 64 are accepted at once", ""},
    {"open_file_cache_errors", own_file_cache, ""},
    {"open_file_cache_min_uses", own_file_cache, ""},
    {"open_file_cache_valid", own_file_cache, ""},
    {"output_buffers", "files go out by sendfile", ""},
    {"override_charset", forwards_nothing, ""},
    {"pcre_jit", "regular expressions run in linear time without it", ""},
    {"postpone_output", "small responses leave in one piece", ""},
    {"proxy_temp_path", forwards_nothing, ""},
    {"read_ahead", "the kernel decides on its own", ""},
    {"referer_hash_bucket_size", own_tables, ""},
    {"referer_hash_max_size", own_tables, ""},
    {"request_pool_size", own_buffers, ""},
    {"reset_timedout_connection", "idle connections own no buffers", ""},
    {"rewrite_log", "\"webserv --explain\" shows each step", ""},
    {"scgi_temp_path", forwards_nothing, ""},
    {"send_lowat", "the kernel decides on its own", ""},
    {"sendfile", "large files always go out by sendfile", ""},
    {"sendfile_max_chunk", "no connection holds up the others", ""},
    {"server_names_hash_bucket_size", own_tables, ""},
    {"server_names_hash_max_size", own_tables, ""},
    {"subrequest_output_buffer_size", "there are no subrequests", ""},
    {"tcp_nodelay", "it is always on", ""},
    {"tcp_nopush", "head and file leave together anyway", ""},
    {"thread_pool", own_threads, ""},
    {"timer_resolution", "the clock is read once a turn", ""},
    {"types_hash_bucket_size", own_tables, ""},
    {"types_hash_max_size", own_tables, ""},
    {"underscores_in_headers", "a field name with an underscore is valid and always kept (RFC 9110 5.1)", "on"},
    {"uninitialized_variable_warn", "a variable without a value is empty", ""},
    {"use", "epoll is what is used", "epoll"},
    {"uwsgi_temp_path", forwards_nothing, ""},
    {"variables_hash_bucket_size", own_tables, ""},
    {"variables_hash_max_size", own_tables, ""},
    {"worker_aio_requests", own_threads, ""},
    {"worker_cpu_affinity", "start it with taskset(1) instead", ""},
    {"worker_priority", "start it with nice(1) instead", ""},
    {"zstd_buffers", own_programs, ""},
});
static_assert(std::ranges::is_sorted(ineffective_rows, {}, &Ineffective::name));

}  // namespace

std::span<const Ineffective> ineffective_directives() { return ineffective_rows; }

const Ineffective* find_ineffective(std::string_view name) {
    if (find_directive(name) != nullptr) return nullptr;
    const auto row = std::ranges::lower_bound(ineffective_rows, name, {}, &Ineffective::name);
    return row != ineffective_rows.end() && row->name == name ? &*row : nullptr;
}

}  // namespace config

"""nginx's directives, all of them: each works, is accepted without effect, or is refused by name with what to use
instead; and `-t --tolerant`, which lists the refused ones and tells whether the rest would load.
"""

import re

import pytest

from webserv_process import run

# The directives of nginx 1.28's core, HTTP core and standard HTTP modules, by module, after its documentation.
NGINX = {
    "core": "accept_mutex accept_mutex_delay daemon debug_connection debug_points env error_log events include "
            "load_module lock_file master_process multi_accept pcre_jit pid ssl_engine ssl_object_cache_inheritable "
            "thread_pool timer_resolution use user worker_aio_requests worker_connections worker_cpu_affinity "
            "worker_priority worker_processes worker_rlimit_core worker_rlimit_nofile worker_shutdown_timeout "
            "working_directory",
    "http": "absolute_redirect aio aio_write alias auth_delay chunked_transfer_encoding client_body_buffer_size "
            "client_body_in_file_only client_body_in_single_buffer client_body_temp_path client_body_timeout "
            "client_header_buffer_size client_header_timeout client_max_body_size connection_pool_size default_type "
            "directio directio_alignment disable_symlinks error_page etag http if_modified_since "
            "ignore_invalid_headers internal keepalive_disable keepalive_min_timeout keepalive_requests "
            "keepalive_time keepalive_timeout large_client_header_buffers limit_except limit_rate limit_rate_after "
            "lingering_close lingering_time lingering_timeout listen location log_not_found log_subrequest "
            "max_ranges merge_slashes msie_padding msie_refresh open_file_cache open_file_cache_errors "
            "open_file_cache_min_uses open_file_cache_valid output_buffers port_in_redirect postpone_output "
            "read_ahead recursive_error_pages request_pool_size reset_timedout_connection resolver resolver_timeout "
            "root satisfy send_lowat send_timeout sendfile sendfile_max_chunk server server_name "
            "server_name_in_redirect server_names_hash_bucket_size server_names_hash_max_size server_tokens "
            "subrequest_output_buffer_size tcp_nodelay tcp_nopush try_files types types_hash_bucket_size "
            "types_hash_max_size underscores_in_headers variables_hash_bucket_size variables_hash_max_size",
    "access": "allow deny",
    "addition": "add_before_body add_after_body addition_types",
    "auth": "auth_basic auth_basic_user_file auth_request auth_request_set auth_jwt auth_jwt_key_file",
    "autoindex": "autoindex autoindex_exact_size autoindex_format autoindex_localtime",
    "browser": "ancient_browser ancient_browser_value modern_browser modern_browser_value",
    "charset": "charset charset_map charset_types override_charset source_charset",
    "dav": "create_full_put_path dav_access dav_methods min_delete_depth",
    "fastcgi": "fastcgi_bind fastcgi_buffers fastcgi_cache fastcgi_index fastcgi_param fastcgi_pass "
               "fastcgi_split_path_info fastcgi_temp_path",
    "files": "empty_gif f4f flv hls mp4 mp4_buffer_size mp4_max_buffer_size mp4_start_key_frame index random_index",
    "geo": "geo geoip_country geoip_city geoip_org geoip_proxy geoip_proxy_recursive",
    "grpc": "grpc_pass grpc_set_header grpc_ssl_verify",
    "gzip": "gunzip gunzip_buffers gzip gzip_buffers gzip_comp_level gzip_disable gzip_http_version gzip_min_length "
            "gzip_proxied gzip_types gzip_vary gzip_static",
    "headers": "add_header add_trailer expires",
    "image": "image_filter image_filter_buffer image_filter_jpeg_quality",
    "js": "js_access js_content js_import js_set js_var",
    "limits": "limit_conn limit_conn_dry_run limit_conn_log_level limit_conn_status limit_conn_zone limit_zone "
              "limit_req limit_req_dry_run limit_req_log_level limit_req_status limit_req_zone",
    "logs": "access_log log_format open_log_file_cache",
    "map": "map map_hash_bucket_size map_hash_max_size split_clients",
    "memcached": "memcached_pass memcached_read_timeout",
    "mirror": "mirror mirror_request_body",
    "perl": "perl perl_modules perl_require perl_set",
    "proxy": "proxy_buffering proxy_cache proxy_cache_path proxy_http_version proxy_pass proxy_redirect "
             "proxy_set_header proxy_ssl_verify proxy_temp_path",
    "realip": "set_real_ip_from real_ip_header real_ip_recursive",
    "referer": "referer_hash_bucket_size referer_hash_max_size valid_referers",
    "rewrite": "break if return rewrite rewrite_log set uninitialized_variable_warn",
    "scgi": "scgi_pass scgi_param scgi_temp_path",
    "secure link": "secure_link secure_link_md5 secure_link_secret",
    "slice": "slice",
    "ssi": "ssi ssi_last_modified ssi_min_file_chunk ssi_silent_errors ssi_types ssi_value_length",
    "ssl": "ssl ssl_certificate ssl_certificate_key ssl_ciphers ssl_prefer_server_ciphers ssl_protocols "
           "ssl_session_cache ssl_session_timeout ssl_stapling ssl_trusted_certificate",
    "status": "stub_status status status_zone api",
    "sub": "sub_filter sub_filter_last_modified sub_filter_once sub_filter_types",
    "upstream": "upstream zone state hash ip_hash keepalive least_conn least_time ntlm queue random sticky "
                "health_check match",
    "userid": "userid userid_domain userid_expires userid_mark userid_name userid_p3p userid_path userid_service",
    "uwsgi": "uwsgi_pass uwsgi_param uwsgi_temp_path",
    "v2 v3": "http2 http2_max_concurrent_streams http2_chunk_size http3 http3_hq quic_retry quic_gso",
    "xslt": "xml_entities xslt_last_modified xslt_param xslt_string_param xslt_stylesheet xslt_types",
    "others": "stream mail google_perftools_profiles keyval session_log otel_exporter mgmt post_action degradation",
}


@pytest.mark.parametrize("module", NGINX)
def test_no_directive_of_nginx_is_unknown(module, tmp_path):
    """What the table doesn't have is refused or passed over by its name, and --help says why."""
    names = NGINX[module].split()
    (tmp_path / "a.conf").write_text("".join(f"{name} x;\n" for name in names))
    said = run("-t", "a.conf", cwd=tmp_path).stderr
    assert "unknown directive" not in said
    for name in names:
        result = run("--help", name)
        assert result.returncode == 0 and result.stdout.startswith(name), name


@pytest.mark.parametrize("line,instead", [
    ("ssl_certificate a.pem;", "hitch or HAProxy"),
    ("listen 127.0.0.1:8443 ssl;", "hitch or HAProxy"),
    ("location /a { proxy_pass http://127.0.0.1:1; }", "HAProxy or nginx"),
    ("location /a { fastcgi_pass 127.0.0.1:1; }", "CGI"),
    ("location /a { ssi on; }", "ahead"),
    ("location /a { mp4; }", "ranges"),
    ("location /a { image_filter resize 1 1; }", "ImageMagick"),
])
def test_refusal_says_what_to_use_instead(tmp_path, line, instead):
    (tmp_path / "a.conf").write_text(f"server {{ listen 127.0.0.1:0; return 204;\n{line}\n}}")
    result = run("-t", "a.conf", cwd=tmp_path)
    assert result.returncode == 1
    assert re.search(rf"^a\.conf:2:\d+: error: .*; .*{instead}", result.stderr, re.M), result.stderr


SITE = """
load_module modules/ngx_http_perl_module.so;
stream { server { listen 53; } }
http {
    ssl_protocols TLSv1.3;
    upstream app { server 127.0.0.1:9000; keepalive 8; }
    sendfile on;
    server {
        listen 127.0.0.1:0 ssl;
        http2 on;
        root www;
        ssl_certificate a.pem;
        location /app/ { proxy_pass http://app; return 502; }
        location /php/ { fastcgi_pass 127.0.0.1:9001; return 502; }
        location /old/ { ssi on; image_filter test; }
    }
}
"""


def test_tolerant_lists_what_is_refused(tmp_path):
    """Each with its line and what it needs; the rest loads."""
    (tmp_path / "www").mkdir()
    (tmp_path / "a.conf").write_text(SITE)
    assert run("-t", "a.conf", cwd=tmp_path).returncode == 1
    result = run("-t", "--tolerant", "a.conf", cwd=tmp_path)
    assert result.returncode == 0
    skipped = re.findall(r'^a\.conf:(\d+):\d+: skipped: .*"(\w+)".*; .* \[(.*)\]$', result.stderr, re.M)
    assert skipped == [
        ("3", "stream", "an upstream"), ("5", "ssl_protocols", "TLS"), ("6", "upstream", "an upstream"),
        ("9", "ssl", "TLS"), ("10", "http2", "HTTP/2 or HTTP/3"), ("12", "ssl_certificate", "TLS"),
        ("13", "proxy_pass", "an upstream"), ("14", "fastcgi_pass", "a program or a language in the server"),
        ("15", "ssi", "rewriting what is sent"), ("15", "image_filter", "rewriting what is sent"),
    ]
    assert "error" not in result.stderr and "the rest of the configuration a.conf is fine" in result.stderr
    assert "TLS: 3" in result.stderr and "an upstream: 3" in result.stderr
    assert re.search(r'note: "sendfile"', result.stderr)


@pytest.mark.parametrize("line", ["lisen 80;", "keepalive_timeout often;", "etag sometimes;"])
def test_tolerant_is_not_blind(tmp_path, line):
    """What is wrong stays wrong."""
    (tmp_path / "www").mkdir()
    (tmp_path / "a.conf").write_text(SITE.replace("root www;", f"root www;\n{line}"))
    result = run("--tolerant", "-t", "a.conf", cwd=tmp_path)
    assert result.returncode == 1
    assert "a.conf:12:" in result.stderr and "the rest of the configuration a.conf is not usable" in result.stderr


def test_tolerant_lists_all_of_many(tmp_path):
    """More than the number of messages that are usually kept."""
    lines = "".join(f"ssl_verify_depth {i};\n" for i in range(500))
    (tmp_path / "a.conf").write_text(f"server {{ listen 127.0.0.1:0; return 204;\n{lines} }}")
    result = run("-t", "--tolerant", "a.conf", cwd=tmp_path)
    assert result.returncode == 0 and result.stderr.count(": skipped: ") == 500


def test_tolerant_effective_configuration(tmp_path):
    """-T prints what is left, and keeps what was skipped in sight."""
    (tmp_path / "www").mkdir()
    (tmp_path / "a.conf").write_text(SITE.replace(" ssl;", ";"))
    result = run("-T", "--tolerant", "a.conf", cwd=tmp_path)
    assert result.returncode == 0 and re.search(r"^ *# proxy_pass http://app;", result.stdout, re.M)
    (tmp_path / "b.conf").write_text(result.stdout)
    assert run("-t", "b.conf", cwd=tmp_path).returncode == 0


def test_tolerant_serves_nothing(tmp_path):
    """A server that leaves out its TLS is no server that was asked for."""
    result = run("--tolerant", "a.conf", cwd=tmp_path)
    assert result.returncode == 2 and "-t" in result.stderr


def test_reference_lists_each_once(tmp_path):
    """A directive that works isn't among those without effect or not accepted."""
    text = run("--directives").stdout
    works = set(re.findall(r"^#### (\S+)$", text, re.M))
    rest = text[text.index("## Accepted without effect"):]
    others = re.findall(r"`([a-z0-9_]+)[^`]*`", "".join(re.findall(r"^- (.*?):", rest, re.M)))
    assert len(others) > 100 and not works & set(others)
    assert len(others) == len(set(others))

// What a configuration means: the typed tree that the rest of the server works with. Built once by the binder, complete
// with every inherited and default value, never changed afterwards, shared by reference count.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "config/access.hpp"
#include "config/added_fields.hpp"
#include "config/codings.hpp"
#include "config/listing.hpp"
#include "config/maps.hpp"
#include "config/script.hpp"
#include "config/template.hpp"
#include "http/conditional.hpp"
#include "http/registry.hpp"
#include "os/log.hpp"
#include "os/socket.hpp"

namespace config {

using os::LogLevel;

// error_page 404 /missing.html;   error_page 500 502 =200 /sorry.html;
struct ErrorPage {
    http::Status status{};                    // the answer that is replaced, 300 to 599
    Template target;                          // a path of this server with or without a query, a named location
                                              // ("@name"), or an absolute URL to redirect to
    std::optional<http::Status> replacement;  // `=code`: answered instead
    bool status_of_target = false;            // `=` alone: the status that serving the target gives
};

// try_files $uri $uri/ /index.html;   try_files $uri @fallback;   try_files $uri =404;
struct TryFiles {
    struct Candidate {
        Template path;
        bool is_folder = false;  // written with a slash at its end, which `path` lacks
    };
    std::vector<Candidate> candidates;
    Template last;                       // a path with or without a query, or "@name"
    std::optional<http::Status> status;  // of `=code`: in place of `last`
};

// types { ... }: extension in lower case -> media type. Null where the built-in table applies.
using MediaTypes = std::map<std::string, std::string, std::less<>>;

// error_log PATH LEVEL;
struct ErrorLog {
    std::string path;  // absolute; "" is stderr
    LogLevel level = LogLevel::error;
    Origin origin;
};

// log_format NAME [escape=...] TEXT...;   The first of all is nginx's "combined", which has no text of its own.
struct LogFormat {
    enum class Escape : std::uint8_t { plain, json, none };
    std::string name;
    Escape escape = Escape::plain;
    Template text;
};

// The file of one path.
struct AccessLog {
    std::string path;  // absolute ("/dev/stdout" and "/dev/stderr" mean the inherited descriptors)
    // Where variables are part of the path it is made for each line, and `path` is the folder before the first of them.
    std::shared_ptr<const Template> rest;
    std::size_t buffer = 16 * 1024;                  // bytes after which lines are written
    base::Duration flush = std::chrono::seconds{1};  // lines wait no longer
    Origin origin;
};

// access_log PATH [FORMAT] [buffer=SIZE] [flush=TIME] [if=CONDITION];
struct AccessLogUse {
    std::size_t log = 0;                        // index into Settings::access_logs
    std::size_t format = 0;                     // index into Settings::log_formats
    std::shared_ptr<const Template> condition;  // a request is left out where its value is empty or "0"
};

// open_log_file_cache max=100 inactive=20s;   Files whose paths hold variables.
struct LogFileCache {
    std::size_t most = 64;                               // kept open
    base::Duration inactive = std::chrono::seconds{60};  // closed when nobody wrote to it for so long
};

// What clients may ask about versions and parts of a file.
struct Validators {
    bool etag = true;
    http::SelectionRules rules;
};

// limit_rate 100k;   limit_rate_after 1m;
struct RateSettings {
    Template limit;  // bytes a second of one answer; 0 or nothing: unlimited
    Template after;  // bytes that go ahead of that
};

// Everything that may differ from one location to the next.
struct LocationSettings {
    // Exactly one of `root` and `alias` is set where files can be served; both are empty where neither was given.
    // Both absolute, without a trailing slash but for "/".
    std::string root;            // path = root + URI path
    std::string alias;           // path = alias + what follows `alias_replaces`, whole segments
    std::string alias_replaces;  // the path of the location that the alias stands in; nested ones have that too
    Origin root_origin;          // of whichever is set
    // Where variables are part of it, `root` or `alias` is the folder before the first of them, and this is the rest:
    // of "/srv/sites/$host/www", "$host/www".
    std::shared_ptr<const Template> root_rest;
    bool alias_is_whole = false;  // in a location of a regular expression: nothing is put behind the alias
    // Names relative to the folder; one that begins with `/` (last) is a path of the server.
    std::vector<Template> index{Template{"index.html"}};
    bool autoindex = false;
    ListingSettings listing;
    SymlinkSettings symlinks;
    bool open_file_cache = true;  // whether what is looked up is kept, within Settings::file_cache
    std::vector<ErrorPage> error_pages;
    bool recursive_error_pages = false;
    std::shared_ptr<const TryFiles> try_files;  // not inherited
    std::shared_ptr<const Referers> referers;   // null: every Referer is valid
    bool internal = false;                      // not for what clients ask for themselves; not inherited
    bool absolute_redirect = false;             // Location names scheme and host
    bool server_name_in_redirect = false;       // of an absolute one: the server's first name, not the client's Host
    bool port_in_redirect = true;               // of an absolute one
    // The methods that may be used here: from allow_methods as they stand, from limit_except with what it implies;
    // unset: the handler decides.
    std::optional<http::MethodSet> methods;
    std::shared_ptr<const AccessSettings> access;  // null: anybody may use it

    std::uint64_t client_max_body_size = 1024 * 1024;               // bytes of content; 0: unlimited
    base::Duration client_body_timeout = std::chrono::seconds{60};  // between two reads
    base::Duration send_timeout = std::chrono::seconds{60};         // between two successful writes
    base::Duration keepalive_timeout = std::chrono::seconds{75};    // 0: no persistent connections
    base::Duration lingering_timeout = std::chrono::seconds{5};     // for one more read after an early answer
    base::Duration lingering_time = std::chrono::seconds{30};       // for all of them together
    std::uint64_t keepalive_requests = 1000;                        // on one connection
    std::shared_ptr<const RateSettings> rate;                       // null: neither was given

    bool aio_threads = true;  // files not in memory are fetched by helper threads

    Validators validators;

    std::shared_ptr<const MediaTypes> types;  // null: http::builtin_media_type
    std::string default_type = "application/octet-stream";
    Template charset{"utf-8"};  // empty: none is said
    // charset_types: the media types that `charset` is said of; "*" is all. Null: http::takes_charset.
    std::shared_ptr<const std::vector<std::string>> charset_types;
    std::shared_ptr<const AddedFields> added_fields;  // null: none
    bool log_not_found = true;                        // whether 404 is explained in the error log
    bool server_tokens = true;                        // the version in Server and on built-in pages

    Codings codings;  // gzip and its like, of files

    std::vector<AccessLogUse> access_logs;  // empty: off
    std::size_t error_log = 0;              // index into Settings::error_logs
};

struct Location {
    enum class Match : std::uint8_t {
        exact,             // = /path
        prefix,            // /path
        preferred_prefix,  // ^~ /path: no regular expression is tried after it
        regex,             // ~ expression, ~* expression
        named,             // @name: only for try_files and error_page
    };
    Match match = Match::prefix;
    std::string path;  // begins with `/`, decoded; of a named one "@name", of a regular expression its text
    std::optional<Pattern> pattern;  // of a regular expression
    LocationSettings settings;
    Script script;
    std::vector<Location> nested;  // in the order of the file
    Origin origin;
};

struct ServerName {
    enum class Kind : std::uint8_t {
        exact,              // example.org, and "" for requests without Host
        leading_wildcard,   // *.example.org: text ".example.org"; `.example.org` gives this and an exact name
        trailing_wildcard,  // www.example.*: text "www.example."
        regex,              // ~^www\d+\.example\.org$: text without the `~`
    };
    Kind kind = Kind::exact;
    std::string text;                        // lower case but for a regular expression
    std::shared_ptr<const Pattern> pattern;  // of a regular expression
};

struct Server {
    std::vector<ServerName> names;    // never empty: without server_name, one exact ""
    LocationSettings settings;        // of what no location matches, and of errors before a location is known
    Script script;                    // runs before a location is looked for
    std::vector<Location> locations;  // in the order of the file
    base::Duration client_header_timeout = std::chrono::seconds{60};  // for the whole head, from its first byte
    std::size_t client_header_buffer_size = 1024;                     // bytes
    std::size_t large_client_header_buffers = 4;                      // how many
    std::size_t large_client_header_buffer_size = 8 * 1024;           // bytes of one: no line may be longer
    bool merge_slashes = true;  // of a request's path; the default server of a socket decides for all on it
    Origin origin;
};

// One listening socket, and the servers that share it.
struct Socket {
    os::Endpoint endpoint;
    os::ListenOptions options;
    std::vector<std::size_t> servers;  // indices into Settings::servers
    std::size_t default_server = 0;    // one of them: for a Host that none of them names
    // Index of the socket on the wildcard address of this port: it is opened in place of this one, and connections
    // that came to this address are told by where they arrived.
    std::optional<std::size_t> opened_by;
    Origin origin;  // of the `listen` that opens it
};

// open_file_cache max=1000 bytes=16m inactive=60s;
struct FileCache {
    std::size_t entries = 16'384;  // 0: nothing is kept
    std::uint64_t bytes = 64 * 1024 * 1024;
    base::Duration inactive = std::chrono::seconds{60};
};

// A variable that the configuration makes.
struct OwnVariable {
    std::string name;
    Definition definition;
};

struct Settings {
    std::vector<Socket> sockets;  // at least one
    std::vector<OwnVariable> variables;
    std::string host_name;  // of this machine: $hostname
    std::vector<Server> servers;
    std::vector<AccessLog> access_logs;  // one entry a path
    std::vector<LogFormat> log_formats{{"combined", LogFormat::Escape::plain, {}}};
    LogFileCache log_file_cache;
    std::vector<ErrorLog> error_logs;  // the first is the one of the outermost level
    FileCache file_cache;
    bool checks_passwords = false;  // some location has an auth_basic_user_file
    Compression compression;
    std::size_t worker_processes = 1;      // 1: no master beside it
    std::size_t worker_connections = 512;  // of each process
    std::optional<std::uint64_t> worker_rlimit_nofile;
    std::string pid;    // absolute path; empty: no file
    std::string user;   // empty: stay who we are
    std::string group;  // empty: the user's own
    Origin user_origin;
    Origin pid_origin;
};

}  // namespace config

// The names of the variables that templates may refer to: the built-in ones, the families ($http_name, $arg_name ...),
// and those that the configuration itself makes. Knows no request: routing/variables finds their values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/source.hpp"

namespace config {

class Report;

enum class Variable : std::uint8_t {
    args,
    binary_remote_addr,
    body_bytes_sent,
    bytes_sent,
    connection,
    connection_requests,
    connection_time,
    content_length,
    content_type,
    document_root,
    document_uri,
    gzip_ratio,
    host,
    hostname,
    https,
    invalid_referer,
    is_args,
    limit_rate,
    msec,
    nginx_version,
    pid,
    pipe,
    query_string,
    realpath_root,
    remote_addr,
    remote_port,
    remote_user,
    request,
    request_completion,
    request_filename,
    request_id,
    request_length,
    request_method,
    request_time,
    request_uri,
    scheme,
    server_addr,
    server_name,
    server_port,
    server_protocol,
    status,
    time_iso8601,
    time_local,
    uri,
};

// A variable as a template refers to it.
struct VariableUse {
    enum class Kind : std::uint8_t {
        built_in,        // `index` is a Variable
        argument,        // $arg_name
        request_field,   // $http_name
        response_field,  // $sent_http_name
        cookie,          // $cookie_name
        capture,         // $1 to $9: `index` is the group of the regular expression that was matched last
        own,             // made by the configuration: `index` into Settings::variables
    };
    Kind kind = Kind::built_in;
    std::uint32_t index = 0;
    std::string name{};  // of the families: what follows the prefix, in lower case, a field name's `-` as `_`
};

// The built-in variable or member of a family with this name; nullopt: it can only be one of the configuration's own.
std::optional<VariableUse> find_built_in_variable(std::string_view name);

// Why there is no such variable here although nginx has it; empty where nginx has none either.
std::string_view reason_for_missing_variable(std::string_view name);

// The names of the built-in ones, for "did you mean".
std::vector<std::string_view> built_in_variable_names();

// The configuration's own variables while it is read. A name may be used before the line that makes it.
class OwnVariables {
public:
    // The index of `name`, which is new or known. `at` is remembered as a place that needs it.
    std::uint32_t use(const std::string& name, const Token& at);
    // The same, and it has a value from now on: `set`, `map`, a named group of a regular expression, ...
    std::uint32_t make(const std::string& name);

    // Reports those that were used and never made.
    void report_missing(Report& report) const;

    std::vector<std::string> names() const;  // by index

private:
    struct Entry {
        std::uint32_t index;
        std::optional<Token> first_use;  // a copy: some words are put together for a moment only
        bool made = false;
    };
    Entry& entry(const std::string& name);

    std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace config

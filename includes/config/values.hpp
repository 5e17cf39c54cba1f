// One parser for each kind of value that directives take. An Error's message says what is wrong with the text and what
// is accepted, with an example; who asks adds the place. Knows no directive.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/settings.hpp"
#include "http/registry.hpp"

namespace config {

// on | off, case-blind.
base::Result<bool> parse_flag(std::string_view text);

// A whole number, `least` to `most`.
base::Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t least, std::uint64_t most);

// Bytes: a number alone, or with k or m (1024, 1024 * 1024). An offset may also have g, as in nginx.
base::Result<std::uint64_t> parse_size(std::string_view text);
base::Result<std::uint64_t> parse_offset(std::string_view text);

// Numbers with units, the larger first: w d h m s ms; "1m30s", "1h 30m", "100ms". A bare number (last) is in seconds.
// nginx's M and y are refused for times kept in milliseconds, there and here.
base::Result<base::Duration> parse_duration(std::string_view text);

// Three digits, `least` to `most`.
base::Result<http::Status> parse_status(std::string_view text, unsigned least, unsigned most);

// A method this server can be told to allow: every one it knows but CONNECT and TRACE. Names the nearest one.
base::Result<http::Method> parse_method(std::string_view text);

// example.org, *.example.org, .example.org (two names), www.example.*, "". Lower-cased.
base::Result<std::vector<ServerName>> parse_server_name(std::string_view text);

// One word of a configuration, in quotes where it needs them.
std::string as_word(std::string_view text);

// As it stands in server_name.
std::string as_written(const ServerName& name);

// gethostname(2), in lower case; empty when the kernel tells none.
std::string name_of_this_machine();

// type/subtype without parameters (RFC 9110 8.3.1, the characters of RFC 6838 4.2).
bool is_media_type(std::string_view text);

// The name of a charset, as a parameter takes it without quotes.
bool is_charset(std::string_view text);

// http://... or https://...
bool is_absolute_url(std::string_view text);

// Whether nginx would look for a variable in it: any `$`.
bool has_variable(std::string_view text);

// The member of `candidates` that `text` was probably meant to be, empty when none is near.
std::string_view nearest(std::string_view text, const std::vector<std::string_view>& candidates);

// "; did you mean "x"?" without the semicolon; empty when nothing is near.
std::string did_you_mean(std::string_view text, const std::vector<std::string_view>& candidates);

// Relative paths start at the main configuration file's folder, wherever the server was started from.
class Paths {
public:
    explicit Paths(const std::string& main_file);

    // Absolute, without `.` and `..` at its front and without slashes at its end (but "/").
    std::string resolve(std::string_view text) const;

    // As the person who started the server would write it: relative to where that was when the main file was given so.
    std::string shown(std::string_view text) const;

private:
    std::string folder_;        // absolute, symbolic links resolved: a leading `..` can be taken off textually
    std::string given_folder_;  // as in the main file's path, with its slash; may be empty
};

}  // namespace config

// The values of variables for one request, and templates with these values put in. config/variables has the names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/template.hpp"
#include "routing/request.hpp"

namespace routing {

// What is known of the response when a value is wanted; before there is one, nothing.
struct Reply {
    http::Status status{};
    std::string_view fields{};       // complete lines, each with its CRLF
    std::string_view more_fields{};  // as well
    std::optional<std::uint64_t> content_length{};
    std::uint64_t content_sent = 0;  // bytes
    std::uint64_t head_sent = 0;     // bytes
    std::uint64_t limit_rate = 0;    // bytes a second
    bool persists = false;
    bool is_complete = false;  // all of it was handed over
};

// Appends the value, nothing where there is none. False: there is none, which a log writes as "-".
bool append_variable(std::string& out, const config::VariableUse& variable, const Request& request,
                     const Reply* reply = nullptr);

// Appends `text` with its variables' values.
void append(std::string& out, const config::Template& text, const Request& request, const Reply* reply = nullptr);

std::string value_of(const config::Template& text, const Request& request, const Reply* reply = nullptr);

}  // namespace routing

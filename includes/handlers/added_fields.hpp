// The fields that the configuration adds to an answer: add_header, expires, cache_control. Applied in one place, when
// the rest of the answer stands, with the settings of the location that gave it; but for an answer with a file, whose
// constant fields are prepared with it (handlers/representation).
#pragma once

#include <ctime>
#include <optional>
#include <string>

#include "config/added_fields.hpp"
#include "handlers/handler.hpp"

namespace handlers {

// What is known of the answer.
struct Occasion {
    http::Status status{};
    bool has_file = false;  // it is a file, or a part of one, or says that it has not changed
    std::optional<std::uint64_t> content_length{};
    std::time_t now = 0;
};

// Completes `lines`, the fields of the answer so far.
void add_fields(std::string& lines, const config::AddedFields& added, const Occasion& occasion, const Request& request);

// The same for an answer that is ready but for that; nothing where it has them already.
void add_fields(Response& response, const Request& request, std::time_t now);

// Whether a file that answers this request has just the fields that every other request for it has.
bool is_usual(const config::AddedFields& added, const Request& request);

// Where Expires is no fixed date but so many seconds after Date.
std::optional<std::int64_t> moving_expiry(const config::AddedFields& added);

// Whether the fields of a file change from one second to the next, other than by a moving_expiry().
bool changes_every_second(const config::AddedFields& added);

}  // namespace handlers

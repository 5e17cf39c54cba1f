// What a response says of a file: its type, its validators. Made once for an entry and a location, and kept with the
// entry.
#pragma once

#include <ctime>
#include <optional>
#include <string_view>

#include "handlers/handler.hpp"
#include "http/conditional.hpp"
#include "http/content_coding.hpp"

namespace handlers {

// What one of a resource's representations is besides its content.
struct Form {
    http::ContentCoding coding = http::ContentCoding::identity;
    bool varies = false;  // another request may get another coding (RFC 9110 12.5.5)
};

// For http::select(). Views the entry and `etag`, its entity-tag in this coding.
http::Representation representation_of(const files::Entry& entry, const http::CodedEntityTag& etag,
                                       const config::LocationSettings& settings, std::time_t now);

// For an answer that was made for the request, such as a listing, and so has no validators: the request's preconditions
// apply to it all the same (RFC 9110 13.2.1).
void apply_preconditions(const Request& request, std::time_t now, Response& response);

// What a precondition that doesn't hold gives.
Response precondition_failed();

enum class Extent : std::uint8_t {
    all,         // the fields of a 200
    validators,  // what a 304 repeats of them (RFC 9110 15.4.5)
    parts,       // those of a 206 whose parts say themselves what type they have (RFC 9110 15.3.7.2)
    remainder,   // those of a 206 for a client that has the others already (RFC 9110 15.3.7)
};

// Gives `response`, which holds `entry`, its fields, with those that the configuration adds where these can be
// prepared; the entry's name ends in `file_name`.
void add_representation_fields(Response& response, files::Entry& entry, Extent extent, std::string_view file_name,
                               Form form, const Request& request, std::time_t now);

}  // namespace handlers

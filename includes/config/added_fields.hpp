// The fields that a configuration adds to answers: add_header, expires, cache_control.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/expiry.hpp"
#include "config/source.hpp"
#include "config/template.hpp"

namespace config {

// add_header X-Frame-Options DENY always;
struct AddedField {
    // What becomes of a line with this name that the answer has already.
    enum class Way : std::uint8_t {
        beside,            // both are sent
        instead,           // a field that has one line only: this value is sent, where it isn't empty
        instead_or_empty,  // and where it is empty, none (ETag, Last-Modified)
    };

    std::string name;
    Template value;
    Way way = Way::beside;
    bool always =
        false;  // with every status; else only with those that carry out the request as it should be: 200, 201,
                // 204, 206, 301, 302, 303, 304, 307, 308
    Origin origin;
};

struct AddedFields {
    // add_header_inherit: what a level with lines of its own does with those around it.
    enum class Inherit : std::uint8_t { on, off, merge };

    std::vector<AddedField> lines;  // all that are in force
    Inherit inherit = Inherit::on;
    Expiry expiry;
    // Of `expires $variable`: in place of `expiry`, which tells whether `modified` stood before it.
    std::optional<Template> expiry_text;
    // cache_control: the value, for an existing file alone; empty: none. Never together with an expiry.
    std::string cache_control;
    // Whether it holds only for a file that was asked for by its own name, not for a fallback.
    bool cache_control_is_of_name = false;

    // Found when the level is complete.
    bool is_constant = true;  // nothing of it has a variable
    bool has_always = false;  // any of `lines`
};

}  // namespace config

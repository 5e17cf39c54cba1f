// What a folder without an index file answers with, and which symbolic links lead anywhere: the values of
// config/directives_listing.
#pragma once

#include <cstdint>
#include <string>

#include "os/file.hpp"

namespace config {

enum class ListingFormat : std::uint8_t { html, json, jsonp, xml };

struct ListingSettings {
    ListingFormat format = ListingFormat::html;  // where the request asks for no other
    bool exact_size = false;                     // of HTML: bytes in place of "4.5 MiB"
    bool local_time = false;                     // of HTML: this machine's, in place of UTC
    bool random_index = false;                   // one of the folder's files answers for it
};

// disable_symlinks off | outside | on | if_not_owner [from=part];
struct SymlinkSettings {
    os::Links followed = os::Links::beneath;
    std::string from;                 // absolute, or what follows $document_root; "": none
    bool from_document_root = false;  // `from` begins with $document_root, the location's root or alias
};

}  // namespace config

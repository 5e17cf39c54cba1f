// The page that shows what is in a folder. Pure: entries in, HTML out; whoever calls it has read the folder, decided
// what may be seen there, and knows how the response is framed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/listing_order.hpp"

namespace handlers {

struct Readme {
    std::string name;       // of an entry
    std::string_view text;  // UTF-8
};

struct Listing {
    std::string_view path;  // decoded, begins and ends with `/`; what the page is shown at
    std::vector<Entry>
        entries;  // as sort_entries() left them; without "." and "..": the way up is added, but not at `/`
    Order order{};
    bool is_asked_for = false;  // by `format=html`, which the page's links repeat
    bool exact_size = false;
    bool local_time = false;
    std::optional<Readme> readme{};
    std::string_view server_token{};
};

// A complete HTML document. All links are relative, so that the page also works behind a proxy that takes a prefix off;
// names can hold anything without leading elsewhere.
std::string listing_page(const Listing& listing);

// The field lines that go with it: its media type, and a Content-Security-Policy under which nothing runs or is loaded
// but what the page brings with it.
std::string_view listing_page_fields();

}  // namespace handlers

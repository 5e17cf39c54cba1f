// What a listing does where scripts run: a box that filters by name, and columns that sort without a request. It works
// on the table as it stands and needs nothing else, so that the page is the same with and without it.
#pragma once

#include <string>
#include <string_view>

namespace handlers {

// The <script> element.
void append_listing_script(std::string& out);

// The field lines of a listing as a page. The policy names the style sheet and the script by their hashes
// (Content Security Policy Level 3, 2.3.1): markup that got into the page by a name would still do nothing. Whoever
// changes one of the two finds the new hash in what tests/test_listing.py says.
extern const std::string_view page_fields_with_policy;

}  // namespace handlers

// A folder's listing for programs, written as nginx writes it. Pure: entries in, text out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/listing_order.hpp"

namespace handlers {

// A name's bytes that aren't UTF-8, and in XML those that XML 1.0 (2.2) can't hold, become U+FFFD.
std::string listing_json(const std::vector<Entry>& entries);
std::string listing_xml(const std::vector<Entry>& entries);

// A script that calls `callback` with the JSON.
std::string listing_jsonp(const std::vector<Entry>& entries, std::string_view callback);

// The argument `callback` of a query, as nginx finds it: the first, its name case-blind, its value as it stands there.
// "": there is none. nullopt: there is one that can't be a function's name.
std::optional<std::string_view> callback_of(std::string_view query);

}  // namespace handlers

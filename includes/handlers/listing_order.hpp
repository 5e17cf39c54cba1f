// What a listing holds, what a request may ask of it, and in which order it then stands. Pure: values in, values out.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/listing.hpp"

namespace handlers {

struct Entry {
    std::string name;  // one path segment as the file system has it: any bytes but `/` and NUL
    bool is_directory = false;
    std::uint64_t size = 0;    // bytes; not looked at for a directory
    std::time_t modified = 0;  // seconds since 1970 UTC
};

enum class SortBy : std::uint8_t { name, size, modified };

struct Order {
    SortBy by = SortBy::name;
    bool descending = false;
    friend constexpr bool operator==(Order, Order) = default;
};

struct ListingQuery {
    std::optional<Order> order;                   // nullopt: the query says nothing about it
    std::optional<config::ListingFormat> format;  // html, json or xml; nullopt: the configured one
};

// From a query without its `?`. Understood are `sort=name|size|time` (or `modified`, `date`) with `order=asc|desc`, the
// `C=N|S|M` with `O=A|D` of Apache's listings, and `format=html|json|xml`, joined by `&` or `;`. Each unknown parameter
// or value is passed over, and of several the last counts.
ListingQuery parse_listing_query(std::string_view query);

// Directories come first in every order; names compare naturally ("a2" before "a10") and settle ties.
void sort_entries(std::vector<Entry>& entries, Order order);

// As nginx has them: directories first, then by the bytes of their names.
void sort_by_bytes(std::vector<Entry>& entries);

}  // namespace handlers

// The page that shows what is in a folder. Pure: entries in, HTML out; whoever calls it has read the folder, decided
// what may be seen there, and knows how the response is framed.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

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

// From a query without its `?`. Understood are `sort=name|size|modified` (or `date`) with `order=asc|desc`, and the
// `C=N|S|M` with `O=A|D` of Apache's listings, joined by `&` or `;`. Each unknown parameter or value is passed over,
// and of several the last counts, so any query gives some order: by name, ascending, when it says nothing.
Order parse_order(std::string_view query);

// A complete HTML document. `path` is decoded, begins and ends with `/`, and is what the page is shown at. Directories
// come first in every order; names compare naturally ("a2" before "a10") and settle ties. All links are relative, so
// that the page also works behind a proxy that takes a prefix off; names can hold anything without leading elsewhere.
// Entries named "." and ".." don't belong in `entries`: the way up is added here, but not at `/`.
std::string listing_page(std::string_view path, std::vector<Entry> entries, Order order, std::string_view server_token);

}  // namespace handlers

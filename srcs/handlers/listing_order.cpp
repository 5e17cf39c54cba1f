#include "handlers/listing_order.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "base/ascii.hpp"

namespace handlers {

namespace {

struct SortWord {
    std::string_view parameter;
    SortBy by;
};
constexpr std::array sort_words = std::to_array<SortWord>({
    {"sort=name", SortBy::name},
    {"C=N", SortBy::name},
    {"sort=size", SortBy::size},
    {"C=S", SortBy::size},
    {"sort=time", SortBy::modified},
    {"sort=modified", SortBy::modified},
    {"sort=date", SortBy::modified},
    {"C=M", SortBy::modified},
});

struct FormatWord {
    std::string_view parameter;
    config::ListingFormat format;
};
constexpr std::array format_words = std::to_array<FormatWord>({
    {"format=html", config::ListingFormat::html},
    {"format=json", config::ListingFormat::json},
    {"format=xml", config::ListingFormat::xml},
});

void read_order(std::string_view parameter, std::optional<Order>& order) {
    const auto* word = std::ranges::find(sort_words, parameter, &SortWord::parameter);
    const bool ascending = parameter == "order=asc" || parameter == "O=A";
    const bool descending = parameter == "order=desc" || parameter == "O=D";
    if (word == sort_words.end() && !ascending && !descending) return;
    if (!order) order.emplace();
    if (word != sort_words.end()) order->by = word->by;
    if (ascending || descending) order->descending = descending;
}

// An entry where it stands among the others. The key is made once, and not for each comparison.
struct Place {
    std::string key;
    Entry entry;
};

bool precedes(const Place& a, const Place& b, Order order) {
    const Entry& x = a.entry;
    const Entry& y = b.entry;
    if (x.is_directory != y.is_directory) return x.is_directory;
    // Directories have no size of their own to sort by: they keep the order of their names.
    if (order.by == SortBy::size && !x.is_directory && x.size != y.size) return (x.size < y.size) != order.descending;
    if (order.by == SortBy::modified && x.modified != y.modified) return (x.modified < y.modified) != order.descending;
    const bool backwards = order.by == SortBy::name && order.descending;
    const int compared = backwards ? b.key.compare(a.key) : a.key.compare(b.key);
    if (compared != 0) return compared < 0;
    return backwards ? y.name < x.name : x.name < y.name;
}

}  // namespace

ListingQuery parse_listing_query(std::string_view query) {
    ListingQuery asked;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find_first_of("&;"), query.size());
        const std::string_view parameter = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        read_order(parameter, asked.order);
        const auto* format = std::ranges::find(format_words, parameter, &FormatWord::parameter);
        if (format != format_words.end()) asked.format = format->format;
    }
    return asked;
}

void sort_entries(std::vector<Entry>& entries, Order order) {
    std::vector<Place> places;
    places.reserve(entries.size());
    for (Entry& entry : entries) {
        std::string key = base::natural_key(entry.name);
        places.push_back({std::move(key), std::move(entry)});
    }
    std::ranges::sort(places, [order](const Place& a, const Place& b) { return precedes(a, b, order); });
    std::ranges::transform(places, entries.begin(), [](Place& place) { return std::move(place.entry); });
}

void sort_by_bytes(std::vector<Entry>& entries) {
    std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
        return std::forward_as_tuple(b.is_directory, a.name) < std::forward_as_tuple(a.is_directory, b.name);
    });
}

}  // namespace handlers

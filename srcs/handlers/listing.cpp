#include "handlers/listing.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

#include "base/ascii.hpp"
#include "handlers/listing_style.hpp"

namespace handlers {

namespace {

void append_two_digits(std::string& out, unsigned value) {
    out.push_back(static_cast<char>('0' + value / 10));
    out.push_back(static_cast<char>('0' + value % 10));
}

// "1,234,567"
void append_grouped(std::string& out, std::uint64_t value) {
    const std::size_t start = out.size();
    base::append_number(out, value);
    for (std::size_t end = out.size(); end > start + 3; end -= 3) out.insert(end - 3, 1, ',');
}

// "512 B", "4.5 MiB", "12 GiB": powers of 1024, one decimal below ten.
void append_size(std::string& out, std::uint64_t bytes) {
    constexpr std::array units = std::to_array<std::string_view>({"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"});
    std::size_t unit = 0;
    while (bytes >> (10 * unit) >= 1024) ++unit;
    if (unit == 0) {
        base::append_number(out, bytes);
        out.append(" ").append(units[0]);
        return;
    }
    const std::size_t shift = 10 * unit;
    const std::uint64_t half = std::uint64_t{1} << (shift - 1);
    const std::uint64_t remainder = bytes & (2 * half - 1);
    // No overflow: the remainder has 60 bits at most.
    const std::uint64_t tenths = (bytes >> shift) * 10 + ((remainder * 10 + half) >> shift);
    const std::uint64_t whole = (bytes >> shift) + (remainder >= half ? 1 : 0);
    if (tenths < 100) {
        base::append_number(out, tenths / 10);
        out.push_back('.');
        base::append_number(out, tenths % 10);
    } else if (whole < 1024) {
        base::append_number(out, whole);
    } else {
        out.append("1.0");  // of the next unit; exbibytes don't get here, there are 16 at most
        ++unit;
    }
    out.append(" ").append(units[unit]);
}

// The text of a name or a path: escaped, and where it has bytes that a page can't show, a sign for each instead.
void append_shown(std::string& out, std::string_view text) {
    // Printable ASCII but for what HTML gives a meaning: & < > " '
    static constexpr base::ByteSet verbatim =
        base::ByteSet{" !"}.insert_range('#', '%').insert_range('(', ';').insert('=').insert_range('?', '~');
    while (!text.empty()) {
        const auto stop = std::ranges::find_if_not(text, [](char c) { return verbatim[c]; });
        out.append(text.begin(), stop);
        text.remove_prefix(static_cast<std::size_t>(stop - text.begin()));
        if (text.empty()) return;
        const auto first = static_cast<unsigned char>(text.front());
        const std::size_t length = base::utf8_length(text);
        if (length == 0) {
            out += "\uFFFD";  // the replacement character
        } else if (first < 0x20) {
            out += {'\xE2', '\x90', static_cast<char>(0x80 + first)};  // U+2400 and on: pictures of control characters
        } else if (first == 0x7F) {
            out += "\u2421";
        } else if (length == 1) {
            out += base::escape_html(text.substr(0, 1));
        } else {
            out.append(text.substr(0, length));
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
}

// `<time datetime="2026-01-31T12:30:59Z">2026-01-31 12:30</time>`; nothing for a time outside of the years 1 to 9999,
// which HTML can't write.
void append_time(std::string& out, std::time_t seconds) {
    constexpr std::time_t year_1 = -62'135'596'800;
    constexpr std::time_t year_10000 = 253'402'300'800;
    if (seconds < year_1 || seconds >= year_10000) return;
    const std::chrono::sys_seconds moment{std::chrono::seconds{seconds}};
    const auto midnight = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date{midnight};
    const std::chrono::hh_mm_ss time{moment - midnight};
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));

    std::string day;  // ten characters: stays within the object
    append_two_digits(day, year / 100);
    append_two_digits(day, year % 100);
    day.push_back('-');
    append_two_digits(day, static_cast<unsigned>(date.month()));
    day.push_back('-');
    append_two_digits(day, static_cast<unsigned>(date.day()));
    std::string minute;
    append_two_digits(minute, static_cast<unsigned>(time.hours().count()));
    minute.push_back(':');
    append_two_digits(minute, static_cast<unsigned>(time.minutes().count()));

    out.append("<time datetime=\"").append(day).append("T").append(minute).append(":");
    append_two_digits(out, static_cast<unsigned>(time.seconds().count()));
    out.append("Z\">").append(day).append(" ").append(minute).append("</time>");
}

bool precedes(const Entry& a, const Entry& b, Order order) {
    if (a.is_directory != b.is_directory) return a.is_directory;
    // Directories have no size of their own to sort by: they keep the order of their names.
    if (order.by == SortBy::size && !a.is_directory && a.size != b.size) return (a.size < b.size) != order.descending;
    if (order.by == SortBy::modified && a.modified != b.modified) return (a.modified < b.modified) != order.descending;
    if (order.by == SortBy::name && order.descending) return base::natural_less(b.name, a.name);
    return base::natural_less(a.name, b.name);
}

// "?sort=size&amp;order=desc", for an attribute.
std::string order_query(Order order) {
    static constexpr std::array<std::string_view, 3> names{"name", "size", "modified"};
    std::string query = "?sort=";
    query.append(names[static_cast<std::size_t>(order.by)]);
    return query.append(order.descending ? "&amp;order=desc" : "&amp;order=asc");
}

// What links to other folders carry, so that they open in the order that was chosen here.
std::string kept_query(Order order) { return order == Order{} ? std::string{} : order_query(order); }

void append_head(std::string& out, std::string_view path) {
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Index of ");
    append_shown(out, path);
    out.append("</title>\n<link rel=\"icon\" href=\"data:,\">\n");
    append_listing_style(out);
    out.append("</head>\n<body>\n<main>\n");
}

// The path as a heading, each folder in it a link: `/` `music/` `2024/`.
void append_breadcrumb(std::string& out, std::string_view path, Order order) {
    const std::string query = kept_query(order);
    auto above = std::ranges::count(path, '/') - 1;  // folders between the part at hand and the last one
    out.append("<nav aria-label=\"Path\"><h1>");
    while (!path.empty()) {
        const std::string_view part = path.substr(0, std::min(path.find('/'), path.size() - 1) + 1);
        path.remove_prefix(part.size());
        out.append("<a href=\"");
        if (above <= 0) out.append("./");
        for (auto i = above; i > 0; --i) out.append("../");
        out.append(query).append(above-- <= 0 ? "\" aria-current=\"page\">" : "\">");
        append_shown(out, part);
        out.append("</a>");
    }
    out.append("</h1></nav>\n");
}

void append_count(std::string& out, std::uint64_t count, std::string_view singular, std::string_view plural) {
    append_grouped(out, count);
    out.append(" ").append(count == 1 ? singular : plural);
}

// "3 folders, 12 files, 4.5 MiB"
void append_totals(std::string& out, const std::vector<Entry>& entries) {
    std::uint64_t folders = 0;
    std::uint64_t bytes = 0;
    for (const Entry& entry : entries) {
        if (entry.is_directory) ++folders;
        // Sparse files can claim sizes whose sum overflows.
        else
            bytes += std::min(entry.size, std::numeric_limits<std::uint64_t>::max() - bytes);
    }
    const std::uint64_t files = entries.size() - folders;
    out.append("<p class=\"total\">");
    append_count(out, folders, "folder", "folders");
    out.append(", ");
    append_count(out, files, "file", "files");
    if (files > 0) {
        out.append(", ");
        append_size(out, bytes);
    }
    out.append("</p>\n");
}

// A heading is a link to the order by its column, and to the other direction where it is the order already. Names begin
// with the first; sizes and times with the largest and the latest, which is what one looks for.
void append_column(std::string& out, std::string_view label, SortBy column, Order order) {
    const bool current = order.by == column;
    const Order next{column, current ? !order.descending : column != SortBy::name};
    out.append("<th scope=\"col\"");
    if (current) out.append(order.descending ? " aria-sort=\"descending\"" : " aria-sort=\"ascending\"");
    out.append("><a rel=\"nofollow\" href=\"").append(order_query(next)).append("\">").append(label);
    const std::string_view arrow = order.descending ? "\u2193" : "\u2191";
    if (current) out.append("<span aria-hidden=\"true\">").append(arrow).append("</span>");
    out.append("</a></th>");
}

// The leading "./" keeps a name such as "a:b" or "javascript:x" from being read as a scheme (RFC 3986 4.2).
void append_row(std::string& out, const Entry& entry, std::string_view directory_query) {
    const Icon icon = icon_for(entry.name, entry.is_directory);
    out.append("<tr><td><a class=\"").append(icon_class(icon)).append("\" href=\"./");
    out.append(base::percent_encode_path(entry.name));
    if (entry.is_directory) out.append("/").append(directory_query);
    out.append("\">");
    append_shown(out, entry.name);
    if (entry.is_directory) {
        out.append("/</a></td><td></td><td>");
    } else {
        out.append("</a></td><td title=\"");
        append_grouped(out, entry.size);
        out.append(entry.size == 1 ? " byte\">" : " bytes\">");
        append_size(out, entry.size);
        out.append("</td><td>");
    }
    append_time(out, entry.modified);
    out.append("</td></tr>\n");
}

void append_table(std::string& out, std::string_view path, const std::vector<Entry>& entries, Order order) {
    const std::string query = kept_query(order);
    out.append("<table>\n<thead>\n<tr>");
    append_column(out, "Name", SortBy::name, order);
    append_column(out, "Size", SortBy::size, order);
    append_column(out, "Modified (UTC)", SortBy::modified, order);
    out.append("</tr>\n</thead>\n<tbody>\n");
    if (path != "/") {
        out.append("<tr><td><a class=\"").append(icon_class(Icon::up)).append("\" href=\"../").append(query);
        out.append("\">..</a></td><td></td><td></td></tr>\n");
    }
    for (const Entry& entry : entries) append_row(out, entry, query);
    if (entries.empty()) out.append("<tr><td class=\"none\" colspan=\"3\">This folder is empty.</td></tr>\n");
    out.append("</tbody>\n</table>\n");
}

}  // namespace

Order parse_order(std::string_view query) {
    Order order;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find_first_of("&;"), query.size());
        const std::string_view parameter = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (parameter == "sort=name" || parameter == "C=N") order.by = SortBy::name;
        if (parameter == "sort=size" || parameter == "C=S") order.by = SortBy::size;
        if (parameter == "sort=modified" || parameter == "sort=date" || parameter == "C=M") order.by = SortBy::modified;
        if (parameter == "order=asc" || parameter == "O=A") order.descending = false;
        if (parameter == "order=desc" || parameter == "O=D") order.descending = true;
    }
    return order;
}

std::string listing_page(std::string_view path, std::vector<Entry> entries, Order order,
                         std::string_view server_token) {
    std::ranges::sort(entries, [order](const Entry& a, const Entry& b) { return precedes(a, b, order); });
    constexpr std::size_t page_size = 8 * 1024;  // without its rows
    constexpr std::size_t row_size = 256;        // with a name of some 30 bytes, which stands there twice
    std::string page;
    page.reserve(page_size + entries.size() * row_size);
    append_head(page, path);
    append_breadcrumb(page, path, order);
    append_totals(page, entries);
    append_table(page, path, entries, order);
    page.append("</main>\n");
    if (!server_token.empty()) page.append("<footer>").append(base::escape_html(server_token)).append("</footer>\n");
    page.append("</body>\n</html>\n");
    return page;
}

}  // namespace handlers

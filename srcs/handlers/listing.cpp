#include "handlers/listing.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "base/ascii.hpp"
#include "handlers/listing_script.hpp"
#include "handlers/listing_style.hpp"
#include "handlers/listing_text.hpp"

namespace handlers {

namespace {

// "?sort=size&amp;order=desc", for an attribute.
std::string order_query(Order order, const Listing& listing) {
    static constexpr std::array<std::string_view, 3> names{"name", "size", "time"};
    std::string query = listing.is_asked_for ? "?format=html&amp;sort=" : "?sort=";
    query.append(names[static_cast<std::size_t>(order.by)]);
    return query.append(order.descending ? "&amp;order=desc" : "&amp;order=asc");
}

// What links to other folders carry, so that they open in the order that was chosen here.
std::string kept_query(const Listing& listing) {
    if (listing.order != Order{}) return order_query(listing.order, listing);
    return listing.is_asked_for ? "?format=html" : "";
}

void append_head(std::string& out, std::string_view path) {
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Index of ");
    append_shown(out, path);
    out.append("</title>\n<link rel=\"icon\" href=\"data:,\">\n");
    append_listing_style(out);
    out.append("</head>\n<body>\n<main>\n");
}

// The path as a heading, each folder in it a link: `/` `music/` `2024/`.
void append_breadcrumb(std::string& out, std::string_view path, std::string_view query) {
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

void append_bytes(std::string& out, std::uint64_t count) { append_count(out, count, "byte", "bytes"); }

// "3 folders, 12 files, 4.5 MiB"
void append_totals(std::string& out, const Listing& listing) {
    std::uint64_t folders = 0;
    std::uint64_t bytes = 0;
    for (const Entry& entry : listing.entries) {
        if (entry.is_directory) ++folders;
        // Sparse files can claim sizes whose sum overflows.
        else
            bytes += std::min(entry.size, std::numeric_limits<std::uint64_t>::max() - bytes);
    }
    const std::uint64_t files = listing.entries.size() - folders;
    out.append("<p class=\"total\" role=\"status\">");
    append_count(out, folders, "folder", "folders");
    out.append(", ");
    append_count(out, files, "file", "files");
    if (files > 0) {
        out.append(", ");
        listing.exact_size ? append_bytes(out, bytes) : append_size(out, bytes);
    }
    out.append("</p>\n");
}

// The box does something only where scripts run: so a script shows it, and the hint in it.
void append_bar(std::string& out, const Listing& listing) {
    out.append("<div class=\"bar\">\n");
    append_totals(out, listing);
    out.append("<input type=\"search\" placeholder=\"Filter\" aria-label=\"Filter by name\" aria-keyshortcuts=\"/\" ");
    out.append("autocomplete=\"off\" autocapitalize=\"off\" spellcheck=\"false\" hidden>\n</div>\n");
}

// A heading is a link to the order by its column, and to the other direction where it is the order already. Names begin
// with the first; sizes and times with the largest and the latest, which is what one looks for.
void append_column(std::string& out, std::string_view label, SortBy column, const Listing& listing) {
    const Order order = listing.order;
    const bool current = order.by == column;
    const Order next{column, current ? !order.descending : column != SortBy::name};
    out.append("<th scope=\"col\"");
    if (current) out.append(order.descending ? " aria-sort=\"descending\"" : " aria-sort=\"ascending\"");
    out.append("><a rel=\"nofollow\" href=\"").append(order_query(next, listing)).append("\">").append(label);
    out.append("</a></th>");
}

void append_size_cell(std::string& out, std::uint64_t size, bool exact) {
    if (exact) {
        out.append("<td>");
        append_grouped(out, size);
    } else {
        out.append("<td title=\"");
        append_bytes(out, size);
        out.append("\">");
        append_size(out, size);
    }
    out.append("</td>");
}

// The leading "./" keeps a name such as "a:b" or "javascript:x" from being read as a scheme (RFC 3986 4.2).
void append_row(std::string& out, const Entry& entry, std::string_view directory_query, const Listing& listing) {
    const Icon icon = icon_for(entry.name, entry.is_directory);
    out.append("<tr><td><a class=\"").append(icon_class(icon)).append("\" href=\"./");
    out.append(base::percent_encode_path(entry.name));
    if (entry.is_directory) out.append("/").append(directory_query);
    out.append("\">");
    append_shown(out, entry.name);
    out.append(entry.is_directory ? "/</a></td>" : "</a></td>");
    if (entry.is_directory) {
        out.append("<td></td>");
    } else {
        append_size_cell(out, entry.size, listing.exact_size);
    }
    out.append("<td>");
    append_time(out, entry.modified, listing.local_time);
    out.append("</td></tr>\n");
}

void append_table(std::string& out, const Listing& listing, std::string_view query) {
    out.append("<table>\n<thead>\n<tr>");
    append_column(out, "Name", SortBy::name, listing);
    append_column(out, "Size", SortBy::size, listing);
    append_column(out, listing.local_time ? "Modified" : "Modified (UTC)", SortBy::modified, listing);
    out.append("</tr>\n</thead>\n<tbody>\n");
    if (listing.path != "/") {
        out.append("<tr><td><a class=\"").append(icon_class(Icon::up)).append("\" href=\"../").append(query);
        out.append("\">..</a></td><td></td><td></td></tr>\n");
    }
    for (const Entry& entry : listing.entries) append_row(out, entry, query, listing);
    if (listing.entries.empty()) out.append("<tr><td class=\"none\" colspan=\"3\">This folder is empty.</td></tr>\n");
    out.append("</tbody>\n</table>\n");
}

// HTML drops a line end that follows <pre>: so there is one to be dropped.
void append_readme(std::string& out, const Readme& readme) {
    out.append("<section>\n<h2><a class=\"").append(icon_class(icon_for(readme.name, false))).append("\" href=\"./");
    out.append(base::percent_encode_path(readme.name)).append("\">");
    append_shown(out, readme.name);
    out.append("</a></h2>\n<pre>\n");
    append_lines(out, readme.text);
    out.append("</pre>\n</section>\n");
}

}  // namespace

std::string listing_page(const Listing& listing) {
    constexpr std::size_t page_size = 16 * 1024;  // without its rows
    constexpr std::size_t row_size = 256;         // with a name of some 30 bytes, which stands there twice
    const std::string query = kept_query(listing);
    std::string page;
    page.reserve(page_size + listing.entries.size() * row_size + (listing.readme ? listing.readme->text.size() : 0));
    append_head(page, listing.path);
    append_breadcrumb(page, listing.path, query);
    append_bar(page, listing);
    append_table(page, listing, query);
    if (listing.readme) append_readme(page, *listing.readme);
    page.append("</main>\n<footer><span>").append(base::escape_html(listing.server_token)).append("</span>");
    page.append("<a rel=\"nofollow\" href=\"?format=json\">JSON</a></footer>\n");
    append_listing_script(page);
    page.append("</body>\n</html>\n");
    return page;
}

std::string_view listing_page_fields() { return page_fields_with_policy; }

}  // namespace handlers

// The pages that the server writes by itself: whatever a file is called and wherever a redirect leads, the page
// shows it and links to it, and to nothing else.
#include <cstdio>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/listing.hpp"
#include "handlers/pages.hpp"

int test_pages();

namespace {

using handlers::Entry;
using handlers::Order;
using handlers::SortBy;

int failures = 0;

void expect(bool holds, std::string_view what) {
    if (holds) return;
    ++failures;
    std::printf("pages: %.*s\n", static_cast<int>(what.size()), what.data());
}

bool has(std::string_view page, std::string_view text) { return page.find(text) != std::string_view::npos; }

void expect_has(std::string_view page, std::string_view text) {
    expect(has(page, text), std::string{"missing: "}.append(text));
}

void expect_lacks(std::string_view page, std::string_view text) {
    expect(!has(page, text), std::string{"unwanted: "}.append(text));
}

// Each text is in the page, behind the one before it.
void expect_in_order(std::string_view page, std::initializer_list<std::string_view> texts) {
    std::size_t from = 0;
    for (std::string_view text : texts) {
        const std::size_t found = page.find(text, from);
        expect(found != std::string_view::npos, std::string{"missing or out of order: "}.append(text));
        if (found != std::string_view::npos) from = found + text.size();
    }
}

std::string list(std::string_view path, std::vector<Entry> entries, Order order = {}) {
    handlers::sort_entries(entries, order);
    return handlers::listing_page({.path = path, .entries = std::move(entries), .order = order});
}

std::string list_one(Entry entry) { return list("/files/", {std::move(entry)}); }

Entry file(std::string name, std::uint64_t size = 0, std::time_t modified = 0) {
    return {std::move(name), false, size, modified};
}

Entry folder(std::string name, std::time_t modified = 0) { return {std::move(name), true, 0, modified}; }

void error_page_says_what_happened() {
    const std::string page = handlers::error_page(http::Status::not_found, "webserv/0.1.0");
    expect(page.starts_with("<!DOCTYPE html>\n"), "an error page begins with its doctype");
    expect_has(page, "<title>404 Not Found</title>");
    expect_has(page, "<h1>Not Found</h1>");
    expect_has(page, "There is nothing at this address.");
    expect_has(page, "webserv/0.1.0");
    expect_lacks(page, "http:");
    expect_lacks(page, "<script");
    expect_lacks(handlers::error_page(http::Status::not_found, ""), "<footer");
    expect_has(handlers::error_page(http::Status::not_found, "a<b"), "a&lt;b");
}

void error_page_stays_small() {
    for (unsigned code = 400; code < 600; ++code) {
        const std::string page = handlers::error_page(static_cast<http::Status>(code), "webserv/10.20.30");
        expect(page.size() < 2048, "an error page fits in 2 KiB: " + std::to_string(code));
        expect_has(page, std::to_string(code));
    }
}

// RFC 9110 15.4: the content of a redirect holds a link to the new place.
void test_rfc9110_15_4_redirect_page_links() {
    const auto redirect = [](http::Status status, std::string_view location) {
        return handlers::redirect_page(status, location, "webserv");
    };
    const std::string page = redirect(http::Status::moved_permanently, "/a?b=1&c=\"><script>");
    expect_has(page, "<title>301 Moved Permanently</title>");
    expect_has(page, "<a href=\"/a?b=1&amp;c=&quot;&gt;&lt;script&gt;\">/a?b=1&amp;c=&quot;&gt;&lt;script&gt;</a>");
    const auto links = [&](std::string_view location) {
        return has(redirect(http::Status::found, location), "<a href");
    };
    expect(links("https://example.org/"), "https is linked");
    expect(links("HTTP://example.org/"), "a scheme is case-blind (RFC 3986 3.1)");
    expect(links("../up?to=a:b"), "a relative reference with a colon in its query is linked");
    expect(!links("javascript:alert(1)"), "javascript is shown, not linked");
    expect(!links("java\tscript:alert(1)"), "browsers drop a tab in a scheme: not linked either");
    expect(!links(" data:text/html,x"), "data is shown, not linked");
}

void order_is_read_from_the_query() {
    const auto is = [](std::string_view query, Order order) {
        expect(handlers::parse_listing_query(query).order.value_or(Order{}) == order,
               std::string{"order of ?"}.append(query));
    };
    is("", {SortBy::name, false});
    is("sort=size&order=desc", {SortBy::size, true});
    is("sort=date", {SortBy::modified, false});
    is("sort=time&order=desc", {SortBy::modified, true});
    is("order=desc&sort=modified", {SortBy::modified, true});
    is("C=S;O=D", {SortBy::size, true});
    is("C=M&O=A", {SortBy::modified, false});
    is("C=N;O=D", {SortBy::name, true});
    is("sort=colour&order=sideways", {SortBy::name, false});
    is("xsort=size&sort=sizes&&;=&sort", {SortBy::name, false});
    is("sort=size&sort=name", {SortBy::name, false});
}

void directories_come_first_and_numbers_count() {
    std::vector<Entry> entries{file("a10", 1, 30), folder("z2", 5), file("a2", 3, 10), folder("z10", 7),
                               file("B", 2, 20)};
    const auto page = [&](Order order) { return list("/", entries, order); };
    expect_in_order(page({SortBy::name, false}), {">z2/<", ">z10/<", ">a2<", ">a10<", ">B<"});
    expect_in_order(page({SortBy::name, true}), {">z10/<", ">z2/<", ">B<", ">a10<", ">a2<"});
    expect_in_order(page({SortBy::size, false}), {">z2/<", ">z10/<", ">a10<", ">B<", ">a2<"});
    expect_in_order(page({SortBy::size, true}), {">z2/<", ">z10/<", ">a2<", ">B<", ">a10<"});
    expect_in_order(page({SortBy::modified, false}), {">z2/<", ">z10/<", ">a2<", ">B<", ">a10<"});
    expect_in_order(page({SortBy::modified, true}), {">z10/<", ">z2/<", ">a10<", ">B<", ">a2<"});
    entries = {file("b", 1), file("a", 1)};
    expect_in_order(page({SortBy::size, true}), {">a<", ">b<"});
}

void headings_show_the_order_and_link_to_others() {
    const std::string by_name = list("/", {});
    expect_has(by_name,
               "<th scope=\"col\" aria-sort=\"ascending\">"
               "<a rel=\"nofollow\" href=\"?sort=name&amp;order=desc\">Name");
    expect_has(by_name, "<th scope=\"col\"><a rel=\"nofollow\" href=\"?sort=size&amp;order=desc\">Size</a>");
    const std::string by_size = list("/", {folder("sub")}, {SortBy::size, true});
    expect_has(by_size,
               "<th scope=\"col\" aria-sort=\"descending\">"
               "<a rel=\"nofollow\" href=\"?sort=size&amp;order=asc\">Size");
    expect_has(by_size, "href=\"./sub/?sort=size&amp;order=desc\"");
}

void the_path_leads_upwards() {
    const std::string root = list("/", {});
    expect_has(root, "<a href=\"./\" aria-current=\"page\">/</a></h1>");
    expect_lacks(root, "href=\"../\"");
    const std::string deep = list("/a/<b>/c d/", {});
    expect_has(deep,
               "<h1><a href=\"../../../\">/</a><a href=\"../../\">a/</a><a href=\"../\">&lt;b&gt;/</a>"
               "<a href=\"./\" aria-current=\"page\">c d/</a></h1>");
    expect_has(deep, "<title>Index of /a/&lt;b&gt;/c d/</title>");
    expect_has(deep, "href=\"../\">..</a>");
}

void any_name_is_linked_and_shown() {
    const auto row = [](std::string name, std::string_view href, std::string_view shown) {
        const std::string link = std::string{"href=\"./"}.append(href).append("\">").append(shown).append("</a>");
        expect_has(list_one(file(std::move(name))), link);
    };
    row("plain.txt", "plain.txt", "plain.txt");
    row("a:b", "a%3Ab", "a:b");
    row("javascript:alert(1)", "javascript%3Aalert%281%29", "javascript:alert(1)");
    row("<img src=x onerror='y'>&\"", "%3Cimg%20src%3Dx%20onerror%3D%27y%27%3E%26%22",
        "&lt;img src=x onerror=&#39;y&#39;&gt;&amp;&quot;");
    row("100%#1?.txt", "100%25%231%3F.txt", "100%#1?.txt");
    row("two\nlines\x7F", "two%0Alines%7F", "two\u240Alines\u2421");
    row("Gr\u00FC\u00DFe \u2014 \U0001F600", "Gr%C3%BC%C3%9Fe%20%E2%80%94%20%F0%9F%98%80",
        "Gr\u00FC\u00DFe \u2014 \U0001F600");
    row("latin-\xE9.txt", "latin-%E9.txt", "latin-\uFFFD.txt");
    row("cut-\xE2\x82", "cut-%E2%82", "cut-\uFFFD\uFFFD");
    row("..a", "..a", "..a");
    expect_has(list_one(folder("a:b")), "href=\"./a%3Ab/\">a:b/</a>");
}

void sizes_are_for_people_and_exact() {
    const auto size = [](std::uint64_t bytes, std::string_view title, std::string_view shown) {
        const std::string cell = std::string{"<td title=\""}.append(title).append("\">").append(shown).append("</td>");
        expect_has(list_one(file("f", bytes)), cell);
    };
    size(0, "0 bytes", "0 B");
    size(1, "1 byte", "1 B");
    size(1023, "1,023 bytes", "1023 B");
    size(1024, "1,024 bytes", "1.0 KiB");
    size(1536, "1,536 bytes", "1.5 KiB");
    size(10'188, "10,188 bytes", "9.9 KiB");
    size(10'189, "10,189 bytes", "10 KiB");
    size(1'048'063, "1,048,063 bytes", "1023 KiB");
    size(1'048'064, "1,048,064 bytes", "1.0 MiB");
    size(1'048'576, "1,048,576 bytes", "1.0 MiB");
    size(4'718'592, "4,718,592 bytes", "4.5 MiB");
    size(std::numeric_limits<std::uint64_t>::max(), "18,446,744,073,709,551,615 bytes", "16 EiB");
}

void times_are_utc() {
    const auto time = [](std::time_t seconds, std::string_view element) {
        expect_has(list_one(file("f", 0, seconds)), element);
    };
    time(784'111'777, "<time datetime=\"1994-11-06T08:49:37Z\">1994-11-06 08:49</time>");
    time(0, "<time datetime=\"1970-01-01T00:00:00Z\">1970-01-01 00:00</time>");
    time(-1, "<time datetime=\"1969-12-31T23:59:59Z\">1969-12-31 23:59</time>");
    time(951'782'400, "<time datetime=\"2000-02-29T00:00:00Z\">2000-02-29 00:00</time>");
    time(253'402'300'799, "<time datetime=\"9999-12-31T23:59:59Z\">9999-12-31 23:59</time>");
    expect_lacks(list_one(file("f", 0, 253'402'300'800)), "<time");
    expect_lacks(list_one(file("f", 0, std::numeric_limits<std::time_t>::min())), "<time");
}

void totals_are_counted() {
    const auto total = [](std::vector<Entry> entries, std::string_view text) {
        const std::string paragraph = std::string{"role=\"status\">"}.append(text).append("</p>");
        expect_has(list("/", std::move(entries)), paragraph);
    };
    total({}, "0 folders, 0 files");
    total({folder("a")}, "1 folder, 0 files");
    total({folder("a"), folder("b"), file("c", 1024), file("d", 512)}, "2 folders, 2 files, 1.5 KiB");
    constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
    total({file("a", largest), file("b", largest)}, "0 folders, 2 files, 16 EiB");
    expect_has(list("/", {}), "This folder is empty.");
    expect_lacks(list_one(file("a")), "This folder is empty.");
}

void icons_tell_the_kind() {
    expect_has(list_one(folder("photo.svg")), "class=\"d\" href=\"./photo.svg/\"");
    expect_has(list_one(file("photo.svg")), "class=\"i\"");
    expect_has(list_one(file("notes.txt")), "class=\"t\"");
    expect_has(list_one(file("no-extension")), "class=\"f\"");
}

}  // namespace

int test_pages() {
    failures = 0;
    error_page_says_what_happened();
    error_page_stays_small();
    test_rfc9110_15_4_redirect_page_links();
    order_is_read_from_the_query();
    directories_come_first_and_numbers_count();
    headings_show_the_order_and_link_to_others();
    the_path_leads_upwards();
    any_name_is_linked_and_shown();
    sizes_are_for_people_and_exact();
    times_are_utc();
    totals_are_counted();
    icons_tell_the_kind();
    return failures;
}

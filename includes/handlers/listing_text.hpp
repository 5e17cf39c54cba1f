// How a listing writes names, sizes and times for people. Appends to HTML.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace handlers {

// The text of a name or a path: escaped, and where it has bytes that a page can't show, a sign for each instead.
void append_shown(std::string& out, std::string_view text);

// Several lines of UTF-8, escaped: line ends and tabs stay.
void append_lines(std::string& out, std::string_view text);

// "1,234,567"
void append_grouped(std::string& out, std::uint64_t value);

// "512 B", "4.5 MiB", "12 GiB": powers of 1024, one decimal below ten.
void append_size(std::string& out, std::uint64_t bytes);

// `<time datetime="2026-01-31T12:30:59Z">2026-01-31 12:30</time>`, or in this machine's zone, with its offset in place
// of the Z; nothing for a time outside of the years 1 to 9999, which HTML can't write.
void append_time(std::string& out, std::time_t seconds, bool local);

}  // namespace handlers

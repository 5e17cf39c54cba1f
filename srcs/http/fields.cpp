#include "http/fields.hpp"

#include <algorithm>
#include <cstring>

namespace http {

namespace {

constexpr std::uint64_t every_byte(std::uint64_t value) { return value * 0x0101'0101'0101'0101; }

// Whether one of eight bytes is below 0x20 or is 0x7F. A borrow can only spread from a byte that is one of these, so
// that the answer for the whole word is exact.
bool has_control(const char* eight_bytes) {
    std::uint64_t word;
    std::memcpy(&word, eight_bytes, sizeof word);
    const std::uint64_t from_delete = word ^ every_byte(0x7F);
    const std::uint64_t below_space = (word - every_byte(0x20)) & ~word;
    const std::uint64_t is_delete = (from_delete - every_byte(1)) & ~from_delete;
    return ((below_space | is_delete) & every_byte(0x80)) != 0;
}

bool all_allowed(std::string_view bytes) {
    for (char c : bytes)
        if (!is_field_value_byte[c]) return false;
    return true;
}

}  // namespace

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return is_tchar[c]; });
}

bool is_field_value(std::string_view value) {
    std::size_t at = 0;
    for (; at + 8 <= value.size(); at += 8)
        if (has_control(value.data() + at) && !all_allowed(value.substr(at, 8))) return false;  // it may be a tab
    return all_allowed(value.substr(at));
}

unsigned Fields::count_lines(FieldName name) const {
    return static_cast<unsigned>(std::ranges::count(lines_, name, &Entry::known));
}

Fields::Line Fields::operator[](std::size_t index) const {
    const Entry& entry = lines_[index];
    return {entry.name.in(base_), entry.value.in(base_), entry.known};
}

std::optional<std::string_view> Fields::first(FieldName name) const {
    if (!has(name)) return std::nullopt;
    return lines_[first_[static_cast<unsigned>(name)]].value.in(base_);
}

std::optional<std::string_view> Fields::find(std::string_view name) const {
    for (const Entry& entry : lines_)
        if (base::equals_ignoring_case(entry.name.in(base_), name)) return entry.value.in(base_);
    return std::nullopt;
}

bool Fields::list_contains(FieldName name, std::string_view token) const {
    unsigned left = count(name);
    for (std::size_t i = first_[static_cast<unsigned>(name)]; left > 0; ++i) {
        if (lines_[i].known != name) continue;
        --left;
        ListReader list{lines_[i].value.in(base_)};
        while (const auto element = list.next())
            if (base::equals_ignoring_case(*element, token)) return true;
    }
    return false;
}

std::optional<std::string_view> ListReader::next() {
    if (finished_) return std::nullopt;
    const std::size_t comma = rest_.find(',');
    const std::string_view element = rest_.substr(0, comma);
    finished_ = comma == std::string_view::npos;
    if (!finished_) rest_.remove_prefix(comma + 1);
    return base::trim_ows(element);
}

}  // namespace http

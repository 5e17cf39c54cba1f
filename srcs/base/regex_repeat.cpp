#include "base/regex_repeat.hpp"

#include <algorithm>
#include <string>

#include "base/ascii.hpp"

namespace base::regex {

namespace {

std::size_t digits_end(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of("0123456789", at), text.size());
}

std::uint32_t count(Cursor& cursor, std::size_t offset, std::string_view digits) {
    const auto number = parse_number<std::uint32_t>(digits);
    if (number && *number <= max_repetitions) return *number;
    cursor.fail(offset, "a repetition of more than " + std::to_string(max_repetitions) + " times",
                "for any number write * or +");
    return 0;
}

}  // namespace

std::size_t repeat_length(std::string_view rest) {
    if (rest.empty()) return 0;
    if (rest.front() == '*' || rest.front() == '+' || rest.front() == '?') return 1;
    if (rest.front() != '{') return 0;
    std::size_t at = digits_end(rest, 1);
    if (at == 1) return 0;
    if (at < rest.size() && rest[at] == ',') at = digits_end(rest, at + 1);
    return at < rest.size() && rest[at] == '}' ? at + 1 : 0;
}

Counts read_counts(Cursor& cursor, std::size_t length) {
    const std::size_t offset = cursor.at();
    const std::string_view text = cursor.rest().substr(0, length);
    cursor.skip(length);
    if (text == "*") return {0, std::nullopt};
    if (text == "+") return {1, std::nullopt};
    if (text == "?") return {0, 1};
    const std::string_view inside = text.substr(1, text.size() - 2);
    const std::size_t comma = std::min(inside.find(','), inside.size());
    const std::uint32_t first = count(cursor, offset, inside.substr(0, comma));
    if (comma == inside.size()) return {first, first};
    if (comma + 1 == inside.size()) return {first, std::nullopt};
    const std::uint32_t second = count(cursor, offset, inside.substr(comma + 1));
    if (second < first)
        cursor.fail(offset, "a repetition with its numbers in the wrong order", "the smaller one comes first");
    return {first, second};
}

void refuse_open_count(Cursor& cursor) {
    const std::string_view rest = cursor.rest();
    if (!rest.starts_with("{,")) return;
    const std::size_t end = digits_end(rest, 2);
    if (end > 2 && end < rest.size() && rest[end] == '}')
        cursor.fail(cursor.at(), "{,n} means different things to different versions of PCRE", "write {0,n}, or \\{,n}");
}

}  // namespace base::regex

// Bytes as protocols see them: classes, case-blind comparison, checked numbers, and escaping for each place where
// a peer's bytes are written (a page, a log line, a JSON string, a URL). No locale, no allocation but in escapes.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace base {

// A set of byte values, fixed at compile time: `constexpr ByteSet vowels{"aeiou"}; vowels[c]`.
class ByteSet {
public:
    constexpr ByteSet() = default;
    constexpr explicit ByteSet(std::string_view members) {
        for (char c : members) insert(c);
    }
    constexpr ByteSet& insert(char c) {
        bits_[static_cast<unsigned char>(c)] = true;
        return *this;
    }
    constexpr ByteSet& insert_range(char first, char last) {
        for (int c = static_cast<unsigned char>(first); c <= static_cast<unsigned char>(last); ++c)
            bits_[static_cast<std::size_t>(c)] = true;
        return *this;
    }
    constexpr bool operator[](char c) const { return bits_[static_cast<unsigned char>(c)]; }

private:
    std::array<bool, 256> bits_{};
};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// 0 to 15, or -1 for a byte that is no hexadecimal digit.
constexpr int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string lower_case(std::string_view text);

// Without the spaces and tabs at both ends (optional whitespace, RFC 9110 5.6.3).
std::string_view trim_ows(std::string_view text);

// All of `text` as an unsigned number in base 10 or 16: digits only, no sign, no space, nullopt when it overflows.
template <std::unsigned_integral T>
constexpr std::optional<T> parse_number(std::string_view text, unsigned number_base = 10) {
    if (text.empty()) return std::nullopt;
    T value = 0;
    for (char c : text) {
        const int digit = hex_value(c);
        if (digit < 0 || static_cast<unsigned>(digit) >= number_base) return std::nullopt;
        if (value > (std::numeric_limits<T>::max() - static_cast<T>(digit)) / number_base) return std::nullopt;
        value = static_cast<T>(value * number_base + static_cast<T>(digit));
    }
    return value;
}

// nullopt when a `%` is not followed by two hexadecimal digits. `+` stays `+`.
std::optional<std::string> percent_decode(std::string_view text);

// Everything but unreserved characters and `/` becomes %XX (RFC 3986 2.3): safe in a path of a URL and in an attribute.
std::string percent_encode_path(std::string_view path);

// Length of the well-formed UTF-8 sequence that `text` begins with (RFC 3629 4): 1 to 4, or 0 when there is none.
// Precondition: `text` is not empty.
std::size_t utf8_length(std::string_view text);

// & < > " ' become character references; other bytes stay.
std::string escape_html(std::string_view text);

// The inside of a JSON string; bytes that are not UTF-8 become U+FFFD.
std::string escape_json(std::string_view text);
void append_json_escaped(std::string& out, std::string_view text);

// As nginx writes variables into its logs: `"`, `\`, bytes below 32 and above 126 become \xHH. Appends to `out`.
void append_log_escaped(std::string& out, std::string_view text);

// As it is, but for control characters, which become \xHH: what a peer made up may hold line ends and a terminal's
// commands.
void append_on_one_line(std::string& out, std::string_view text);

void append_number(std::string& out, std::uint64_t value);  // in base 10

// How many single edits (insert, delete, replace, swap of neighbours) lie between two words: for "did you mean".
std::size_t edit_distance(std::string_view a, std::string_view b);

// Of two texts the one whose key is less stands first where case doesn't count and runs of digits, of up to 255, are
// numbers: "a2" before "a10". Not for people.
std::string natural_key(std::string_view text);

}  // namespace base

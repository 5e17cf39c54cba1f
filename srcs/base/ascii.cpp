#include "base/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/scan.hpp"

namespace base {

namespace {

constexpr ByteSet unreserved = ByteSet{"-._~"}.insert_range('a', 'z').insert_range('A', 'Z').insert_range('0', '9');
constexpr std::string_view upper_hex = "0123456789ABCDEF";

void append_hex(std::string& out, char byte) {
    const auto value = static_cast<unsigned char>(byte);
    out.push_back(upper_hex[value >> 4]);
    out.push_back(upper_hex[value & 15]);
}

std::size_t digit_run(std::string_view text, std::size_t from) {
    std::size_t end = from;
    while (end < text.size() && is_digit(text[end])) ++end;
    return end - from;
}

std::string_view without_leading_zeros(std::string_view digits) {
    const std::size_t first = digits.find_first_not_of('0');
    return first == std::string_view::npos ? std::string_view{} : digits.substr(first);
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto continues = [&](std::size_t i) { return byte(i) >= 0x80 && byte(i) <= 0xBF; };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const bool overlong = first == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = first == 0xED && byte(1) > 0x9F;
        return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool overlong = first == 0xF0 && byte(1) < 0x90;
        const bool too_large = first == 0xF4 && byte(1) > 0x8F;
        return continues(1) && continues(2) && continues(3) && !overlong && !too_large ? 4 : 0;
    }
    return 0;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

std::string lower_case(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), to_lower);
    return out;
}

std::string_view trim_ows(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        if (text.size() - i < 3) return std::nullopt;
        const int high = hex_value(text[i + 1]);
        const int low = hex_value(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return out;
}

std::string percent_encode_path(std::string_view path) {
    std::string out;
    out.reserve(path.size());
    for (char c : path) {
        if (unreserved[c] || c == '/') {
            out.push_back(c);
        } else {
            out.push_back('%');
            append_hex(out, c);
        }
    }
    return out;
}

std::string escape_html(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out.push_back(c);
        }
    }
    return out;
}

std::string escape_json(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    append_json_escaped(out, text);
    return out;
}

void append_json_escaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const char c = text.front();
        const std::size_t length = utf8_length(text);
        if (length == 0) {
            out += "\xEF\xBF\xBD";
        } else if (c == '"' || c == '\\') {
            out.append({'\\', c});
        } else if (c == '\n' || c == '\r' || c == '\t') {
            out.append({'\\', c == '\n' ? 'n' : c == '\r' ? 'r' : 't'});
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += "\\u00";
            append_hex(out, c);
        } else {
            out.append(text.substr(0, length));
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
}

namespace {

// find_first() for a text that may be shorter than a block.
template <class Choose>
std::size_t find_in_any(std::string_view text, std::size_t at, Choose choose) {
    if (text.size() >= Block::size) return find_first(text, at, choose);
    std::array<char, Block::size> padded;
    padded.fill('x');  // nobody looks for it
    std::ranges::copy(text, padded.begin());
    return std::min(find_first({padded.data(), padded.size()}, at, choose), text.size());
}

// Appends `text`, with \xHH in place of the bytes that `choose` finds in a block.
template <class Choose>
void append_escaping(std::string& out, std::string_view text, Choose choose) {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = find_in_any(text, at, choose);
        out.append(text.substr(at, end - at));
        if (end == text.size()) return;
        out += "\\x";
        append_hex(out, text[end]);
        at = end + 1;
    }
}

}  // namespace

void append_log_escaped(std::string& out, std::string_view text) {
    append_escaping(out, text, [](Block block) {
        return block.equal_to('"') | block.equal_to('\\') | block.within('\0', '\x1F') | block.within('\x7F', '\xFF');
    });
}

void append_on_one_line(std::string& out, std::string_view text) {
    append_escaping(out, text, [](Block block) { return block.within('\0', '\x1F') | block.equal_to('\x7F'); });
}

void append_number(std::string& out, std::uint64_t value) {
    std::array<char, 20> text{};  // 2^64 - 1 has 20 digits
    out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    // Optimal string alignment: three rows of the usual table are enough to see a swap of neighbours.
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replace = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, replace});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(above);
        above.swap(row);
    }
    return above[b.size()];
}

std::string natural_key(std::string_view text) {
    std::string key;
    key.reserve(text.size() + 8);  // a few numbers
    for (std::size_t i = 0; i < text.size();) {
        constexpr std::size_t most_digits = 255;
        const std::string_view run = text.substr(i, std::min(digit_run(text, i), most_digits));
        if (run.empty()) {
            key.push_back(to_lower(text[i++]));
            continue;
        }
        // The digit sets it off from what is no number; of numbers the one with more digits is larger.
        const std::string_view number = without_leading_zeros(run);
        key.push_back('0');
        key.push_back(static_cast<char>(number.size()));
        key.append(number);
        i += run.size();
    }
    return key;
}

}  // namespace base

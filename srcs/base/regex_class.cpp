#include "base/regex_class.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace base::regex {

namespace {

constexpr auto value_of(char c) { return static_cast<unsigned char>(c); }

Bytes range(unsigned char first, unsigned char last) {
    Bytes bytes;
    for (unsigned value = first; value <= last; ++value) bytes.set(value);
    return bytes;
}

Bytes all_of(std::string_view members) {
    Bytes bytes;
    for (char c : members) bytes.set(value_of(c));
    return bytes;
}

Bytes letters() { return range('a', 'z') | range('A', 'Z'); }
Bytes digits() { return range('0', '9'); }
Bytes word() { return letters() | digits() | only('_'); }
Bytes space() { return all_of(" \t\n\v\f\r"); }

// What \d, \w ... stand for; nothing for other letters. Latin-1's space and next-line are in \h and \v, as in PCRE.
std::optional<Bytes> shorthand(char letter) {
    switch (letter) {
        case 'd': return digits();
        case 'D': return ~digits();
        case 'w': return word();
        case 'W': return ~word();
        case 's': return space();
        case 'S': return ~space();
        case 'h': return all_of("\t \xA0");
        case 'H': return ~all_of("\t \xA0");
        case 'v': return all_of("\n\v\f\r\x85");
        case 'V': return ~all_of("\n\v\f\r\x85");
        default: return std::nullopt;
    }
}

std::optional<Bytes> posix_class(std::string_view name, bool blind) {
    if (name == "alpha") return letters();
    if (name == "lower") return blind ? letters() : range('a', 'z');
    if (name == "upper") return blind ? letters() : range('A', 'Z');
    if (name == "alnum") return letters() | digits();
    if (name == "ascii") return range(0, 0x7F);
    if (name == "blank") return all_of(" \t");
    if (name == "cntrl") return range(0, 0x1F) | only(0x7F);
    if (name == "digit") return digits();
    if (name == "graph") return range('!', '~');
    if (name == "print") return range(' ', '~');
    if (name == "punct") return range('!', '~') & ~(letters() | digits());
    if (name == "space") return space();
    if (name == "word") return word();
    if (name == "xdigit") return digits() | range('a', 'f') | range('A', 'F');
    return std::nullopt;
}

std::optional<unsigned char> control_escape(char letter) {
    switch (letter) {
        case 'a': return '\a';
        case 'e': return 0x1B;
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        default: return std::nullopt;
    }
}

std::string hint_for_code_point(unsigned code) {
    const auto tail = [](unsigned bits) { return static_cast<char>(0x80 | (bits & 0x3F)); };
    std::string utf8;
    if (code < 0x800)
        utf8 = {static_cast<char>(0xC0 | code >> 6), tail(code)};
    else if (code < 0x10000)
        utf8 = {static_cast<char>(0xE0 | code >> 12), tail(code >> 6), tail(code)};
    else if (code < 0x110000)
        utf8 = {static_cast<char>(0xF0 | code >> 18), tail(code >> 12), tail(code >> 6), tail(code)};
    else
        return "there is no such character";
    std::string hint = "patterns match bytes; for this character in UTF-8 write (?:";
    append_log_escaped(hint, utf8);
    return hint + ")";
}

// The number between braces, behind \x or \o.
unsigned char read_braced(Cursor& cursor, std::size_t start, unsigned number_base) {
    const std::size_t length = cursor.rest().find('}');
    const std::string_view inside = cursor.rest().substr(1, length == std::string_view::npos ? 0 : length - 1);
    const auto code = parse_number<std::uint32_t>(inside, number_base);
    if (!code) {
        cursor.fail(start,
                    number_base == 16 ? "\\x{...} without a hexadecimal number" : "\\o{...} without an octal number",
                    number_base == 16 ? "a byte is \\x{00} to \\x{ff}" : "a byte is \\o{0} to \\o{377}");
        return 0;
    }
    cursor.skip(length + 1);
    if (*code > 0xFF) cursor.fail(start, "a character above \\xff", hint_for_code_point(*code));
    return static_cast<unsigned char>(*code);
}

// At most `most` digits; without any the value is 0, as in PCRE.
unsigned char read_digits(Cursor& cursor, std::size_t start, std::size_t most, unsigned number_base) {
    unsigned value = 0;
    for (std::size_t i = 0; i < most && !cursor.done(); ++i) {
        const int digit = hex_value(cursor.peek());
        if (digit < 0 || static_cast<unsigned>(digit) >= number_base) break;
        value = value * number_base + static_cast<unsigned>(digit);
        cursor.skip(1);
    }
    if (value > 0xFF) cursor.fail(start, "an octal number above 377", "a byte is \\000 to \\377");
    return static_cast<unsigned char>(value);
}

unsigned char read_control(Cursor& cursor, std::size_t start) {
    if (cursor.done() || cursor.peek() < ' ' || cursor.peek() > '~') {
        cursor.fail(start, "\\c without a printable character", "for a control byte write \\x and two digits");
        return 0;
    }
    const char c = cursor.next();
    return value_of(static_cast<char>((c >= 'a' && c <= 'z' ? c - 32 : c) ^ 0x40));
}

unsigned char read_byte_escape(Cursor& cursor, std::size_t start) {
    const char c = cursor.next();
    if (const auto control = control_escape(c)) return *control;
    if (c == '0') return read_digits(cursor, start, 2, 8);
    if (c == 'x') return cursor.peek() == '{' ? read_braced(cursor, start, 16) : read_digits(cursor, start, 2, 16);
    if (c == 'c') return read_control(cursor, start);
    if (c == 'o' && cursor.peek() == '{') return read_braced(cursor, start, 8);
    if (is_alpha(c) || is_digit(c))
        cursor.fail(start, std::string{"the unknown escape \\"} + c, std::string{"for the letter itself write "} + c);
    return value_of(c);
}

}  // namespace

void Cursor::fail(std::size_t offset, std::string_view what, std::string_view hint) {
    at_ = pattern_.size();
    if (error_) return;
    std::string message = "at byte " + std::to_string(offset) + ": ";
    append_on_one_line(message, what);
    if (!hint.empty()) message.append("; ").append(hint);
    error_ = Error{std::move(message), 0};
}

Bytes only(unsigned char byte) { return Bytes{}.set(byte); }

Bytes without_case(Bytes bytes) {
    for (unsigned char lower = 'a'; lower <= 'z'; ++lower) {
        const auto upper = static_cast<unsigned char>(lower - 32);
        if (bytes[lower] || bytes[upper]) bytes.set(lower).set(upper);
    }
    return bytes;
}

Escape read_escape(Cursor& cursor, std::size_t start) {
    if (cursor.done()) {
        cursor.fail(start, "a backslash with nothing behind it", "for the backslash itself write \\\\");
        return {};
    }
    if (const auto bytes = shorthand(cursor.peek())) {
        cursor.skip(1);
        return {*bytes, std::nullopt};
    }
    const unsigned char byte = read_byte_escape(cursor, start);
    return {only(byte), byte};
}

std::optional<std::size_t> posix_length(std::string_view text) {
    const char mark = text.front();
    if (mark != ':' && mark != '.' && mark != '=') return std::nullopt;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        const char following = text[i + 1];
        if (text[i] == '\\' && (following == ']' || following == '\\'))
            ++i;
        else if ((text[i] == '[' && following == mark) || text[i] == ']')
            return std::nullopt;
        else if (text[i] == mark && following == ']')
            return i;
    }
    return std::nullopt;
}

namespace {

constexpr std::string_view range_hint = "a hyphen that means itself stands last, or is written \\-";

// One [...]. What stands before a hyphen is `low_` while it may begin a range.
class ClassReader {
public:
    ClassReader(Cursor& cursor, std::size_t start, bool blind) : cursor_(cursor), start_(start), blind_(blind) {}

    Bytes read() {
        skip_empty_quotes();
        const bool negated = cursor_.take("^");
        skip_empty_quotes();
        if (cursor_.take("]")) add_byte(']', start_);  // first of all, it is a byte like others
        while (!cursor_.done() && (quoted_ || cursor_.peek() != ']')) read_item();
        if (!cursor_.take("]")) cursor_.fail(start_, "[ without its ]", "for the bracket itself write \\[");
        if (in_range_) bytes_.set('-');
        const Bytes bytes = blind_ ? without_case(bytes_) : bytes_;
        return negated ? ~bytes : bytes;
    }

private:
    void skip_empty_quotes() {
        while (cursor_.take("\\E") || cursor_.take("\\Q\\E")) {}
    }

    void read_item() {
        const std::size_t offset = cursor_.at();
        if (quoted_) {
            if (cursor_.take("\\E"))
                quoted_ = false;
            else
                add_byte(value_of(cursor_.next()), offset);
        } else if (cursor_.peek() == '[' && cursor_.rest().size() > 1 && posix_length(cursor_.rest().substr(1))) {
            read_posix(offset);
        } else if (cursor_.take("\\")) {
            read_escape_in_class(offset);
        } else if (cursor_.peek() == '-' && low_ && !in_range_) {
            cursor_.skip(1);
            in_range_ = true;
        } else {
            add_byte(value_of(cursor_.next()), offset);
        }
    }

    void add_byte(unsigned char byte, std::size_t offset) {
        if (!in_range_) {
            bytes_.set(byte);
            low_ = byte;
            return;
        }
        if (byte < *low_) cursor_.fail(offset, "a range that ends before it begins", range_hint);
        bytes_ |= range(*low_, std::max(byte, *low_));
        in_range_ = false;
        low_ = std::nullopt;
    }

    void add_set(const Bytes& bytes, std::size_t offset) {
        const bool range_follows = cursor_.peek() == '-' && cursor_.rest().size() > 1 && cursor_.rest()[1] != ']';
        if (in_range_ || range_follows) cursor_.fail(offset, "a range between what are no single bytes", range_hint);
        bytes_ |= bytes;
        low_ = std::nullopt;
    }

    void read_posix(std::size_t offset) {
        const std::string_view text = cursor_.rest().substr(1);
        const std::size_t length = *posix_length(text);
        std::string_view name = text.substr(1, length - 1);
        const bool negated = name.starts_with('^');
        if (negated) name.remove_prefix(1);
        const auto bytes = text.front() == ':' ? posix_class(name, blind_) : std::nullopt;
        if (!bytes) {
            const std::string what{text.substr(0, length + 1)};
            cursor_.fail(
                offset, "[" + what + "], which is no class of bytes",
                "there are alpha, digit, alnum, upper, lower, space, blank, punct, print, graph, cntrl, xdigit, "
                "word and ascii");
            return;
        }
        cursor_.skip(1 + length + 2);
        add_set(negated ? ~*bytes : *bytes, offset);
    }

    void read_escape_in_class(std::size_t offset) {
        const char c = cursor_.peek();
        if (cursor_.take("Q")) {
            quoted_ = true;
        } else if (cursor_.take("E")) {
        } else if (cursor_.take("b")) {
            add_byte('\b', offset);
        } else if (c == '8' || c == '9') {
            add_byte(value_of(cursor_.next()), offset);
        } else if (is_digit(c)) {
            add_byte(read_digits(cursor_, offset, 3, 8), offset);
        } else if (std::string_view{"ABCGKNPRXZgkpz"}.find(c) != std::string_view::npos && !cursor_.done()) {
            cursor_.fail(offset, std::string{"\\"} + c + " inside of [...]", "it doesn't stand for one byte");
        } else {
            const Escape escape = read_escape(cursor_, offset);
            escape.byte ? add_byte(*escape.byte, offset) : add_set(escape.bytes, offset);
        }
    }

    Cursor& cursor_;
    std::size_t start_;
    bool blind_;
    Bytes bytes_;
    std::optional<unsigned char> low_;
    bool in_range_ = false;  // behind `a-`
    bool quoted_ = false;    // between \Q and \E
};

}  // namespace

Bytes read_class(Cursor& cursor, std::size_t start, bool blind) { return ClassReader{cursor, start, blind}.read(); }

}  // namespace base::regex

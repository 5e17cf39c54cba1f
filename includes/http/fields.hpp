// The field lines of one section (RFC 9110 5), in order. A line is kept as positions in the bytes it was read from, so
// that a message survives the move of those bytes: bind() tells where they are now.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ascii.hpp"
#include "http/registry.hpp"

namespace http {

// The bytes of a token: methods, field names, codings (RFC 9110 5.6.2).
inline constexpr base::ByteSet is_tchar =
    base::ByteSet{"!#$%&'*+-.^_`|~"}.insert_range('a', 'z').insert_range('A', 'Z').insert_range('0', '9');
static_assert(is_tchar['!'] && !is_tchar[':'] && !is_tchar[' '] && !is_tchar['\0']);

bool is_token(std::string_view text);

// What may stand in a field value: visible, space, tab, and bytes above ASCII (RFC 9110 5.5).
inline constexpr base::ByteSet is_field_value_byte =
    base::ByteSet{"\t"}.insert_range(' ', '~').insert_range('\x80', '\xFF');

// Whether all bytes are allowed in a field value.
bool is_field_value(std::string_view value);

// The elements of a comma-separated list (RFC 9110 5.6.1), without the whitespace around them, in order; empty elements
// too, for the caller to refuse or skip. Knows no quoted strings. The list must outlive the elements.
class ListReader {
public:
    explicit ListReader(std::string_view list) : rest_(list) {}
    std::optional<std::string_view> next();

private:
    std::string_view rest_;
    bool finished_ = false;
};

// A piece of a message's bytes, counted from the message's first byte.
struct Slice {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;

    std::string_view in(const char* base) const { return {base + offset, length}; }
};

class Fields {
public:
    static constexpr std::size_t max_lines = 65'535;  // what the counters hold; add() must not be called for more

    struct Line {
        std::string_view name;   // as it was sent
        std::string_view value;  // without the whitespace around it
        FieldName known;
    };

    // `base` must point at the message's bytes for as long as values are looked at.
    void bind(const char* base) { base_ = base; }
    void clear() {
        lines_.clear();
        present_ = repeated_ = 0;
    }
    void add(FieldName known, Slice name, Slice value) {
        if (known != FieldName::other) note(static_cast<unsigned>(known));
        lines_.push_back({name, known, value});
    }

    std::size_t size() const { return lines_.size(); }
    Line operator[](std::size_t index) const;

    // How many lines carry this name; precondition: not FieldName::other.
    unsigned count(FieldName name) const { return repeats(name) ? count_lines(name) : has(name); }
    bool has(FieldName name) const { return (present_ >> static_cast<unsigned>(name) & 1U) != 0; }

    // The value of the first line with this name, nullopt when there is none.
    std::optional<std::string_view> first(FieldName name) const;

    // By name, known or not, case-blind: the first such line's value.
    std::optional<std::string_view> find(std::string_view name) const;

    // Whether any element of the comma-separated list that the lines of this name form together (RFC 9110 5.6.1)
    // equals `token`, case-blind. Made for Connection, Expect and Transfer-Encoding; knows no quoted strings.
    bool list_contains(FieldName name, std::string_view token) const;

private:
    struct Entry {
        Slice name;
        FieldName known;
        Slice value;
    };

    bool repeats(FieldName name) const { return (repeated_ >> static_cast<unsigned>(name) & 1U) != 0; }
    unsigned count_lines(FieldName name) const;

    // A line of the known name `row` is about to be added.
    void note(unsigned row) {
        const std::uint32_t bit = std::uint32_t{1} << row;
        if ((present_ & bit) == 0) first_[row] = static_cast<std::uint16_t>(lines_.size());
        repeated_ |= present_ & bit;
        present_ |= bit;
    }

    const char* base_ = nullptr;
    std::vector<Entry> lines_;
    // One bit for each known name: whether it is there, and there more than once.
    std::uint32_t present_ = 0;
    std::uint32_t repeated_ = 0;
    std::array<std::uint16_t, known_field_count> first_{};  // index of the first line, where there is one
    static_assert(known_field_count <= 32);
};

}  // namespace http

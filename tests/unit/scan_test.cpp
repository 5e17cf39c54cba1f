// Both twins of a block against a plain reading of what they promise: every byte value at every place, texts of every
// length around whole blocks, and random bytes.
#include "base/scan.hpp"

#include <memory>
#include <random>
#include <string>
#include <string_view>

#include "check.hpp"

int test_scan();

namespace {

struct Range {
    char first;
    char last;
};
constexpr Range ranges[] = {
    {' ', '~'}, {'a', 'z'}, {'0', '9'}, {'.', '/'}, {'\0', '\x1F'}, {'\x80', '\xFF'}, {'\x7F', '\x7F'}, {'\0', '\xFF'},
};

bool is_within(char c, Range range) {
    const auto value = [](char byte) { return static_cast<unsigned char>(byte); };
    return value(c) >= value(range.first) && value(c) <= value(range.last);
}

template <class Holds>
base::BlockBits expected_bits(const std::string& text, Holds holds) {
    base::BlockBits bits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) bits |= base::BlockBits{holds(text[i])} << i;
    return bits;
}

template <class Block>
void test_block(Checks& checks, const std::string& text) {
    const Block block{text.data()};
    for (const Range range : ranges) {
        const auto inside = [&](char c) { return is_within(c, range); };
        const auto inside_folded = [&](char c) { return is_within(static_cast<char>(c | 0x20), range); };
        const Block folded = block.without_case();
        checks.expect(block.within(range.first, range.last).bits() == expected_bits(text, inside), "within a range");
        checks.expect(folded.within(range.first, range.last).bits() == expected_bits(text, inside_folded), "folded");
    }
    for (char c : {text[0], ' ', '\0', '\xFF'})
        checks.expect(block.equal_to(c).bits() == expected_bits(text, [&](char b) { return b == c; }), "equal");
    const auto either = block.equal_to(text[3]) | block.within('a', 'z');
    const auto both = block.within(' ', 'z') & block.within('a', '~');
    checks.expect(either.bits() == (block.equal_to(text[3]).bits() | block.within('a', 'z').bits()), "or");
    checks.expect(both.bits() == block.within('a', 'z').bits(), "and");
}

void test_gathering(Checks& checks, const std::string& text) {
    const base::VectorBlock block{text.data()};
    checks.expect(block.within('a', 'z').gathered_bits() == block.within('a', 'z').bits(), "both ways to make bits");
}

// In memory of exactly its size, so that AddressSanitizer sees a read outside of it.
template <class Block>
void test_searches(Checks& checks, std::string_view text) {
    const std::unique_ptr<char[]> memory{new char[text.size()]};
    text.copy(memory.get(), text.size());
    const std::string_view exact{memory.get(), text.size()};
    const auto letters = [](Block block) { return block.within('a', 'z'); };
    const auto is_letter = [](char c) { return is_within(c, {'a', 'z'}); };
    for (std::size_t from = 0; from <= exact.size(); ++from) {
        std::size_t first = from;
        std::size_t first_not = from;
        while (first < exact.size() && !is_letter(exact[first])) ++first;
        while (first_not < exact.size() && is_letter(exact[first_not])) ++first_not;
        checks.expect(base::find_first<Block>(exact, from, letters) == first, "the first letter");
        checks.expect(base::find_first_not<Block>(exact, from, letters) == first_not, "the first that is none");
    }
}

void test_every_place(Checks& checks) {
    for (int value = 0; value < 256; ++value) {
        for (std::size_t at = 0; at < base::Block::size; ++at) {
            for (char around : {'a', '\0', '\xFF'}) {
                std::string text(base::Block::size, around);
                text[at] = static_cast<char>(value);
                test_block<base::VectorBlock>(checks, text);
                test_block<base::ScalarBlock>(checks, text);
                test_gathering(checks, text);
            }
        }
    }
}

void test_every_length(Checks& checks) {
    for (std::size_t length = base::Block::size; length <= 5 * base::Block::size; ++length) {
        for (std::size_t at = 0; at <= length; ++at) {
            for (char around : {'a', ' '}) {
                std::string text(length, around);
                if (at < length) text[at] = around == 'a' ? ' ' : 'a';
                test_searches<base::VectorBlock>(checks, text);
                test_searches<base::ScalarBlock>(checks, text);
            }
        }
    }
}

void test_random_bytes(Checks& checks) {
    std::minstd_rand random{1};  // the same bytes in each run
    for (int round = 0; round < 20'000; ++round) {
        std::string text(base::Block::size, '\0');
        for (char& c : text) c = static_cast<char>(random() >> 8);
        test_block<base::VectorBlock>(checks, text);
        test_block<base::ScalarBlock>(checks, text);
        test_gathering(checks, text);
    }
}

}  // namespace

int test_scan() {
    Checks checks;
    test_every_place(checks);
    test_every_length(checks);
    test_random_bytes(checks);
    return checks.failures();
}

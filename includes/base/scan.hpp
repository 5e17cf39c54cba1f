// Searches that look at 16 bytes at once. A block answers "which of your bytes are like this?" for all of them; what is
// asked is the business of the caller's grammar. VectorBlock does it with the compiler's vector types, which
// become SSE2 or NEON; ScalarBlock is its twin, byte by byte: the same tests hold both to the same answers.
// Nothing here reads outside of the text it is given.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace base {

// An answer about 16 bytes: bit i stands for byte i.
using BlockBits = std::uint64_t;
inline constexpr BlockBits all_block_bits = 0xFFFF;

class VectorBlock {
    using Bytes = std::uint8_t __attribute__((vector_size(16)));
    using SignedBytes = std::int8_t __attribute__((vector_size(16)));
    using Words = std::uint64_t __attribute__((vector_size(16)));

public:
    static constexpr std::size_t size = 16;

    // Some of the 16 bytes. Sets are combined before they become bits, because that step costs most.
    class Set {
    public:
        explicit Set(SignedBytes chosen) : chosen_(chosen) {}
        friend Set operator|(Set a, Set b) { return Set{a.chosen_ | b.chosen_}; }
        friend Set operator&(Set a, Set b) { return Set{a.chosen_ & b.chosen_}; }
        BlockBits bits() const {
#if defined(__SSE2__)
            return static_cast<unsigned>(_mm_movemask_epi8(reinterpret_cast<__m128i>(chosen_)));
#else
            return gathered_bits();
#endif
        }
        // The same for a machine without such an instruction: byte i keeps its bit i, and a multiplication adds all
        // bytes up in the topmost.
        BlockBits gathered_bits() const {
            const Words each = reinterpret_cast<Words>(chosen_) & 0x8040'2010'0804'0201;
            const auto sum = [](std::uint64_t word) { return (word * 0x0101'0101'0101'0101) >> 56; };
            return sum(each[0]) | sum(each[1]) << 8;
        }

    private:
        SignedBytes chosen_;  // -1 or 0
    };

    // `bytes` are 16.
    explicit VectorBlock(const char* bytes) { std::memcpy(&bytes_, bytes, size); }

    Set equal_to(char c) const { return Set{bytes_ == static_cast<std::uint8_t>(c)}; }

    // Moved so that `last` becomes the largest signed value, all that is outside of the range is below `first`: one
    // addition and one comparison. first <= last, as unsigned values.
    Set within(char first, char last) const { return Set{moved(last) >= moved(first, last)}; }

    // A and a alike; of other bytes, those that differ in this bit are confused too.
    VectorBlock without_case() const { return VectorBlock{bytes_ | std::uint8_t{0x20}}; }

private:
    explicit VectorBlock(Bytes bytes) : bytes_(bytes) {}

    SignedBytes moved(char last) const {
        return reinterpret_cast<SignedBytes>(bytes_ +
                                             static_cast<std::uint8_t>(0x7F - static_cast<std::uint8_t>(last)));
    }
    static std::int8_t moved(char first, char last) {
        return static_cast<std::int8_t>(static_cast<std::uint8_t>(first) + 0x7F - static_cast<std::uint8_t>(last));
    }

    Bytes bytes_;
};

class ScalarBlock {
public:
    static constexpr std::size_t size = 16;

    class Set {
    public:
        explicit Set(BlockBits bits) : bits_(bits) {}
        friend Set operator|(Set a, Set b) { return Set{a.bits_ | b.bits_}; }
        friend Set operator&(Set a, Set b) { return Set{a.bits_ & b.bits_}; }
        BlockBits bits() const { return bits_; }

    private:
        BlockBits bits_;
    };

    explicit ScalarBlock(const char* bytes) { std::memcpy(bytes_.data(), bytes, size); }

    Set equal_to(char c) const { return within(c, c); }
    Set within(char first, char last) const {
        BlockBits bits = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const auto value = bytes_[i];
            const bool inside = value >= static_cast<std::uint8_t>(first) && value <= static_cast<std::uint8_t>(last);
            bits |= static_cast<BlockBits>(inside) << i;
        }
        return Set{bits};
    }
    ScalarBlock without_case() const {
        ScalarBlock other = *this;
        for (std::uint8_t& value : other.bytes_) value |= 0x20;
        return other;
    }

private:
    std::array<std::uint8_t, size> bytes_;
};

// Vectors keep a byte's place in memory, the bits of a word only on a little-endian machine.
using Block = std::conditional_t<std::endian::native == std::endian::little, VectorBlock, ScalarBlock>;

inline std::size_t first_of(BlockBits bits) { return static_cast<std::size_t>(std::countr_zero(bits)); }

// Where the first byte at or behind `at` is whose bit `bits_of` sets; text.size() when there is none. `bits_of` is
// shown one block after the other; the last one overlaps the one before. Precondition: at <= text.size(), and the text
// holds a block at least.
template <class AnyBlock, class BitsOf>
std::size_t find_bit(std::string_view text, std::size_t at, BitsOf bits_of) {
    const std::size_t last = text.size() - AnyBlock::size;
    // Most searches end in their first block. In front of the loop it needs fewer instructions.
    if (at <= last) {
        if (const BlockBits bits = bits_of(AnyBlock{text.data() + at})) return at + first_of(bits);
        at += AnyBlock::size;
    }
    for (; at <= last; at += AnyBlock::size)
        if (const BlockBits bits = bits_of(AnyBlock{text.data() + at})) return at + first_of(bits);
    // What is left, with the bytes before it moved out.
    const BlockBits rest = bits_of(AnyBlock{text.data() + last}) >> (at - last);
    return rest != 0 ? at + first_of(rest) : text.size();
}

// Where the first byte at or behind `at` is that `choose` picks, or doesn't pick: it makes a Set of a block. The rest
// as above.
template <class AnyBlock = Block, class Choose>
std::size_t find_first(std::string_view text, std::size_t at, Choose choose) {
    return find_bit<AnyBlock>(text, at, [&](AnyBlock block) { return choose(block).bits(); });
}
template <class AnyBlock = Block, class Choose>
std::size_t find_first_not(std::string_view text, std::size_t at, Choose choose) {
    return find_bit<AnyBlock>(text, at, [&](AnyBlock block) { return choose(block).bits() ^ all_block_bits; });
}

}  // namespace base

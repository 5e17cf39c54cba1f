#include "base/hash.hpp"

#include <sys/random.h>

#include <bit>
#include <cstring>
#include <ctime>

namespace base {

namespace {

// Odd, with as many ones as zeros and no pattern: digits of pi, the golden ratio and e.
constexpr std::uint64_t first_constant = 0x9E3779B97F4A7C15U;
constexpr std::uint64_t second_constant = 0xA4093822299F31D1U;
constexpr std::uint64_t third_constant = 0xB7E151628AED2A6BU;

// Both halves of the 128-bit product: each bit of either factor reaches all bits of the result.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = Wide{a} * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Up to eight bytes as a number, little-endian on every machine.
std::uint64_t load(const char* at, std::size_t size) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, size);
    if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap64(value);
    return value;
}

}  // namespace

std::uint64_t hash(std::string_view bytes, std::uint64_t seed) {
    std::uint64_t state = seed ^ first_constant;
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left > 16; left -= 16, at += 16) state = mix(load(at, 8) ^ second_constant, load(at + 8, 8) ^ state);
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    if (left >= 8) {
        low = load(at, 8);
        high = load(at + left - 8, 8);  // overlaps what `low` has, which harms nothing: the length counts too
    } else if (left >= 4) {
        low = load(at, 4);
        high = load(at + left - 4, 4);
    } else if (left > 0) {
        low = load(at, 1) | load(at + left / 2, 1) << 8 | load(at + left - 1, 1) << 16;
    }
    return mix(third_constant ^ bytes.size(), mix(low ^ second_constant, high ^ state));
}

std::uint64_t random_seed() {
    std::uint64_t seed = 0;
    if (::getrandom(&seed, sizeof seed, GRND_NONBLOCK) != static_cast<ssize_t>(sizeof seed)) {
        timespec now{};  // early in the boot: better than a constant
        ::clock_gettime(CLOCK_MONOTONIC, &now);
        seed = static_cast<std::uint64_t>(now.tv_nsec) * first_constant;
    }
    return seed;
}

}  // namespace base

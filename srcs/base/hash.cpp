#include "base/hash.hpp"

#include <sys/random.h>

#include <bit>
#include <cstring>
#include <ctime>

namespace base {

namespace {

constexpr std::uint64_t golden_ratio = 0x9E3779B97F4A7C15U;  // its digits: odd, and without a pattern

// A word that tells nothing of the one it was made from (splitmix64).
std::uint64_t derived(std::uint64_t word) {
    word += golden_ratio;
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9U;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBU;
    return word ^ (word >> 31);
}

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

// Whoever knows neither `key` nor `state` can't make a factor of a product 0; and where one is by accident, the sum
// keeps what came before.
std::uint64_t hash(std::string_view bytes, std::uint64_t seed) {
    const std::uint64_t key = derived(seed);
    std::uint64_t state = derived(key);
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left > 16; left -= 16, at += 16)
        state = mix(load(at, 8) ^ key, load(at + 8, 8) ^ state) + std::rotl(state, 23);
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
    state = mix(low ^ key, high ^ state) + std::rotl(state, 23);
    return derived(state ^ bytes.size());
}

std::uint32_t murmur_hash2(std::string_view bytes) {
    constexpr std::uint32_t factor = 0x5bd1e995;
    auto state = static_cast<std::uint32_t>(bytes.size());
    while (bytes.size() >= 4) {
        std::uint32_t word = static_cast<std::uint32_t>(load(bytes.data(), 4)) * factor;
        word = (word ^ word >> 24U) * factor;
        state = state * factor ^ word;
        bytes.remove_prefix(4);
    }
    if (!bytes.empty()) {
        std::uint32_t rest = 0;
        for (std::size_t i = bytes.size(); i-- > 0;) rest = rest << 8U | static_cast<std::uint8_t>(bytes[i]);
        state = (state ^ rest) * factor;
    }
    state = (state ^ state >> 13U) * factor;
    return state ^ state >> 15U;
}

std::uint64_t random_seed() {
    std::uint64_t seed = 0;
    if (::getrandom(&seed, sizeof seed, GRND_NONBLOCK) != static_cast<ssize_t>(sizeof seed)) {
        timespec now{};  // early in the boot: better than a constant
        ::clock_gettime(CLOCK_MONOTONIC, &now);
        seed = static_cast<std::uint64_t>(now.tv_nsec) * golden_ratio;
    }
    return seed;
}

}  // namespace base

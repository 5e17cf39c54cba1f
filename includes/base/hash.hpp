// A 64-bit hash of bytes: for tables, with a seed that nobody can guess, and for entity-tags, with one that is the same
// everywhere. Not cryptographic: who may choose both versions of a file can make their hashes equal.
#pragma once

#include <cstdint>
#include <string_view>

namespace base {

// The same bytes and the same seed give the same value on every machine.
std::uint64_t hash(std::string_view bytes, std::uint64_t seed);

// MurmurHash2 with the seed 0: small and known to others, for what must agree with them.
std::uint32_t murmur_hash2(std::string_view bytes);

// A number that differs from one start to the next (getrandom(2)).
std::uint64_t random_seed();

}  // namespace base

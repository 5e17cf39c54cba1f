#include "base/digest.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace base {

namespace {

constexpr std::size_t length_size = 8;  // bytes at the end of the last block

// floor(2^32 * |sin(i + 1)|), RFC 1321 3.4.
constexpr std::array<std::uint32_t, 64> md5_sines{
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};
constexpr std::array<std::array<int, 4>, 4> md5_shifts{
    {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};

std::uint32_t little_endian(const std::uint8_t* at) {
    return std::uint32_t{at[0]} | std::uint32_t{at[1]} << 8 | std::uint32_t{at[2]} << 16 | std::uint32_t{at[3]} << 24;
}

std::uint32_t big_endian(const std::uint8_t* at) {
    return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | std::uint32_t{at[3]};
}

// RFC 1321 3.4
void compress_md5(const std::uint8_t* block, std::uint32_t* state) {
    std::uint32_t a = state[0];
    std::uint32_t b = state[1];
    std::uint32_t c = state[2];
    std::uint32_t d = state[3];
    for (std::size_t i = 0; i < 64; ++i) {
        const std::size_t round = i / 16;
        const std::array<std::uint32_t, 4> mixed{(b & c) | (~b & d), (b & d) | (c & ~d), b ^ c ^ d, c ^ (b | ~d)};
        const std::array<std::size_t, 4> word{i, (5 * i + 1) % 16, (3 * i + 5) % 16, (7 * i) % 16};
        const std::uint32_t sum = a + mixed[round] + md5_sines[i] + little_endian(block + 4 * word[round]);
        a = d;
        d = c;
        c = b;
        b += std::rotl(sum, md5_shifts[round][i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

// RFC 3174 6.1
void compress_sha1(const std::uint8_t* block, std::uint32_t* state) {
    constexpr std::array<std::uint32_t, 4> constants{0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6};
    std::array<std::uint32_t, 80> words;
    for (std::size_t i = 0; i < 16; ++i) words[i] = big_endian(block + 4 * i);
    for (std::size_t i = 16; i < 80; ++i)
        words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    std::array<std::uint32_t, 5> s{state[0], state[1], state[2], state[3], state[4]};
    for (std::size_t i = 0; i < 80; ++i) {
        const std::uint32_t parity = s[1] ^ s[2] ^ s[3];
        const std::array<std::uint32_t, 4> mixed{(s[1] & s[2]) | (~s[1] & s[3]), parity,
                                                 (s[1] & s[2]) | (s[1] & s[3]) | (s[2] & s[3]), parity};
        const std::uint32_t sum = std::rotl(s[0], 5) + mixed[i / 20] + s[4] + words[i] + constants[i / 20];
        s = {sum, s[0], std::rotl(s[1], 30), s[2], s[3]};
    }
    for (std::size_t i = 0; i < 5; ++i) state[i] += s[i];
}

char byte_of(std::uint32_t word, std::size_t byte) { return static_cast<char>(word >> (8 * byte) & 0xFF); }

}  // namespace

namespace detail {

void Blocks::append(std::string_view bytes, Compress compress, std::uint32_t* state) {
    total_ += bytes.size();
    while (!bytes.empty()) {
        const std::size_t taken = std::min(bytes.size(), size - filled_);
        std::memcpy(block_.data() + filled_, bytes.data(), taken);
        bytes.remove_prefix(taken);
        filled_ += taken;
        if (filled_ < size) return;
        compress(block_.data(), state);
        filled_ = 0;
    }
}

void Blocks::finish(bool big_endian, Compress compress, std::uint32_t* state) {
    const std::uint64_t bits = total_ * 8;
    append("\x80", compress, state);
    while (filled_ != size - length_size) append(std::string_view{"\0", 1}, compress, state);
    std::array<char, length_size> length{};
    for (std::size_t i = 0; i < length_size; ++i)
        length[i] = static_cast<char>(bits >> (8 * (big_endian ? length_size - 1 - i : i)) & 0xFF);
    append({length.data(), length.size()}, compress, state);
}

}  // namespace detail

void Md5::append(std::string_view bytes) { blocks_.append(bytes, compress_md5, state_.data()); }

Md5::Digest Md5::finish() {
    blocks_.finish(false, compress_md5, state_.data());
    Digest digest{};
    for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = byte_of(state_[i / 4], i % 4);
    return digest;
}

void Sha1::append(std::string_view bytes) { blocks_.append(bytes, compress_sha1, state_.data()); }

Sha1::Digest Sha1::finish() {
    blocks_.finish(true, compress_sha1, state_.data());
    Digest digest{};
    for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = byte_of(state_[i / 4], 3 - i % 4);
    return digest;
}

HmacSha1::HmacSha1(std::string_view key) {
    std::array<char, detail::Blocks::size> inner{};
    std::array<char, detail::Blocks::size> outer{};
    for (std::size_t i = 0; i < inner.size(); ++i) {
        const int byte = i < key.size() ? key[i] : 0;
        inner[i] = static_cast<char>(byte ^ 0x36);
        outer[i] = static_cast<char>(byte ^ 0x5C);
    }
    inner_.append(bytes_of(inner));
    outer_.append(bytes_of(outer));
}

Sha1::Digest HmacSha1::finish() {
    outer_.append(bytes_of(inner_.finish()));
    return outer_.finish();
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
    return difference == 0;
}

}  // namespace base

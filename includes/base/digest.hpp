// The digests that password files and remembered logins need: MD5 (RFC 1321) and SHA-1 (RFC 3174), both broken as
// signatures and kept because files written long ago have them, and HMAC (RFC 2104), which neither break touches.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace base {

namespace detail {

// What both have in common: blocks of 64 bytes, filled up with 0x80, zeros and the length in bits.
class Blocks {
public:
    static constexpr std::size_t size = 64;
    using Compress = void (*)(const std::uint8_t* block, std::uint32_t* state);

    void append(std::string_view bytes, Compress compress, std::uint32_t* state);
    void finish(bool big_endian, Compress compress, std::uint32_t* state);

private:
    std::array<std::uint8_t, size> block_{};
    std::size_t filled_ = 0;
    std::uint64_t total_ = 0;  // bytes
};

}  // namespace detail

class Md5 {
public:
    using Digest = std::array<char, 16>;

    void append(std::string_view bytes);
    Digest finish();  // to be asked once

private:
    detail::Blocks blocks_;
    std::array<std::uint32_t, 4> state_{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476};
};

class Sha1 {
public:
    using Digest = std::array<char, 20>;

    void append(std::string_view bytes);
    Digest finish();  // to be asked once

private:
    detail::Blocks blocks_;
    std::array<std::uint32_t, 5> state_{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
};

// HMAC-SHA-1. Precondition: the key has at most 64 bytes.
class HmacSha1 {
public:
    explicit HmacSha1(std::string_view key);

    void append(std::string_view bytes) { inner_.append(bytes); }
    Sha1::Digest finish();  // to be asked once

private:
    Sha1 inner_;
    Sha1 outer_;
};

template <std::size_t size>
std::string_view bytes_of(const std::array<char, size>& digest) {
    return {digest.data(), digest.size()};
}

// In a time that tells nothing of where they differ; of their lengths it does.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace base

#include "base/password.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/digest.hpp"

namespace base {

namespace {

constexpr std::string_view plain_mark = "{PLAIN}";
constexpr std::string_view sha1_mark = "{SHA}";
constexpr std::string_view salted_sha1_mark = "{SSHA}";
constexpr std::string_view apr1_mark = "$apr1$";

// crypt(3)'s own 64 digits, in another order than Base64's.
constexpr std::string_view crypt_digits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr ByteSet is_crypt_digit{crypt_digits};
constexpr std::size_t des_size = 13;

constexpr std::size_t longest_salt = 8;  // of $apr1$; what stands beyond it doesn't count
constexpr std::size_t apr1_size = 22;    // characters of the hash itself

bool fits_salted_sha1(std::string_view password, std::string_view encoded) {
    const std::optional<std::string> kept = base64_decode(encoded);
    constexpr std::size_t digest_size = Sha1::Digest{}.size();
    if (!kept || kept->size() < digest_size) return false;
    Sha1 sha;
    sha.append(password);
    sha.append(std::string_view{*kept}.substr(digest_size));
    return equal_in_constant_time(bytes_of(sha.finish()), std::string_view{*kept}.substr(0, digest_size));
}

bool fits_sha1(std::string_view password, std::string_view encoded) {
    const std::optional<std::string> kept = base64_decode(encoded);
    Sha1 sha;
    sha.append(password);
    return kept && equal_in_constant_time(bytes_of(sha.finish()), *kept);
}

Md5::Digest apr1_digest(std::string_view password, std::string_view salt) {
    Md5 inner;
    inner.append(password);
    inner.append(salt);
    inner.append(password);
    Md5::Digest digest = inner.finish();

    Md5 outer;
    outer.append(password);
    outer.append(apr1_mark);
    outer.append(salt);
    for (std::size_t left = password.size(); left > 0; left -= std::min(left, digest.size()))
        outer.append(bytes_of(digest).substr(0, left));
    // A slip of the first implementation, kept ever since: a NUL or the password's first byte for each bit.
    for (std::size_t bits = password.size(); bits > 0; bits >>= 1)
        outer.append((bits & 1U) != 0 ? std::string_view{"\0", 1} : password.substr(0, 1));
    digest = outer.finish();

    for (unsigned round = 0; round < 1000; ++round) {
        Md5 again;
        again.append((round & 1U) != 0 ? password : bytes_of(digest));
        if (round % 3 != 0) again.append(salt);
        if (round % 7 != 0) again.append(password);
        again.append((round & 1U) != 0 ? bytes_of(digest) : password);
        digest = again.finish();
    }
    return digest;
}

// In groups of three bytes, least significant digit first, in an order of its own.
std::array<char, apr1_size> apr1_text(const Md5::Digest& digest) {
    constexpr std::array<std::array<std::size_t, 3>, 5> groups{
        {{0, 6, 12}, {1, 7, 13}, {2, 8, 14}, {3, 9, 15}, {4, 10, 5}}};
    std::array<char, apr1_size> text{};
    std::size_t at = 0;
    const auto byte = [&](std::size_t index) { return std::uint32_t{static_cast<unsigned char>(digest[index])}; };
    const auto put = [&](std::uint32_t bits, unsigned digits) {
        for (; digits > 0; --digits, bits >>= 6) text[at++] = crypt_digits[bits & 63U];
    };
    for (const auto& group : groups) put(byte(group[0]) << 16 | byte(group[1]) << 8 | byte(group[2]), 4);
    put(byte(11), 2);
    return text;
}

bool fits_apr1(std::string_view password, std::string_view rest) {
    const std::size_t dollar = std::min(rest.find('$'), rest.size());
    const std::string_view salt = rest.substr(0, std::min(dollar, longest_salt));
    const std::string_view kept = rest.substr(std::min(dollar + 1, rest.size()));
    return equal_in_constant_time(bytes_of(apr1_text(apr1_digest(password, salt))), kept);
}

}  // namespace

PasswordScheme scheme_of(std::string_view hash) {
    if (hash.starts_with(plain_mark)) return PasswordScheme::plain;
    if (hash.starts_with(sha1_mark)) return PasswordScheme::sha1;
    if (hash.starts_with(salted_sha1_mark)) return PasswordScheme::salted_sha1;
    if (hash.starts_with(apr1_mark)) return PasswordScheme::apr1;
    if (hash.starts_with('$') && hash.find('$', 1) != std::string_view::npos) return PasswordScheme::crypt;
    const bool is_des = hash.size() == des_size && std::ranges::all_of(hash, [](char c) { return is_crypt_digit[c]; });
    return is_des ? PasswordScheme::crypt : PasswordScheme::unknown;
}

bool password_fits(std::string_view password, std::string_view hash) {
    switch (scheme_of(hash)) {
        case PasswordScheme::plain: return equal_in_constant_time(password, hash.substr(plain_mark.size()));
        case PasswordScheme::sha1: return fits_sha1(password, hash.substr(sha1_mark.size()));
        case PasswordScheme::salted_sha1: return fits_salted_sha1(password, hash.substr(salted_sha1_mark.size()));
        case PasswordScheme::apr1: return fits_apr1(password, hash.substr(apr1_mark.size()));
        case PasswordScheme::crypt:
        case PasswordScheme::unknown: break;
    }
    return false;
}

}  // namespace base

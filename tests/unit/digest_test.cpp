// MD5, SHA-1, HMAC and Base64 by the examples of their RFCs, and password hashes that openssl-passwd(1) made.
#include "base/digest.hpp"
#include "base/base64.hpp"
#include "base/password.hpp"
#include "check.hpp"

#include <string>

int test_digest();

namespace {

template <class Digest>
std::string hexadecimal(const Digest& digest) {
    std::string text;
    for (char c : digest) {
        text.push_back("0123456789abcdef"[static_cast<unsigned char>(c) >> 4]);
        text.push_back("0123456789abcdef"[static_cast<unsigned char>(c) & 15]);
    }
    return text;
}

// Whole, and in two pieces cut at each place.
template <class Hash>
bool gives(const std::string& text, std::string_view expected) {
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        Hash hash;
        hash.append(std::string_view{text}.substr(0, cut));
        hash.append(std::string_view{text}.substr(cut));
        if (hexadecimal(hash.finish()) != expected) return false;
    }
    return true;
}

void test_rfc1321_a_5_md5(Checks& checks) {
    checks.expect(gives<base::Md5>("", "d41d8cd98f00b204e9800998ecf8427e"), "nothing");
    checks.expect(gives<base::Md5>("abc", "900150983cd24fb0d6963f7d28e17f72"), "abc");
    checks.expect(gives<base::Md5>("12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                                   "57edf4a22be3c955ac49da2e2107b67a"),
                  "more than a block");
}

void test_rfc3174_7_3_sha1(Checks& checks) {
    checks.expect(gives<base::Sha1>("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), "nothing");
    checks.expect(gives<base::Sha1>("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"), "abc");
    checks.expect(gives<base::Sha1>("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                                    "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
                  "the length needs a block of its own");
    checks.expect(gives<base::Sha1>(std::string(64, 'a'), "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
                  "one whole block");
}

std::string hmac(std::string_view key, std::string_view text) {
    base::HmacSha1 mac{key};
    mac.append(text);
    return hexadecimal(mac.finish());
}

void test_rfc2202_3_hmac_sha1(Checks& checks) {
    checks.expect(hmac(std::string(20, '\x0b'), "Hi There") == "b617318655057264e28bc0b6fb378c8ef146be00", "1");
    checks.expect(hmac("Jefe", "what do ya want for nothing?") == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", "2");
    checks.expect(hmac(std::string(20, '\xaa'), std::string(50, '\xdd')) == "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
                  "3");
}

void test_rfc4648_10_base64(Checks& checks) {
    checks.expect(base::base64_decode("") == "", "nothing");
    checks.expect(base::base64_decode("Zg==") == "f" && base::base64_decode("Zg") == "f", "one byte");
    checks.expect(base::base64_decode("Zm8=") == "fo" && base::base64_decode("Zm8") == "fo", "two bytes");
    checks.expect(base::base64_decode("Zm9vYmFy") == "foobar", "six bytes");
    checks.expect(base::base64_decode("+/8=") == "\xfb\xff", "the last digits");
    for (std::string_view wrong :
         {"Z", "Zg=", "Zg===", "=", "====", "Z=g=", "Zm9v YmFy", "Zm9v\n", "Zm9-", "\xC3\xA4=="})
        checks.expect(!base::base64_decode(wrong), wrong);
}

void test_apr1(Checks& checks) {
    struct Case {
        std::string_view password;
        std::string_view hash;
    };
    constexpr Case cases[] = {
        {"", "$apr1$nONK8HIg$BrG5N7IPGQpyqADlZn/lz/"},
        {"a", "$apr1$xHq.8/Zk$j3R1W0Kc3oBF7XsLq0pO.."},
        {"geheim", "$apr1$xHq.8/Zk$9y39SGfM1ix2YYLR3BaWJ/"},
        {"geheim", "$apr1$ab$H4lqmiTQrlzL8CUTs4TjD0"},
        {"sixteen bytes 16", "$apr1$xHq.8/Zk$..fKzCBEaWvNm8At5zSoW."},
        {"a password of more than sixteen bytes, with \xC3\xB6"
         "a password of more than sixteen bytes, with \xC3\xB6",
         "$apr1$xHq.8/Zk$.TMzDFzC8vmkpfGsPkqA51"},
    };
    for (const Case& one : cases) {
        checks.expect(base::password_fits(one.password, one.hash), one.hash);
        checks.expect(!base::password_fits(std::string{one.password} + "x", one.hash), one.hash);
    }
    for (std::string_view cut : {"$apr1$", "$apr1$salt", "$apr1$salt$", "$apr1$$"})
        checks.expect(!base::password_fits("", cut), cut);
}

void test_schemes(Checks& checks) {
    using base::PasswordScheme;
    checks.expect(base::scheme_of("secret") == PasswordScheme::unknown, "plain text");
    checks.expect(base::scheme_of("") == PasswordScheme::unknown, "nothing");
    checks.expect(base::scheme_of("$") == PasswordScheme::unknown, "a dollar");
    checks.expect(base::scheme_of("abOkmxXhjDb.Y") == PasswordScheme::crypt, "DES");
    checks.expect(base::scheme_of("abOkmxXhjDb.!") == PasswordScheme::unknown, "no digit of crypt(3)");
    checks.expect(base::scheme_of("$2y$05$x") == PasswordScheme::crypt, "bcrypt");
    checks.expect(!base::password_fits("x", "x") && !base::password_fits("", ""), "unknown fits nothing");
    checks.expect(!base::password_fits("", "{SHA}") && !base::password_fits("", "{SSHA}AAAA"), "cut hashes");
}

}  // namespace

int test_digest() {
    Checks checks;
    test_rfc1321_a_5_md5(checks);
    test_rfc3174_7_3_sha1(checks);
    test_rfc2202_3_hmac_sha1(checks);
    test_rfc4648_10_base64(checks);
    test_apr1(checks);
    test_schemes(checks);
    return checks.failures();
}

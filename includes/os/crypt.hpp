// The machine's own crypt(3), found when it is there: libcrypt is no part of libc, and nothing here is linked to it.
#pragma once

#include <memory>
#include <string>

namespace os {

class Crypt {
public:
    // Looks for libcrypt.so.1 and .so.2 (dlopen(3)).
    Crypt();

    bool available() const { return compute_ != nullptr; }

    // Whether this library can check a hash like this one; without computing it.
    bool knows(const std::string& hash) const;

    // Takes as long as the hash was made to take. False as well where it is not known. Both texts are without NUL.
    // Allocates nothing by itself.
    bool fits(const char* password, const char* hash) const;

private:
    // The library's working memory: what glibc's wants is the largest, 131,232 bytes.
    static constexpr std::size_t work_size = 256 * 1024;
    struct alignas(64) Work {
        char bytes[work_size];
    };
    struct Close {
        void operator()(void* library) const;
    };

    std::unique_ptr<void, Close> library_;
    std::unique_ptr<Work> work_;
    char* (*compute_)(const char*, const char*, void*) = nullptr;  // crypt_r(3)
    int (*check_)(const char*) = nullptr;                          // crypt_checksalt(3), not in every libcrypt
};

}  // namespace os

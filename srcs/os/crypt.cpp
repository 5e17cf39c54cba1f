#include "os/crypt.hpp"

#include <dlfcn.h>

#include <array>
#include <cstring>

#include "base/digest.hpp"

namespace os {

namespace {

// dlsym's void* is a function: POSIX says that it may be cast, C++ leaves it to the implementation.
template <class Function>
Function find(void* library, const char* name) {
    Function found = nullptr;
    void* const symbol = ::dlsym(library, name);
    static_assert(sizeof found == sizeof symbol);
    std::memcpy(&found, &symbol, sizeof found);
    return found;
}

}  // namespace

void Crypt::Close::operator()(void* library) const { ::dlclose(library); }

Crypt::Crypt() {
    for (const char* name : {"libcrypt.so.1", "libcrypt.so.2"}) {
        library_.reset(::dlopen(name, RTLD_NOW | RTLD_LOCAL));
        if (library_) break;
    }
    if (!library_) return;
    compute_ = find<decltype(compute_)>(library_.get(), "crypt_r");
    check_ = find<decltype(check_)>(library_.get(), "crypt_checksalt");
    if (compute_ != nullptr) work_ = std::make_unique<Work>();
}

bool Crypt::knows(const std::string& hash) const {
    if (!available()) return false;
    if (check_ == nullptr) {
        // glibc's own libcrypt knows these, and refuses what begins with any other `$`.
        constexpr std::array<std::string_view, 3> known{"$1$", "$5$", "$6$"};
        for (std::string_view mark : known)
            if (hash.starts_with(mark)) return true;
        return !hash.starts_with('$');
    }
    // 0: fine; 3, 4: old or cheap ways, which are no reason to lock anybody out. 1 and 2: unknown, or forbidden here.
    const int verdict = check_(hash.c_str());
    return verdict == 0 || verdict == 3 || verdict == 4;
}

bool Crypt::fits(const char* password, const char* hash) const {
    if (!available()) return false;
    const char* const made = compute_(password, hash, work_.get());
    return made != nullptr && made[0] != '*' && base::equal_in_constant_time(made, hash);
}

}  // namespace os

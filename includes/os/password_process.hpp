// A process of its own that checks slow password hashes, one question at a time, over a socket that keeps messages
// apart. It is a copy of this one that holds nothing but that socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "os/crypt.hpp"
#include "os/process.hpp"
#include "os/unique_fd.hpp"

namespace os {

struct PasswordProcess {
    Child child;
    UniqueFd socket;  // non-blocking; readable when there is an answer, or when the process has ended
};

inline constexpr std::size_t longest_slow_password = 512;  // bytes; more than any libcrypt takes
inline constexpr std::size_t longest_slow_hash = 1024;

// Forks it. May be asked while there are helper threads: what goes on in the copy takes no lock and no memory.
base::Result<PasswordProcess> start_password_process(const Crypt& crypt);

// The message that asks. Preconditions: both no longer than they may be, and without NUL.
std::string password_question(std::string_view password, std::string_view hash);

// What the answer says: whether they fit.
inline constexpr char password_fits_answer = '1';

}  // namespace os

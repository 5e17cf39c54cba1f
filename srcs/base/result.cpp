#include "base/result.hpp"

#include <cerrno>
#include <cstring>

#include "base/ascii.hpp"

namespace base {

std::string describe(int code) {
    std::string reason = std::strerror(code);
    // "RPC failed"-like abbreviations keep their capitals.
    if (reason.size() > 1 && reason[1] == to_lower(reason[1])) reason[0] = to_lower(reason[0]);
    return reason;
}

Error Error::from_code(int code, std::string_view action, std::string_view subject) {
    std::string message{action};
    if (!subject.empty()) message.append(" ").append(subject);
    return {message.append(": ").append(describe(code)), code};
}

Error Error::from_errno(std::string_view action, std::string_view subject) { return from_code(errno, action, subject); }

}  // namespace base

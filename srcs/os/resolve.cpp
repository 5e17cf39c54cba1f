#include "os/resolve.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <string>

namespace os {

namespace {

base::Error refusal(std::string_view name) { return base::Error::from_code(ELOOP, "open", std::string{name}); }

// The open symbolic link's target, opened; the link's own bytes and owner are read through the descriptor.
base::Result<UniqueFd> follow(int folder, const UniqueFd& link, uid_t owner, std::string_view name,
                              std::uint64_t flags) {
    std::array<char, PATH_MAX> target{};
    const ssize_t size = ::readlinkat(link.fd(), "", target.data(), target.size());
    if (size < 0) return base::Error::from_errno("read link", std::string{name});
    base::Result<UniqueFd> reached =
        resolve(folder, {target.data(), static_cast<std::size_t>(size)}, flags, Links::anywhere);
    if (!reached) return reached.error();
    struct stat status {};
    if (::fstat(reached.value().fd(), &status) != 0) return base::Error::from_errno("stat", std::string{name});
    if (status.st_uid != owner) return refusal(name);
    return reached;
}

base::Result<UniqueFd> step(int folder, std::string_view name, std::uint64_t flags) {
    const std::string component{name};
    const UniqueFd place{::openat(folder, component.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)};
    struct stat status {};
    if (!place || ::fstat(place.fd(), &status) != 0) return base::Error::from_errno("open", component);
    if (S_ISLNK(status.st_mode)) return follow(folder, place, status.st_uid, name, flags);
    return resolve(folder, name, flags, Links::none);
}

}  // namespace

base::Result<UniqueFd> resolve_owned(int folder, std::string_view path, std::uint64_t flags) {
    UniqueFd at;  // nothing yet: `folder`
    const auto here = [&] { return at ? at.fd() : folder; };
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view name = path.substr(0, end);
        const bool last = end == path.size();
        path.remove_prefix(last ? end : end + 1);
        if (name.empty()) continue;
        if (name == "..") return base::Error::from_code(EXDEV, "open", "..");
        base::Result<UniqueFd> next = step(here(), name, last ? flags : O_PATH | O_DIRECTORY);
        if (!next || last) return next;
        at = std::move(next).value();
    }
    return resolve(here(), ".", flags, Links::none);
}

}  // namespace os

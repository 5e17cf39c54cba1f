#include "os/sandbox.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>

namespace os {

bool ensure_standard_descriptors() {
    for (;;) {
        UniqueFd descriptor{::open("/dev/null", O_RDWR)};
        if (!descriptor) return false;
        if (descriptor.fd() > STDERR_FILENO) return true;
        static_cast<void>(descriptor.release());  // stays for good
    }
}

base::Result<std::uint64_t> raise_descriptor_limit(std::optional<std::uint64_t> wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return base::Error::from_errno("read", "the limit of open files");
    const rlim_t target = wanted.value_or(limit.rlim_max);
    if (limit.rlim_cur == target) return static_cast<std::uint64_t>(target);
    limit.rlim_cur = target;
    if (target > limit.rlim_max) limit.rlim_max = target;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        base::Error error = base::Error::from_errno("set the limit of open files to", std::to_string(target));
        error.message += "; only root can go above the hard limit (`ulimit -Hn`)";
        return error;
    }
    return static_cast<std::uint64_t>(target);
}

base::Result<void> switch_user(const std::string& user, const std::string& group) {
    const passwd* account = ::getpwnam(user.c_str());
    if (account == nullptr) return base::Error{"user \"" + user + "\" does not exist"};
    gid_t group_id = account->pw_gid;
    const uid_t user_id = account->pw_uid;
    if (!group.empty()) {
        const ::group* entry = ::getgrnam(group.c_str());
        if (entry == nullptr) return base::Error{"group \"" + group + "\" does not exist"};
        group_id = entry->gr_gid;
    }
    // In this order: after setuid nothing more can be given up.
    if (::initgroups(user.c_str(), group_id) != 0) return base::Error::from_errno("set the groups of", user);
    if (::setgid(group_id) != 0) return base::Error::from_errno("switch to the group of", user);
    if (::setuid(user_id) != 0) return base::Error::from_errno("switch to user", user);
    return {};
}

bool DescriptorReserve::give_up_one() {
    if (standing_by_.empty()) return false;
    standing_by_.pop_back();
    return true;
}

bool DescriptorReserve::refill() {
    while (standing_by_.size() < capacity) {
        UniqueFd descriptor{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
        if (!descriptor) return false;
        standing_by_.push_back(std::move(descriptor));
    }
    return true;
}

}  // namespace os

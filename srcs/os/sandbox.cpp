#include "os/sandbox.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>

namespace os {

namespace {

struct Account {
    uid_t user;
    gid_t group;
};

base::Result<Account> find_account(const std::string& user, const std::string& group) {
    const passwd* account = ::getpwnam(user.c_str());
    if (account == nullptr) return base::Error{"user \"" + user + "\" does not exist"};
    const Account own{account->pw_uid, account->pw_gid};
    if (group.empty()) return own;
    const ::group* entry = ::getgrnam(group.c_str());
    if (entry == nullptr) return base::Error{"group \"" + group + "\" does not exist"};
    return Account{own.user, entry->gr_gid};
}

}  // namespace

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
    const base::Result<Account> account = find_account(user, group);
    if (!account) return account.error();
    // In this order: after setuid nothing more can be given up.
    if (::initgroups(user.c_str(), account.value().group) != 0)
        return base::Error::from_errno("set the groups of", user);
    if (::setgid(account.value().group) != 0) return base::Error::from_errno("switch to the group of", user);
    if (::setuid(account.value().user) != 0) return base::Error::from_errno("switch to user", user);
    return {};
}

base::Result<void> work_as_user(const std::string& user, const std::string& group, const std::function<void()>& work) {
    const base::Result<Account> account = find_account(user, group);
    if (!account) return account.error();
    const gid_t own_group = ::getegid();
    const int count = ::getgroups(0, nullptr);
    std::vector<gid_t> own_groups(static_cast<std::size_t>(std::max(count, 0)));
    if (count < 0 || ::getgroups(count, own_groups.data()) != count)
        return base::Error::from_errno("read", "the own groups");
    base::Result<void> result;
    if (::initgroups(user.c_str(), account.value().group) != 0 || ::setegid(account.value().group) != 0 ||
        ::seteuid(account.value().user) != 0) {
        result = base::Error::from_errno("work as user", user);
    } else {
        work();
    }
    // Always allowed: the real user is root all the time. Who is not root again would fail at everything from here on.
    if (::seteuid(0) != 0 || ::setegid(own_group) != 0 || ::setgroups(own_groups.size(), own_groups.data()) != 0)
        std::abort();
    return result;
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

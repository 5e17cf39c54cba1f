#include "os/left_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.hpp"
#include "os/unique_fd.hpp"

namespace os {

namespace {

// Nothing, or what another server has left: a number.
bool may_be_replaced(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return true;
    if (!S_ISREG(status.st_mode)) return false;
    const UniqueFd file{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    std::array<char, 32> text{};
    const ssize_t size = ::read(file.fd(), text.data(), text.size());
    const auto of_a_number = [](char c) { return base::is_digit(c) || c == '\n'; };
    return size >= 0 && std::all_of(text.begin(), text.begin() + size, of_a_number);
}

}  // namespace

LeftFile::LeftFile(std::string path) : owner_(::getpid()) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return;
    path_ = std::move(path);
    device_ = status.st_dev;
    inode_ = status.st_ino;
}

base::Result<LeftFile> LeftFile::pid_file(const std::string& path) {
    if (!may_be_replaced(path))
        return base::Error{"pid file " + path + ": something else stands there; name another file, or remove it"};
    // Written beside it and renamed: the old file's owner will know by the inode that this is another, and a link that
    // somebody puts in the way is not followed.
    const std::string text = std::to_string(::getpid()) + "\n";
    const std::string beside = path + "." + std::to_string(::getpid());
    const UniqueFd file{::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644)};
    if (!file) return base::Error::from_errno("write pid file", path);
    const bool written = ::write(file.fd(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (!written || ::rename(beside.c_str(), path.c_str()) != 0) {
        const base::Error error = base::Error::from_errno("write pid file", path);
        ::unlink(beside.c_str());
        return error;
    }
    return LeftFile{path};
}

LeftFile::LeftFile(LeftFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), device_(other.device_), inode_(other.inode_), owner_(other.owner_) {}

LeftFile::~LeftFile() {
    if (path_.empty() || owner_ != ::getpid()) return;
    struct stat status {};
    if (::lstat(path_.c_str(), &status) != 0) return;
    if (status.st_dev == device_ && status.st_ino == inode_) ::unlink(path_.c_str());
}

}  // namespace os

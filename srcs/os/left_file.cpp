#include "os/left_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "os/unique_fd.hpp"

namespace os {

LeftFile::LeftFile(std::string path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return;
    path_ = std::move(path);
    device_ = status.st_dev;
    inode_ = status.st_ino;
}

base::Result<LeftFile> LeftFile::pid_file(const std::string& path) {
    // Not written over the old one: whoever left that will know by the inode that this is another.
    ::unlink(path.c_str());
    const UniqueFd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    if (!file) return base::Error::from_errno("write pid file", path);
    const std::string text = std::to_string(::getpid()) + "\n";
    if (::write(file.fd(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return base::Error::from_errno("write pid file", path);
    return LeftFile{path};
}

LeftFile::LeftFile(LeftFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), device_(other.device_), inode_(other.inode_) {}

LeftFile::~LeftFile() {
    if (path_.empty()) return;
    struct stat status {};
    if (::lstat(path_.c_str(), &status) != 0) return;
    if (status.st_dev == device_ && status.st_ino == inode_) ::unlink(path_.c_str());
}

}  // namespace os

#include "os/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>

#include "os/resolve.hpp"

namespace os {

namespace {

FileStatus::Kind kind_of(mode_t mode) {
    if (S_ISREG(mode)) return FileStatus::Kind::regular;
    if (S_ISDIR(mode)) return FileStatus::Kind::folder;
    if (S_ISLNK(mode)) return FileStatus::Kind::link;
    return FileStatus::Kind::other;
}

FileStatus from_kernel(const struct stat& status) {
    return {
        .kind = kind_of(status.st_mode),
        .executable = (status.st_mode & S_IXUSR) != 0,
        .size = static_cast<std::uint64_t>(status.st_size),
        .modified = status.st_mtim,
        .changed = status.st_ctim,
        .device = status.st_dev,
        .inode = status.st_ino,
    };
}

std::uint64_t resolution(Links links) {
    switch (links) {
        case Links::beneath: return RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
        case Links::anywhere:
        case Links::same_owner: return RESOLVE_NO_MAGICLINKS;
        case Links::none: break;
    }
    return RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
}

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

bool FileStatus::same_version(const FileStatus& other) const {
    const auto equal = [](const timespec& a, const timespec& b) {
        return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
    };
    return kind == other.kind && inode == other.inode && device == other.device && size == other.size &&
           equal(modified, other.modified) && equal(changed, other.changed);
}

base::Result<UniqueFd> open_folder(const std::string& path) {
    UniqueFd folder{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!folder) return base::Error::from_errno("open folder", path);
    return folder;
}

base::Result<UniqueFd> start_at(const std::string& folder) {
    UniqueFd start{::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
    if (!start) return base::Error::from_errno("open folder", folder);
    return start;
}

base::Result<UniqueFd> resolve(int folder, std::string_view path, std::uint64_t flags, Links links) {
    const std::string relative{path.empty() ? "." : path};
    open_how how{};
    how.flags = flags | O_CLOEXEC;
    how.resolve = resolution(links);
    int fd = -1;
    // EAGAIN: a rename somewhere raced with the check for `..` (openat2(2)); bounded, since an attacker may rename
    // for ever.
    for (int attempt = 0; attempt < 8; ++attempt) {
        fd = static_cast<int>(::syscall(SYS_openat2, folder, relative.c_str(), &how, sizeof how));
        if (fd >= 0 || errno != EAGAIN) break;
    }
    UniqueFd file{fd};
    if (!file) return base::Error::from_errno("open", relative);
    return file;
}

base::Result<UniqueFd> open_beneath(int folder, std::string_view path, Links links) {
    constexpr std::uint64_t flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
    return links == Links::same_owner ? resolve_owned(folder, path, flags) : resolve(folder, path, flags, links);
}

base::Result<FileStatus> look_beneath(int folder, std::string_view path, Links links) {
    const base::Result<UniqueFd> place =
        links == Links::same_owner ? resolve_owned(folder, path, O_PATH) : resolve(folder, path, O_PATH, links);
    if (!place) return place.error();
    return status_of(place.value().fd());
}

base::Result<FileStatus> status_of(int file) {
    struct stat status {};
    if (::fstat(file, &status) != 0) return base::Error::from_errno("stat", "an open file");
    return from_kernel(status);
}

base::Result<FileStatus> status_of(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return base::Error::from_errno("stat", path);
    return from_kernel(status);
}

base::Result<FileStatus> status_beneath(int folder, const char* name) {
    struct stat status {};
    if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return base::Error::from_errno("stat", name);
    return from_kernel(status);
}

std::optional<std::string> link_target(int folder, const std::string& path) {
    std::array<char, PATH_MAX> target{};
    const ssize_t size = ::readlinkat(folder, path.c_str(), target.data(), target.size());
    if (size < 0) return std::nullopt;
    return std::string{target.data(), static_cast<std::size_t>(size)};
}

base::Result<FileStatus> glance_beneath(int folder, const std::string& path) {
    struct stat status {};
    if (::fstatat(folder, path.empty() ? "." : path.c_str(), &status, 0) != 0)
        return base::Error::from_errno("stat", path);
    return from_kernel(status);
}

std::optional<std::string> real_path(const std::string& path) {
    struct Free {
        void operator()(char* text) const { std::free(text); }
    };
    const std::unique_ptr<char, Free> resolved{::realpath(path.c_str(), nullptr)};
    if (!resolved) return std::nullopt;
    return resolved.get();
}

base::Result<std::size_t> read_at(int file, std::uint64_t offset, std::span<char> into) {
    std::size_t done = 0;
    while (done < into.size()) {
        const ssize_t got = ::pread(file, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return base::Error::from_errno("read", "an open file");
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

bool tells_of_changes(int file) {
    constexpr std::uint32_t bcachefs = 0xCA451A4E;
    constexpr std::uint32_t exfat = 0x2011BAB0;
    constexpr std::uint32_t jfs = 0x3153464A;
    constexpr std::uint32_t ramfs = 0x858458F6;
    constexpr std::uint32_t zfs = 0x2FC12FC1;
    constexpr std::array<std::uint32_t, 15> local{
        BTRFS_SUPER_MAGIC,
        EROFS_SUPER_MAGIC_V1,
        EXT4_SUPER_MAGIC,
        F2FS_SUPER_MAGIC,
        ISOFS_SUPER_MAGIC,
        MSDOS_SUPER_MAGIC,
        OVERLAYFS_SUPER_MAGIC,
        SQUASHFS_MAGIC,
        TMPFS_MAGIC,
        XFS_SUPER_MAGIC,
        bcachefs,
        exfat,
        jfs,
        ramfs,
        zfs,
    };
    struct statfs status {};
    if (::fstatfs(file, &status) != 0) return false;
    return std::ranges::find(local, static_cast<std::uint32_t>(status.f_type)) != local.end();
}

void wait_for_writers(int file) { ::lseek(file, 0, SEEK_HOLE); }

base::Result<std::vector<std::string>> names_in(UniqueFd folder) {
    std::unique_ptr<DIR, CloseFolder> stream{::fdopendir(folder.fd())};
    if (!stream) return base::Error::from_errno("list", "a folder");
    static_cast<void>(folder.release());  // closedir closes it
    std::vector<std::string> names;
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(stream.get());
        if (entry == nullptr && errno != 0) return base::Error::from_errno("list", "a folder");
        if (entry == nullptr) return names;
        const std::string_view name{entry->d_name};
        if (name != "." && name != "..") names.emplace_back(name);
    }
}

base::Result<void> check_open_beneath() {
    const UniqueFd root{::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    const auto probe = resolve(root.fd(), ".", O_RDONLY | O_DIRECTORY, Links::beneath);
    if (probe) return {};
    base::Error error = base::Error::from_errno("openat2", "(needed to keep files beneath their root)");
    error.message += "; Linux 5.10 or newer is needed, and a container's seccomp profile must allow it";
    return error;
}

}  // namespace os

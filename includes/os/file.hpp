// Files of the machine: opened beneath a folder that they can't leave, looked at, listed, read.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <ctime>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace os {

struct FileStatus {
    enum class Kind : std::uint8_t { regular, folder, link, other };
    Kind kind = Kind::other;
    bool executable = false;  // by its owner
    std::uint64_t size = 0;   // bytes
    timespec modified{};      // the content (mtime)
    timespec changed{};       // content or inode (ctime): cannot be set at will
    std::uint64_t device = 0;
    std::uint64_t inode = 0;

    // Whether it is the same file, and as far as its status can tell in the same version.
    bool same_version(const FileStatus& other) const;
};

// A folder, to open things beneath. O_PATH is not used: the fd can be listed too.
base::Result<UniqueFd> open_folder(const std::string& path);

// Which symbolic links a path may lead through. Another one gives EXDEV where it leaves, else ELOOP.
enum class Links : std::uint8_t {
    beneath,     // those that stay in the folder where the path begins
    anywhere,    // all but those of /proc that stand for open files
    same_owner,  // those that belong to the owner of what they lead to
    none,
};

// For reading, without ever waiting for the other side of a FIFO. `path` is relative to `folder` ("" is the folder
// itself). A component that leads out of the folder, by `..` or (Links::beneath) by a symbolic link, gives EXDEV
// (openat2(2), RESOLVE_BENEATH). The Error carries the errno in `code`.
base::Result<UniqueFd> open_beneath(int folder, std::string_view path, Links links = Links::beneath);

// The same way, without opening what is there: neither a FIFO's writer nor a device notices.
base::Result<FileStatus> look_beneath(int folder, std::string_view path, Links links = Links::beneath);

// Any folder of the machine, to begin a path at: it need not be readable.
base::Result<UniqueFd> start_at(const std::string& folder);

base::Result<FileStatus> status_of(int file);
base::Result<FileStatus> status_of(const std::string& path);            // follows symbolic links
base::Result<FileStatus> status_beneath(int folder, const char* name);  // one component; a symbolic link stays one

// Where the symbolic link at `path` beneath `folder` points to; nullopt when there is no link.
std::optional<std::string> link_target(int folder, const std::string& path);

// What stands at `path` beneath `folder`, links followed wherever they lead: to compare with what was opened, never to
// open something.
base::Result<FileStatus> glance_beneath(int folder, const std::string& path);

// Where a path leads when every symbolic link on its way is followed; nullopt when it leads nowhere.
std::optional<std::string> real_path(const std::string& path);

// The bytes from `offset` on; fewer than asked where the file ends. An error of the disk is an Error.
base::Result<std::size_t> read_at(int file, std::uint64_t offset, std::span<char> into);

// Whether the kernel hears of every change of files like this one (inotify): so on file systems of this machine; on
// those that others change too, or that a process serves, it doesn't. Writes through a memory mapping are told nowhere.
bool tells_of_changes(int file);

// Returns when no write to this file is under way that had begun before: SEEK_HOLE takes the lock that a write holds
// from its first page to its last (ext4, XFS, btrfs, tmpfs).
void wait_for_writers(int file);

// The names in a folder but "." and "..", unsorted. Reads on from the descriptor's position: one that was just opened.
base::Result<std::vector<std::string>> names_in(UniqueFd folder);

// Whether this kernel has openat2 (Linux 5.6) and may use it: containers with an old seccomp profile forbid it.
base::Result<void> check_open_beneath();

}  // namespace os

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
    std::uint64_t size = 0;  // bytes
    timespec modified{};     // the content (mtime)
    timespec changed{};      // content or inode (ctime): cannot be set at will
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
};

// A folder, to open things beneath. O_PATH is not used: the fd can be listed too.
base::Result<UniqueFd> open_folder(const std::string& path);

// For reading, without ever waiting for the other side of a FIFO. `path` is relative to `folder` ("" is the folder
// itself). A component that leads out of the folder, by `..` or by a symbolic link, gives EXDEV (openat2(2),
// RESOLVE_BENEATH). The Error carries the errno in `code`.
base::Result<UniqueFd> open_beneath(int folder, std::string_view path);

// The same way, without opening what is there: neither a FIFO's writer nor a device notices.
base::Result<FileStatus> look_beneath(int folder, std::string_view path);

base::Result<FileStatus> status_of(int file);
base::Result<FileStatus> status_of(const std::string& path);            // follows symbolic links
base::Result<FileStatus> status_beneath(int folder, const char* name);  // one component; a symbolic link stays one

// Where a path leads when every symbolic link on its way is followed; nullopt when it leads nowhere.
std::optional<std::string> real_path(const std::string& path);

// The bytes from `offset` on; fewer than asked where the file ends. An error of the disk is an Error.
base::Result<std::size_t> read_at(int file, std::uint64_t offset, std::span<char> into);

// The names in a folder but "." and "..", unsorted. Reads on from the descriptor's position: one that was just opened.
base::Result<std::vector<std::string>> names_in(UniqueFd folder);

// Whether this kernel has openat2 (Linux 5.6) and may use it: containers with an old seccomp profile forbid it.
base::Result<void> check_open_beneath();

}  // namespace os

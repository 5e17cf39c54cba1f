// The kernel's word that a file or a folder has changed (inotify(7)).
#pragma once

#include <sys/inotify.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace os {

struct FileEvent {
    enum class Kind : std::uint8_t {
        changed,    // the watched thing itself, or the entry `name` of a watched folder
        forgotten,  // the watched thing is gone for good, and its watch with it
        lost,       // the kernel's queue ran over, or a file system was unmounted: anything may have changed
    };
    Kind kind = Kind::changed;
    int watch = -1;         // what FileEvents::watch_*() gave; -1 for `lost`
    std::string_view name;  // in a watched folder; empty: the watched thing itself
};

class FileEvents {
public:
    // Works only where the kernel gives us an inotify instance and /proc is there.
    FileEvents();

    bool works() const { return static_cast<bool>(inotify_); }
    int descriptor() const { return inotify_.fd(); }

    // A folder: entries that come, go, are replaced or change their owner or mode; the folder's own end and mode.
    // `folder` is an open one, `path` beneath it ("" is itself). Symbolic links are followed. The same folder gives the
    // same number, by whatever path. The Error's code is the errno: ENOENT, ENOTDIR, EACCES, ENOSPC (the user's limit
    // of watches)...
    base::Result<int> watch_folder(int folder, std::string_view path) const;

    // An open file: its content, mode, owner, times and links, by whatever name it is changed. Not what is written
    // through a memory mapping.
    base::Result<int> watch_file(int file) const;

    void forget(int watch) const;

    // Calls visit(const FileEvent&) for each event that waits. visit() may watch and forget.
    template <class Visit>
    void read(Visit visit);

private:
    std::size_t fill();
    static FileEvent event_from(const inotify_event& event, const char* name);

    static constexpr std::size_t buffer_size = 64 * 1024;

    UniqueFd inotify_;
    alignas(inotify_event) std::array<char, buffer_size> buffer_;
};

template <class Visit>
void FileEvents::read(Visit visit) {
    // An event has at most NAME_MAX + 1 bytes of name: what leaves room for one more was all there was.
    constexpr std::size_t largest_event = sizeof(inotify_event) + 256;
    for (std::size_t filled = buffer_size; filled + largest_event > buffer_size;) {
        filled = fill();
        for (std::size_t at = 0; at + sizeof(inotify_event) <= filled;) {
            inotify_event event;
            std::memcpy(&event, buffer_.data() + at, sizeof event);
            visit(event_from(event, buffer_.data() + at + sizeof event));
            at += sizeof event + event.len;
        }
    }
}

}  // namespace os

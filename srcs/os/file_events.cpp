#include "os/file_events.hpp"

#include <unistd.h>

namespace os {

namespace {

// Of a folder, what its names stand for, and whether it may be read; what happens to its files' content is the files'
// own business, since it may happen by another name.
constexpr std::uint32_t folder_mask =
    IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::uint32_t file_mask = IN_MODIFY | IN_ATTRIB;

std::string path_of(int descriptor) { return "/proc/self/fd/" + std::to_string(descriptor); }

}  // namespace

FileEvents::FileEvents() {
    if (::access("/proc/self/fd", X_OK) == 0) inotify_.reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
}

base::Result<int> FileEvents::watch_folder(int folder, std::string_view path) const {
    std::string full = path_of(folder);
    full.append("/").append(path);
    const int watch = ::inotify_add_watch(inotify_.fd(), full.c_str(), folder_mask);
    if (watch < 0) return base::Error::from_errno("watch folder", path);
    return watch;
}

base::Result<int> FileEvents::watch_file(int file) const {
    const int watch = ::inotify_add_watch(inotify_.fd(), path_of(file).c_str(), file_mask);
    if (watch < 0) return base::Error::from_errno("watch", "an open file");
    return watch;
}

void FileEvents::forget(int watch) const { ::inotify_rm_watch(inotify_.fd(), watch); }

std::size_t FileEvents::fill() {
    const ssize_t got = ::read(inotify_.fd(), buffer_.data(), buffer_.size());
    return got > 0 ? static_cast<std::size_t>(got) : 0;
}

FileEvent FileEvents::event_from(const inotify_event& event, const char* name) {
    if ((event.mask & (IN_Q_OVERFLOW | IN_UNMOUNT)) != 0) return {.kind = FileEvent::Kind::lost, .name = {}};
    if ((event.mask & IN_IGNORED) != 0) return {.kind = FileEvent::Kind::forgotten, .watch = event.wd, .name = {}};
    return {.watch = event.wd, .name = {name, event.len > 0 ? ::strnlen(name, event.len) : 0}};
}

}  // namespace os

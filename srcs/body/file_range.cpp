#include "body/file_range.hpp"

#include "os/file.hpp"

namespace body {

namespace {

bool same_time(const timespec& a, const timespec& b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

}  // namespace

FileState state_of(const FileRange& range) {
    if (range.entry->is_watched()) return FileState::as_promised;
    const base::Result<os::FileStatus> now = os::status_of(range.entry->file());
    const os::FileStatus& before = range.entry->status();
    if (!now || now.value().size < range.offset + range.remaining) return FileState::broken;
    if (same_time(now.value().modified, before.modified)) {
        return same_time(now.value().changed, before.changed) ? FileState::as_promised : FileState::changed;
    }
    const files::Samples* samples = range.entry->samples();
    const bool grew = now.value().size > before.size;
    const bool appended = grew && samples != nullptr && samples->are_found_in(range.entry->file());
    return appended ? FileState::changed : FileState::broken;
}

FileState take_sent(FileRange& range, std::uint64_t sent, bool short_transfer) {
    range.offset += sent;
    range.remaining -= sent;
    if (!short_transfer || range.remaining == 0) return FileState::as_promised;
    const base::Result<os::FileStatus> now = os::status_of(range.entry->file());
    if (!now || now.value().size < range.offset + range.remaining) return FileState::broken;
    return same_time(now.value().changed, range.entry->status().changed) ? FileState::as_promised : FileState::changed;
}

bool copy_front(FileRange& range, std::uint64_t count, base::Buffer& out) {
    const auto size = static_cast<std::size_t>(count);
    if (range.entry->in_memory()) {
        out.append(range.entry->content().substr(range.offset, size));
    } else {
        if (state_of(range) == FileState::broken) return false;
        const auto got = os::read_at(range.entry->file(), range.offset, out.reserve(size).first(size));
        if (!got || got.value() != size) return false;
        out.commit(size);
    }
    range.offset += size;
    range.remaining -= size;
    return true;
}

}  // namespace body

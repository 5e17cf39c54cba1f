#include "body/source.hpp"

#include "os/file.hpp"

namespace body {

std::uint64_t Source::remaining() const {
    if (const auto* memory = std::get_if<Memory>(&content_)) return memory->bytes.size();
    if (const auto* range = std::get_if<FileRange>(&content_)) return range->remaining;
    return 0;
}

bool Source::copy_small(base::Buffer& out) {
    if (const auto* memory = std::get_if<Memory>(&content_)) {
        out.append(memory->bytes);
        clear();
        return true;
    }
    const auto* range = std::get_if<FileRange>(&content_);
    if (range == nullptr || range->remaining > copied_file_size) return true;
    const auto size = static_cast<std::size_t>(range->remaining);
    const base::Result<std::size_t> got = os::read_at(range->file.fd(), range->offset, out.reserve(size).first(size));
    if (!got || got.value() != size) return false;
    out.commit(size);
    clear();
    return true;
}

FileRange* Source::file_range() {
    auto* range = std::get_if<FileRange>(&content_);
    return range != nullptr && range->remaining > 0 ? range : nullptr;
}

FileState take_sent(FileRange& range, std::uint64_t sent, bool short_transfer) {
    range.offset += sent;
    range.remaining -= sent;
    if (!short_transfer || range.remaining == 0) return FileState::as_promised;
    const base::Result<os::FileStatus> status = os::status_of(range.file.fd());
    if (!status || status.value().size < range.offset + range.remaining) return FileState::too_short;
    const timespec& now = status.value().changed;
    const bool same = now.tv_sec == range.changed.tv_sec && now.tv_nsec == range.changed.tv_nsec;
    return same ? FileState::as_promised : FileState::changed;
}

}  // namespace body

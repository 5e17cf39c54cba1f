#include "body/source.hpp"

#include "os/file.hpp"

namespace body {

namespace {

bool same_time(const timespec& a, const timespec& b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

}  // namespace

std::uint64_t Source::remaining() const {
    if (const auto* range = std::get_if<FileRange>(&content_)) return range->remaining;
    if (const auto* memory = std::get_if<Memory>(&content_)) return memory->bytes->size();
    return 0;
}

bool Source::copy_small(base::Buffer& out) {
    if (const auto* memory = std::get_if<Memory>(&content_)) {
        out.append(*memory->bytes);
        clear();
        return true;
    }
    const auto* range = std::get_if<FileRange>(&content_);
    if (range == nullptr) return true;
    if (range->entry->in_memory()) {
        out.append(range->entry->content().substr(range->offset, range->remaining));
        clear();
        return true;
    }
    if (range->remaining > copied_file_size) return true;
    const auto size = static_cast<std::size_t>(range->remaining);
    if (state_of(*range) == FileState::broken) return false;
    const auto got = os::read_at(range->entry->file(), range->offset, out.reserve(size).first(size));
    if (!got || got.value() != size) return false;
    out.commit(size);
    clear();
    return true;
}

files::Entry* Source::whole_entry() const {
    const auto* range = std::get_if<FileRange>(&content_);
    if (range == nullptr || !range->entry->in_memory()) return nullptr;
    return range->remaining == range->entry->content().size() ? range->entry.get() : nullptr;
}

const std::shared_ptr<const std::string>* Source::shared_memory() const {
    const auto* memory = std::get_if<Memory>(&content_);
    return memory != nullptr && memory->bytes.use_count() > 1 ? &memory->bytes : nullptr;
}

FileRange* Source::file_range() {
    auto* range = std::get_if<FileRange>(&content_);
    return range != nullptr && range->remaining > 0 && !range->entry->in_memory() ? range : nullptr;
}

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

}  // namespace body

#include "body/source.hpp"

#include <algorithm>
#include <string_view>

namespace body {

std::uint64_t Source::remaining() const {
    if (const auto* range = std::get_if<FileRange>(&content_)) return range->remaining;
    if (const auto* memory = std::get_if<Memory>(&content_)) return memory->bytes->size() - memory->taken;
    if (const auto* ranges = std::get_if<std::unique_ptr<MultiRange>>(&content_)) return (*ranges)->remaining();
    return 0;
}

bool Source::copy_small(base::Buffer& out, std::uint64_t most) {
    if (auto* memory = std::get_if<Memory>(&content_)) {
        const std::string_view piece = std::string_view{*memory->bytes}.substr(memory->taken, most);
        out.append(piece);
        memory->taken += piece.size();
        if (exhausted()) clear();
        return true;
    }
    if (auto* ranges = std::get_if<std::unique_ptr<MultiRange>>(&content_)) {
        const bool copied = (*ranges)->copy(out, std::min(most, copied_file_size), most);
        if (copied && exhausted()) clear();
        return copied;
    }
    auto* range = std::get_if<FileRange>(&content_);
    if (range == nullptr) return true;
    if (range->remaining == 0) return true;
    if (!range->entry->in_memory() && range->remaining > std::min(most, copied_file_size)) return true;
    const bool copied = copy_front(*range, std::min(range->remaining, most), out);
    if (copied && exhausted()) clear();
    return copied;
}

files::Entry* Source::entry() const {
    if (const auto* range = std::get_if<FileRange>(&content_)) return range->entry.get();
    const auto* parts = std::get_if<std::unique_ptr<MultiRange>>(&content_);
    return parts != nullptr ? (*parts)->entry() : nullptr;
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
    if (auto* ranges = std::get_if<std::unique_ptr<MultiRange>>(&content_)) range = &(*ranges)->current();
    return range != nullptr && range->remaining > 0 && !range->entry->in_memory() ? range : nullptr;
}

}  // namespace body

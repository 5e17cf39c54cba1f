#include "body/multi_range.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "os/page_cache.hpp"

namespace body {

MultiRange::MultiRange(files::EntryRef entry, std::string heads, std::vector<Part> parts)
    : heads_(std::move(heads)), parts_(std::move(parts)), current_{.entry = std::move(entry)}, behind_(heads_.size()) {
    for (const Part& part : parts_) behind_ += part.length;
}

bool MultiRange::copy(base::Buffer& out, std::uint64_t most_of_file, std::uint64_t most) {
    const std::size_t before = out.size();
    const auto room = [&](std::uint64_t limit) { return limit - std::min<std::uint64_t>(limit, out.size() - before); };
    for (;;) {
        if (current_.remaining > 0) {
            if (is_better_sent(room(most_of_file))) return true;
            if (!copy_front(current_, std::min(current_.remaining, room(most)), out)) return false;
        }
        if (behind_ == 0 || room(most) == 0) return true;
        begin_part(out);
    }
}

// Or the end, where no part is left.
void MultiRange::begin_part(base::Buffer& out) {
    const bool at_end = next_ == parts_.size();
    const std::size_t head_end = at_end ? heads_.size() : parts_[next_].head_end;
    out.append(std::string_view{heads_}.substr(head_begin_, head_end - head_begin_));
    behind_ -= head_end - head_begin_;
    head_begin_ = head_end;
    if (at_end) return;
    current_.offset = parts_[next_].offset;
    current_.remaining = parts_[next_].length;
    behind_ -= current_.remaining;
    ++next_;
}

bool MultiRange::is_better_sent(std::uint64_t room) const {
    if (current_.entry->in_memory()) return false;
    if (current_.remaining > room) return true;
    return os::residence_of(current_.entry->file(), current_.offset, current_.remaining) == os::Residence::on_disk;
}

}  // namespace body

#include "files/entry.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "files/cache.hpp"

namespace files {

void Entry::on_change() {
    changed_ = true;
    if (cache_ != nullptr) return cache_->drop_changed(*this);
    subscriptions_.clear();
}

std::string Entry::shown() const {
    std::string text{"\""};
    if (root_ != nullptr) base::append_log_escaped(text, root_->path() + "/" + path_);
    return text.append("\"");
}

std::span<char> Entry::head_memory(std::size_t size) {
    if (size > head_room_) {
        const std::string_view bytes = content();
        auto larger = std::make_unique_for_overwrite<char[]>(size + bytes.size());
        std::ranges::copy(bytes, larger.get() + size);
        if (cache_ != nullptr) cache_->bytes_ += size - head_room_;
        memory_ = std::move(larger);
        head_room_ = size;
    }
    return {memory_.get(), head_room_};
}

}  // namespace files

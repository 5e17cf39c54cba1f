#include "base/buffer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace base {

BlockPool::Block BlockPool::take(std::size_t size) {
    std::size_t block = block_size;
    for (std::vector<std::unique_ptr<char[]>>& blocks : free_) {
        if (size <= block) {
            if (blocks.empty()) return {std::unique_ptr<char[]>{new char[block]}, block};
            Block taken{std::move(blocks.back()), block};
            blocks.pop_back();
            return taken;
        }
        block *= 2;
    }
    return {std::unique_ptr<char[]>{new char[size]}, size};
}

void BlockPool::give_back(Block block) {
    std::size_t size = block_size;
    for (std::vector<std::unique_ptr<char[]>>& blocks : free_) {
        if (block.size == size && blocks.size() * size < kept_bytes) return blocks.push_back(std::move(block.memory));
        size *= 2;
    }
}

void Buffer::append(std::string_view bytes) {
    if (bytes.empty()) return;
    std::memcpy(reserve(bytes.size()).data(), bytes.data(), bytes.size());
    commit(bytes.size());
}

std::span<char> Buffer::reserve(std::size_t size) {
    if (capacity_ - end_ < size) grow(size);
    return {memory_.get() + end_, capacity_ - end_};
}

void Buffer::consume(std::size_t count) {
    begin_ += static_cast<std::uint32_t>(count);
    if (begin_ == end_) release();
}

void Buffer::shorten(std::size_t new_size) {
    end_ = begin_ + static_cast<std::uint32_t>(new_size);
    if (begin_ == end_) release();
}

void Buffer::grow(std::size_t needed) {
    const std::size_t held = size();
    if (capacity_ - held >= needed && begin_ >= held) {
        // Enough room once what was consumed is reused; the condition on begin_ keeps the moves amortised.
        std::memcpy(memory_.get(), memory_.get() + begin_, held);
        begin_ = 0;
        end_ = static_cast<std::uint32_t>(held);
        return;
    }
    BlockPool::Block larger = pool_->take(std::max(2 * std::size_t{capacity_}, held + needed));
    if (held > 0) std::memcpy(larger.memory.get(), memory_.get() + begin_, held);
    release();
    memory_ = std::move(larger.memory);
    capacity_ = static_cast<std::uint32_t>(larger.size);
    begin_ = 0;
    end_ = static_cast<std::uint32_t>(held);
}

void Buffer::release() {
    if (capacity_ > 0) pool_->give_back({std::move(memory_), capacity_});
    memory_.reset();
    capacity_ = begin_ = end_ = 0;
}

}  // namespace base

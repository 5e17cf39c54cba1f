#include "base/buffer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace base {

std::unique_ptr<char[]> BlockPool::take() {
    if (free_.empty()) return std::unique_ptr<char[]>{new char[block_size]};
    std::unique_ptr<char[]> block = std::move(free_.back());
    free_.pop_back();
    return block;
}

void BlockPool::give_back(std::unique_ptr<char[]> block) {
    if (free_.size() < kept_blocks) free_.push_back(std::move(block));
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
    begin_ += count;
    if (begin_ == end_) release();
}

void Buffer::shorten(std::size_t new_size) {
    end_ = begin_ + new_size;
    if (begin_ == end_) release();
}

void Buffer::grow(std::size_t needed) {
    const std::size_t held = size();
    if (capacity_ - held >= needed && begin_ >= held) {
        // Enough room once what was consumed is reused; the condition on begin_ keeps the moves amortised.
        std::memcpy(memory_.get(), memory_.get() + begin_, held);
        begin_ = 0;
        end_ = held;
        return;
    }
    const std::size_t capacity = std::max({BlockPool::block_size, 2 * capacity_, held + needed});
    std::unique_ptr<char[]> larger =
        capacity == BlockPool::block_size ? pool_->take() : std::unique_ptr<char[]>{new char[capacity]};
    if (held > 0) std::memcpy(larger.get(), memory_.get() + begin_, held);
    release();
    memory_ = std::move(larger);
    capacity_ = capacity;
    begin_ = 0;
    end_ = held;
}

void Buffer::release() {
    if (capacity_ == BlockPool::block_size) pool_->give_back(std::move(memory_));
    memory_.reset();
    capacity_ = begin_ = end_ = 0;
}

}  // namespace base

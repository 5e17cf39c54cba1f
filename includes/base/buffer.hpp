// A queue of bytes in one piece of memory: written at the back, read at the front. It gives its memory back to a
// pool as soon as it is empty, so that a connection with nothing to say owns none.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace base {

// Keeps drained blocks for the next who needs one, in sizes that double. Must outlive every Buffer that draws from it.
class BlockPool {
public:
    static constexpr std::size_t block_size = 16 * 1024;  // bytes, of the smallest

    struct Block {
        std::unique_ptr<char[]> memory;
        std::size_t size = 0;
    };

    // At least `size` bytes.
    Block take(std::size_t size);
    void give_back(Block block);

private:
    static constexpr std::size_t kinds = 4;  // 16, 32, 64 and 128 KiB; larger ones are not kept
#if defined(__SANITIZE_ADDRESS__)
    static constexpr std::size_t kept_bytes = 0;  // a stale view is found only in memory that is really given back
#else
    static constexpr std::size_t kept_bytes = 16 * 1024 * 1024;  // that stay with the process, of each size
#endif

    std::array<std::vector<std::unique_ptr<char[]>>, kinds> free_;
};

class Buffer {
public:
    explicit Buffer(BlockPool& pool) : pool_(&pool) {}
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() { release(); }

    bool empty() const { return begin_ == end_; }
    std::size_t size() const { return std::size_t{end_} - begin_; }

    // Valid until the next call of a member that is not const.
    std::string_view view() const { return {memory_.get() + begin_, size()}; }

    void append(std::string_view bytes);

    // At least `size` writable bytes behind the last one; commit(n) makes the first n of them part of the queue.
    std::span<char> reserve(std::size_t size);
    void commit(std::size_t size) { end_ += static_cast<std::uint32_t>(size); }

    // Precondition: count <= size().
    void consume(std::size_t count);

    // Takes bytes back from the end; precondition: new_size <= size().
    void shorten(std::size_t new_size);
    void clear() { release(); }

private:
    void release();
    void grow(std::size_t needed);

    BlockPool* pool_;
    std::unique_ptr<char[]> memory_;
    // 32 bits each, because every connection has two of these; more than 4 GiB never wait.
    std::uint32_t capacity_ = 0;
    std::uint32_t begin_ = 0;
    std::uint32_t end_ = 0;
};

}  // namespace base

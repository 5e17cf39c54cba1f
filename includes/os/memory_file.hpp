// Files that have no name and lie in memory (memfd_create(2)): what a program reads as its input or writes as its
// output where no file of a disk is wanted.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace os {

// Empty. `label` is what /proc shows of it.
base::Result<UniqueFd> open_memory_file(const char* label);

// Puts `bytes` at its beginning, and leaves its position there.
base::Result<void> fill_memory_file(int file, std::string_view bytes);

// From here on nobody changes it, whoever has it open.
void seal_memory_file(int file);

// Any open file once more, for reading from its beginning on: with a position of its own, which dup(2) doesn't give.
base::Result<UniqueFd> open_again(int file);

// A file's content as memory, while this object lives. Only of files that don't shrink. Precondition: size > 0.
class MappedFile {
public:
    static base::Result<MappedFile> map(int file, std::size_t size);

    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&&) = delete;
    ~MappedFile();

    std::string_view content() const { return {static_cast<const char*>(begin_), size_}; }

private:
    MappedFile(void* begin, std::size_t size) : begin_(begin), size_(size) {}

    void* begin_;
    std::size_t size_;
};

}  // namespace os

// The content of a response: where its next bytes come from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "base/buffer.hpp"
#include "body/file_range.hpp"
#include "body/multi_range.hpp"

namespace body {

struct Empty {};

// Shared, since many responses may have it in common, such as a page that is built in; never null.
struct Memory {
    std::shared_ptr<const std::string> bytes;
    std::size_t taken = 0;  // of them, from the front
};

class Source {
public:
    // Up to this size a part of an open file is copied behind the head, so that the whole response leaves with one
    // send; above it is sent by sendfile.
    static constexpr std::uint64_t copied_file_size = 32 * 1024;

    Source() = default;
    Source(Memory memory) : content_(std::move(memory)) {}
    Source(FileRange range) : content_(std::move(range)) {}
    Source(MultiRange ranges) : content_(std::make_unique<MultiRange>(std::move(ranges))) {}

    std::uint64_t remaining() const;  // bytes
    bool exhausted() const { return std::holds_alternative<Empty>(content_) || remaining() == 0; }

    // Appends the content to `out` as far as it is small or already in memory; what is left afterwards begins with a
    // file range to be sent from the file. Of one piece of memory at most `most` bytes are taken, the rest is left.
    // False: the file gave less than it promised.
    bool copy_small(base::Buffer& out, std::uint64_t most = UINT64_MAX);

    // Made for this answer or for many, not a file's.
    bool is_made() const { return std::holds_alternative<Memory>(content_); }

    // The entry whose whole content this is, in memory; null where it is something else, or a part.
    files::Entry* whole_entry() const;

    // The content, where it is in memory and others hold it too; else null.
    const std::shared_ptr<const std::string>* shared_memory() const;

    // What is to be sent from an open file next, null when nothing is. Something may be left behind it.
    FileRange* file_range();

    // The file that it comes from, whole or in parts; null where it is none.
    files::Entry* entry() const;

    void clear() { content_.emplace<Empty>(); }

private:
    std::variant<Empty, Memory, FileRange, std::unique_ptr<MultiRange>> content_;
};

}  // namespace body

// The content of a response: where its next bytes come from.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <variant>

#include "base/buffer.hpp"
#include "os/unique_fd.hpp"

namespace body {

struct Empty {};

struct Memory {
    std::string bytes;
};

// A part of an open file. The file may change meanwhile; a file that became too short for what was promised is a
// failure that the client has to see, as a connection that ends early.
struct FileRange {
    os::UniqueFd file;
    std::uint64_t offset = 0;
    std::uint64_t remaining = 0;  // bytes
    timespec changed{};           // ctime when it was opened
};

class Source {
public:
    // Up to this size a file is copied behind the head, so that the whole response leaves with one send; above it is
    // sent by sendfile.
    static constexpr std::uint64_t copied_file_size = 32 * 1024;

    Source() = default;
    Source(Memory memory) : content_(std::move(memory)) {}
    Source(FileRange range) : content_(std::move(range)) {}

    std::uint64_t remaining() const;  // bytes
    bool exhausted() const { return remaining() == 0; }

    // Appends the content to `out` where it is small or already in memory; what is left afterwards is a file range to
    // be sent from the file. False: the file gave less than it promised.
    bool copy_small(base::Buffer& out);

    // What is to be sent from a file, null when nothing is.
    FileRange* file_range();

    void clear() { content_.emplace<Empty>(); }

private:
    std::variant<Empty, Memory, FileRange> content_;
};

enum class FileState : std::uint8_t {
    as_promised,
    changed,  // but long enough: whether it or the socket made a transfer short can't be told
    too_short,
};

// After a sendfile that took `sent` of the bytes: advances. The file is looked at only where the transfer was short,
// since only then can it be the reason.
FileState take_sent(FileRange& range, std::uint64_t sent, bool short_transfer);

}  // namespace body

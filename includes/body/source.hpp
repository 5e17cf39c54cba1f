// The content of a response: where its next bytes come from.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/buffer.hpp"
#include "files/entry.hpp"

namespace body {

struct Empty {};

// Shared, since many responses may have it in common, such as a page that is built in; never null.
struct Memory {
    std::shared_ptr<const std::string> bytes;
};

// A part of a file, in memory or open. An open one may change meanwhile; a file that can't keep what was promised is a
// failure that the client has to see, as a connection that ends early.
struct FileRange {
    files::EntryRef entry;
    std::uint64_t offset = 0;
    std::uint64_t remaining = 0;  // bytes
};

class Source {
public:
    // Up to this size a part of an open file is copied behind the head, so that the whole response leaves with one
    // send; above it is sent by sendfile.
    static constexpr std::uint64_t copied_file_size = 32 * 1024;

    Source() = default;
    Source(Memory memory) : content_(std::move(memory)) {}
    Source(FileRange range) : content_(std::move(range)) {}

    std::uint64_t remaining() const;  // bytes
    bool exhausted() const { return remaining() == 0; }

    // Appends the content to `out` where it is small or already in memory; what is left afterwards is a file range to
    // be sent from the file. False: the file gave less than it promised.
    bool copy_small(base::Buffer& out);

    // The entry whose whole content this is, in memory; null where it is something else, or a part.
    files::Entry* whole_entry() const;

    // The content, where it is in memory and others hold it too; else null.
    const std::shared_ptr<const std::string>* shared_memory() const;

    // What is to be sent from an open file, null when nothing is.
    FileRange* file_range();

    void clear() { content_.emplace<Empty>(); }

private:
    std::variant<Empty, Memory, FileRange> content_;
};

enum class FileState : std::uint8_t {
    as_promised,
    changed,  // but it can still give what was promised: whether it or the socket made a transfer short can't be told
    broken,   // too short by now, or written over: what was sent and what is there are no one version
};

// Before a sendfile from the range's file: whether it is still the version that the response began with, as far as can
// be told. What is merely appended to a file harms nobody.
FileState state_of(const FileRange& range);

// After a sendfile that took `sent` of the bytes: advances. The file is looked at only where the transfer was short,
// since only then can it be the reason.
FileState take_sent(FileRange& range, std::uint64_t sent, bool short_transfer);

}  // namespace body

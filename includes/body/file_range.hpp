// A part of a file as content: in memory or open. An open file may change meanwhile; one that can't keep what was
// promised is a failure that the client has to see, as a connection that ends early.
#pragma once

#include <cstdint>

#include "base/buffer.hpp"
#include "files/entry.hpp"

namespace body {

struct FileRange {
    files::EntryRef entry;
    std::uint64_t offset = 0;
    std::uint64_t remaining = 0;  // bytes
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

// Appends the first `count` bytes of the range to `out`, and leaves the rest. False: the file gave less than it
// promised.
bool copy_front(FileRange& range, std::uint64_t count, base::Buffer& out);

}  // namespace body

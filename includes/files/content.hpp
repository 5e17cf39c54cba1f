// A small file's content as one version of it, and what tells versions apart.
#pragma once

#include <array>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>

#include "os/file.hpp"

namespace files {

struct Content {
    os::FileStatus status;           // of the version that was read
    std::unique_ptr<char[]> memory;  // null: it isn't that small any more; else `room` bytes, and the content
    std::size_t size = 0;            // bytes of content
    int failure = 0;                 // errno, where reading failed
    bool settled = false;            // it is one version for certain; else the file never stood still, or isn't as long
                                     // as its status says
};

// Reads a file that is no larger than `largest`, with `room` bytes of memory in front. Somebody may be writing to it
// meanwhile: it is read until what was read is one version. `now`: the wall's time.
Content read_content(int file, std::size_t room, std::uint64_t largest, const timespec& now);

// A few pieces of an open file, which tell something that was appended to it from something that was written over it.
class Samples {
public:
    // Of what can be read without waiting for a disk.
    Samples(int file, std::uint64_t size);

    // Whether all of them stand where they stood; false where there are none.
    bool are_found_in(int file) const;

private:
    static constexpr std::size_t most = 8;
    static constexpr std::size_t piece_size = 32;  // bytes

    struct Piece {
        std::uint64_t offset = 0;
        std::array<char, piece_size> bytes{};
    };
    std::array<Piece, most> pieces_;
    std::size_t count_ = 0;
};

// So recently changed that a change which follows may leave the status as it is: file systems count in ticks, some in
// seconds.
bool is_young(const os::FileStatus& status, const timespec& now);

// With quotes. Of the content: the same on every machine, whatever happened to the file's times. Of the status where
// the content is too large to be read for it: size, inode, and times in nanoseconds.
std::string entity_tag(std::string_view content);
std::string entity_tag(const os::FileStatus& status);

}  // namespace files

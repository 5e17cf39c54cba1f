// Whether a part of a file is in memory, and getting it there: what keeps one thread's wait for a disk from becoming
// everybody's.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

namespace os {

enum class Residence : std::uint8_t {
    in_memory,
    on_disk,  // or on its way from there: reading it now would wait
    unknown,  // the kernel or the file system doesn't tell
};

// Looks at the first and the last page alone, which costs the same for any length: what is read and what is given up
// goes in order, so that a hole between two pages that are there is rare. Never waits for the content; may start
// reading it. Beyond the file's end nothing has to be waited for. Precondition: length > 0.
Residence residence_of(int file, std::uint64_t offset, std::uint64_t length);

struct ResidentRead {
    Residence residence = Residence::unknown;
    std::size_t bytes = 0;  // read; 0 unless `in_memory`, and fewer than asked only where the file ends
};

// Reads where no wait is needed for any of it. `unknown`: read it as usual.
ResidentRead read_resident(int file, std::uint64_t offset, std::span<char> into);

// Waits until the part is in memory, or can't be read, or `given_up` is set; what it reads goes through `scratch`.
void read_through(int file, std::uint64_t offset, std::uint64_t length, std::span<char> scratch,
                  const std::atomic<bool>& given_up);

}  // namespace os

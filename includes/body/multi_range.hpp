// Several parts of one file as content, each behind a head of its own, and a closing line behind the last. What the
// heads say is somebody else's business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "body/file_range.hpp"

namespace body {

class MultiRange {
public:
    struct Part {
        std::size_t head_end = 0;  // in `heads`; the head begins where the one before ends
        std::uint64_t offset = 0;  // of the file's part, bytes
        std::uint64_t length = 0;  // not 0
    };

    // `heads`: of all parts, one after the other; what is behind the last part's is the closing line.
    MultiRange(files::EntryRef entry, std::string heads, std::vector<Part> parts);

    std::uint64_t remaining() const { return behind_ + current_.remaining; }  // bytes

    // Appends what comes next, heads and parts, up to one that is better sent from the file: because it is larger than
    // what `most_of_file` leaves room for, or because it would have to be waited for. That one is then current(). From
    // memory, too, it goes no further than one head beyond `most` bytes. False: the file gave less than it promised.
    bool copy(base::Buffer& out, std::uint64_t most_of_file, std::uint64_t most);

    FileRange& current() { return current_; }
    files::Entry* entry() const { return current_.entry.get(); }

private:
    void begin_part(base::Buffer& out);
    bool is_better_sent(std::uint64_t room) const;

    std::string heads_;
    std::vector<Part> parts_;
    std::size_t next_ = 0;        // part
    std::size_t head_begin_ = 0;  // of the next part
    FileRange current_;           // what is left of the part before
    std::uint64_t behind_ = 0;    // bytes behind that one, heads and parts
};

}  // namespace body

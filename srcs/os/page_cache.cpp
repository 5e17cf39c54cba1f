#include "os/page_cache.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

namespace os {

namespace {

constexpr std::uint64_t smallest_page = 4096;

// The kernel's own answer to "would reading this wait": -1 and EAGAIN. Asking begins to read what isn't there.
ssize_t read_without_waiting(int file, std::uint64_t offset, std::span<char> into) {
    const iovec part{into.data(), into.size()};
    return ::preadv2(file, &part, 1, static_cast<off_t>(offset), RWF_NOWAIT);
}

// For file systems that don't know RWF_NOWAIT (overlayfs, FUSE, NFS, tmpfs). mincore(2) says that all is there about
// files that are not ours and that we may not write: these are then read as ever.
Residence mapped_residence(int file, std::uint64_t offset) {
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const auto start = static_cast<off_t>(offset / page * page);
    void* mapping = ::mmap(nullptr, page, PROT_READ, MAP_SHARED, file, start);
    if (mapping == MAP_FAILED) return Residence::unknown;
    unsigned char there = 0;
    const int looked = ::mincore(mapping, page, &there);
    ::munmap(mapping, page);
    if (looked != 0) return Residence::unknown;
    return (there & 1U) != 0 ? Residence::in_memory : Residence::on_disk;
}

// Nullopt where the file system knows no RWF_NOWAIT.
std::optional<Residence> readable_residence(int file, std::uint64_t offset) {
    char byte = 0;
    if (read_without_waiting(file, offset, {&byte, 1}) >= 0) return Residence::in_memory;
    switch (errno) {
        case EAGAIN: return Residence::on_disk;
        case EOPNOTSUPP: return std::nullopt;
        default: return Residence::unknown;
    }
}

// Whether the cache has nothing of a page (cachestat(2), Linux 6.5; newer than the headers). No more than a hint: it
// counts pages that are still being read, sees nothing of what overlayfs holds, and may be refused to who may not write
// the file. But asking begins nothing.
bool seems_absent(int file, std::uint64_t offset) {
    constexpr long call_number = 451;
    struct {
        std::uint64_t offset;
        std::uint64_t length;
    } const range{offset, 1};
    struct {
        std::uint64_t cached = 0;
        std::array<std::uint64_t, 4> others{};  // dirty, being written, evicted, evicted lately
    } pages;
    return ::syscall(call_number, file, &range, &pages, 0) == 0 && pages.cached == 0;
}

}  // namespace

Residence residence_of(int file, std::uint64_t offset, std::uint64_t length) {
    const std::uint64_t last = offset + length - 1;
    const bool one_page = last / smallest_page == offset / smallest_page;
    const std::optional<Residence> first = readable_residence(file, offset);
    if (!first) {
        const Residence mapped = mapped_residence(file, offset);
        return mapped == Residence::in_memory && !one_page ? mapped_residence(file, last) : mapped;
    }
    if (*first != Residence::in_memory || one_page) return *first;
    // Not read before what lies between: a disk that turns would lose a turn.
    if (seems_absent(file, last)) return Residence::on_disk;
    return readable_residence(file, last).value_or(Residence::unknown);
}

ResidentRead read_resident(int file, std::uint64_t offset, std::span<char> into) {
    std::size_t done = 0;
    while (done < into.size()) {
        const ssize_t got = read_without_waiting(file, offset + done, into.subspan(done));
        if (got > 0) {
            done += static_cast<std::size_t>(got);
            continue;
        }
        if (got == 0) break;
        if (errno == EAGAIN) return {Residence::on_disk};
        if (errno != EOPNOTSUPP) return {Residence::unknown};
        const bool absent = residence_of(file, offset, into.size()) == Residence::on_disk;
        return {absent ? Residence::on_disk : Residence::unknown};
    }
    return {Residence::in_memory, done};
}

void read_through(int file, std::uint64_t offset, std::uint64_t length, std::span<char> scratch,
                  const std::atomic<bool>& given_up) {
    if (given_up) return;
    // The whole part at once, so that the disk sees how much is wanted; reading then waits for it.
    ::posix_fadvise(file, static_cast<off_t>(offset), static_cast<off_t>(length), POSIX_FADV_WILLNEED);
    while (length > 0 && !given_up) {
        const std::size_t count = std::min<std::uint64_t>(length, scratch.size());
        const ssize_t got = ::pread(file, scratch.data(), count, static_cast<off_t>(offset));
        if (got <= 0) return;
        offset += static_cast<std::uint64_t>(got);
        length -= static_cast<std::uint64_t>(got);
    }
}

}  // namespace os

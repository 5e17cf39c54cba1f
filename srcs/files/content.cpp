#include "files/content.hpp"

#include <array>
#include <charconv>
#include <cstring>

#include "base/hash.hpp"
#include "os/page_cache.hpp"

namespace files {

namespace {

constexpr std::uint64_t tag_seed = 0;  // the same for ever: clients and other machines hold tags that were made with it

std::string quoted_hex(std::uint64_t value) {
    constexpr std::size_t digits = 16;
    std::array<char, digits> text{};
    const char* end = std::to_chars(text.data(), text.data() + digits, value, 16).ptr;
    std::string tag{'"'};
    tag.append(digits - static_cast<std::size_t>(end - text.data()), '0');
    return tag.append(std::string_view{text.data(), end}).append("\"");
}

// One reading, settled where the status stayed the same meanwhile and the file gave what it promised.
Content read_once(int file, std::size_t room, std::uint64_t largest) {
    Content content;
    const base::Result<os::FileStatus> before = os::status_of(file);
    if (!before) {
        content.failure = before.error().code;
        return content;
    }
    content.status = before.value();
    if (content.status.size > largest) {
        content.settled = true;
        return content;
    }
    content.size = static_cast<std::size_t>(content.status.size);
    content.memory.reset(new char[room + content.size]);
    const base::Result<std::size_t> got = os::read_at(file, 0, {content.memory.get() + room, content.size});
    if (!got) {
        content.failure = got.error().code;
        content.memory.reset();
        return content;
    }
    if (got.value() < content.size) {
        content.memory.reset();
        return content;
    }
    const base::Result<os::FileStatus> after = os::status_of(file);
    content.settled = after && after.value().same_version(content.status);
    return content;
}

bool same_bytes(const Content& a, const Content& b, std::size_t room) {
    return a.size == b.size && (a.memory == nullptr) == (b.memory == nullptr) &&
           (a.memory == nullptr || std::memcmp(a.memory.get() + room, b.memory.get() + room, a.size) == 0);
}

}  // namespace

// A write sets the file's times before it moves its first page, and whoever reads meanwhile may get pages of both
// versions under one status. So a young file is read again once no write is under way any more: the same bytes twice
// are one version.
Content read_content(int file, std::size_t room, std::uint64_t largest, const timespec& now) {
    constexpr int most_attempts = 4;  // somebody who writes all the time doesn't get us to read for ever
    Content content = read_once(file, room, largest);
    for (int attempt = 0; attempt < most_attempts && content.failure == 0; ++attempt) {
        if (content.settled && !is_young(content.status, now)) return content;
        os::wait_for_writers(file);
        Content again = read_once(file, room, largest);
        const bool same = content.settled && again.settled && same_bytes(content, again, room);
        content = std::move(again);
        if (same) return content;
    }
    content.settled = false;
    return content;
}

Samples::Samples(int file, std::uint64_t size) {
    if (size < piece_size) return;
    for (std::size_t i = 0; i < most; ++i) {
        Piece& piece = pieces_[count_];
        piece.offset = (size - piece_size) / (most - 1) * i;
        if (i == most - 1) piece.offset = size - piece_size;
        if (os::read_resident(file, piece.offset, piece.bytes).bytes == piece_size) ++count_;
    }
}

bool Samples::are_found_in(int file) const {
    for (std::size_t i = 0; i < count_; ++i) {
        std::array<char, piece_size> now{};
        const base::Result<std::size_t> got = os::read_at(file, pieces_[i].offset, now);
        if (!got || got.value() != piece_size || now != pieces_[i].bytes) return false;
    }
    return count_ > 0;
}

bool is_young(const os::FileStatus& status, const timespec& now) {
    constexpr std::time_t seconds = 2;
    return status.changed.tv_sec + seconds >= now.tv_sec;
}

std::string entity_tag(std::string_view content) { return quoted_hex(base::hash(content, tag_seed)); }

std::string entity_tag(const os::FileStatus& status) {
    const std::array<std::uint64_t, 6> parts{
        status.size,
        status.inode,
        static_cast<std::uint64_t>(status.modified.tv_sec),
        static_cast<std::uint64_t>(status.modified.tv_nsec),
        static_cast<std::uint64_t>(status.changed.tv_sec),
        static_cast<std::uint64_t>(status.changed.tv_nsec),
    };
    return quoted_hex(base::hash({reinterpret_cast<const char*>(parts.data()), sizeof parts}, tag_seed));
}

}  // namespace files

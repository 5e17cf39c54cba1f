#include "files/variant.hpp"

#include "base/hash.hpp"

namespace files {

VariantKey::VariantKey(const Entry& original, http::ContentCoding coding) {
    const os::FileStatus& status = original.status();
    constexpr std::uint64_t seed = 0;
    parts_ = {
        static_cast<std::uint64_t>(coding),
        status.device,
        status.inode,
        status.size,
        static_cast<std::uint64_t>(status.modified.tv_sec),
        static_cast<std::uint64_t>(status.modified.tv_nsec),
        static_cast<std::uint64_t>(status.changed.tv_sec),
        static_cast<std::uint64_t>(status.changed.tv_nsec),
        // Of content in memory it is a hash, right whatever happened to the times.
        base::hash(original.etag(), seed),
    };
}

}  // namespace files

#include "os/memory_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

namespace os {

base::Result<UniqueFd> open_memory_file(const char* label) {
    UniqueFd file{::memfd_create(label, MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    if (!file) return base::Error::from_errno("open", "a file in memory");
    return file;
}

base::Result<void> fill_memory_file(int file, std::string_view bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got = ::pwrite(file, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return base::Error::from_errno("write", "a file in memory");
        done += static_cast<std::size_t>(got);
    }
    return {};
}

void seal_memory_file(int file) { ::fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE); }

base::Result<UniqueFd> open_again(int file) {
    const std::string path = "/proc/self/fd/" + std::to_string(file);
    UniqueFd again{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!again) return base::Error::from_errno("open", path);
    return again;
}

base::Result<MappedFile> MappedFile::map(int file, std::size_t size) {
    void* begin = ::mmap(nullptr, size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
    if (begin == MAP_FAILED) return base::Error::from_errno("map", "a file");
    return MappedFile{begin, size};
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : begin_(std::exchange(other.begin_, nullptr)), size_(other.size_) {}

MappedFile::~MappedFile() {
    if (begin_ != nullptr) ::munmap(begin_, size_);
}

}  // namespace os

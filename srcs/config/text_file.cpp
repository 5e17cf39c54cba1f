#include "config/text_file.hpp"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "os/unique_fd.hpp"

namespace config {

namespace {

struct Glob {
    glob_t found{};
    ~Glob() { ::globfree(&found); }
};

}  // namespace

base::Result<std::string> read_text_file(const std::string& path, std::size_t limit) {
    os::UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file) return base::Error::from_errno("cannot open", path);
    struct stat facts {};
    if (::fstat(file.fd(), &facts) != 0) return base::Error::from_errno("cannot examine", path);
    if (S_ISDIR(facts.st_mode)) return base::Error{path + " is a folder, not a configuration file", EISDIR};
    std::string text;
    std::array<char, 16 * 1024> block;
    for (;;) {
        const ssize_t count = ::read(file.fd(), block.data(), block.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return base::Error::from_errno("cannot read", path);
        if (count == 0) return text;
        text.append(block.data(), static_cast<std::size_t>(count));
        if (text.size() > limit)
            return base::Error{path + " has more than " + std::to_string(limit) + " bytes; is it a configuration file?",
                               EFBIG};
    }
}

bool has_wildcards(const std::string& pattern) { return pattern.find_first_of("*?[") != std::string::npos; }

base::Result<std::vector<std::string>> matching_files(const std::string& pattern) {
    Glob glob;
    const int outcome = ::glob(pattern.c_str(), 0, nullptr, &glob.found);
    if (outcome == GLOB_NOMATCH) return std::vector<std::string>{};
    if (outcome != 0) return base::Error{"cannot list the files that match " + pattern, 0};
    return std::vector<std::string>(glob.found.gl_pathv, glob.found.gl_pathv + glob.found.gl_pathc);
}

std::string identity_of(const std::string& path) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) return {};
    return std::to_string(facts.st_dev) + ':' + std::to_string(facts.st_ino);
}

}  // namespace config

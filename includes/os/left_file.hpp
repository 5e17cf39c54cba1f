// What a server leaves in the file system while it runs, for others to find it: the socket of a unix-domain address,
// the pid file. Taken away at the end by the process that left it, not by one that it forked, and not when somebody
// else has put his own in its place by then.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace os {

class LeftFile {
public:
    // The file that stands at `path` now; none there, nothing is taken away later.
    explicit LeftFile(std::string path);

    // Writes "PID\n" to `path`. An Error when something else than an old pid file stands there.
    static base::Result<LeftFile> pid_file(const std::string& path);

    LeftFile(LeftFile&& other) noexcept;
    LeftFile& operator=(LeftFile&&) = delete;
    ~LeftFile();

private:
    std::string path_;  // empty: nothing to take away
    std::uint64_t device_ = 0;
    std::uint64_t inode_ = 0;
    pid_t owner_;
};

}  // namespace os

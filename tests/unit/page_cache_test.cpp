// What the page cache holds: a file that was just written is read without waiting, whole and to its end; what the
// kernel was told to forget is there again once it was read through. (That it isn't there before can't be relied on.)
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <string>

#include "check.hpp"
#include "os/page_cache.hpp"
#include "os/unique_fd.hpp"

int test_page_cache();

namespace {

using os::Residence;

constexpr std::size_t size = 3'000'000;

os::UniqueFd unnamed_file(const char* folder) {
    std::string name = std::string{folder} + "/webserv-XXXXXX";
    os::UniqueFd file{::mkstemp(name.data())};
    ::unlink(name.c_str());
    const std::string content(size, 'x');
    if (!file || ::write(file.fd(), content.data(), size) != static_cast<ssize_t>(size)) return {};
    return file;
}

// Where a file system can't say, it must say that, and never that a file in memory is on disk.
void check_what_is_there(Checks& checks, int file) {
    std::array<char, 1000> into{};
    checks.expect(os::residence_of(file, 0, size) != Residence::on_disk, "written just now");
    checks.expect(os::residence_of(file, size - 1, 1) != Residence::on_disk, "the last byte");
    const os::ResidentRead inside = os::read_resident(file, 100, into);
    if (inside.residence == Residence::unknown) return;
    checks.expect(inside.residence == Residence::in_memory && inside.bytes == into.size(), "read inside");
    checks.expect(into.front() == 'x' && into.back() == 'x', "what was read is what was written");
    checks.expect(os::read_resident(file, size - 10, into).bytes == 10, "read over the end");
    checks.expect(os::read_resident(file, size + 10, into).bytes == 0, "read behind the end");
}

void check_what_is_not(Checks& checks, int file) {
    std::array<char, 4096> scratch{};
    const std::atomic<bool> given_up = false;
    ::fsync(file);
    ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    os::read_through(file, 0, size, scratch, given_up);
    checks.expect(os::residence_of(file, 0, size) != Residence::on_disk, "read through");
}

}  // namespace

int test_page_cache() {
    Checks checks;
    for (const char* folder : {"/var/tmp", "/tmp", "/dev/shm"}) {
        const os::UniqueFd file = unnamed_file(folder);
        if (!file) continue;
        check_what_is_there(checks, file.fd());
        check_what_is_not(checks, file.fd());
    }
    return checks.failures();
}

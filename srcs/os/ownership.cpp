#include "os/ownership.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/result.hpp"

namespace os {

namespace {

std::string name_of_user(uid_t user) {
    const passwd* entry = ::getpwuid(user);
    return entry != nullptr ? entry->pw_name : std::to_string(user);
}

std::string name_of_group(gid_t group) {
    const struct group* entry = ::getgrgid(group);
    return entry != nullptr ? entry->gr_name : std::to_string(group);
}

char letter_of(mode_t mode) {
    if (S_ISDIR(mode)) return 'd';
    if (S_ISREG(mode)) return '-';
    return S_ISLNK(mode) ? 'l' : '?';
}

// "root:root drwxr-xr-x"
std::string owner_and_mode(const struct stat& status) {
    constexpr std::string_view letters = "rwxrwxrwx";
    std::string text = name_of_user(status.st_uid) + ':' + name_of_group(status.st_gid) + ' ';
    text.push_back(letter_of(status.st_mode));
    for (std::size_t i = 0; i < letters.size(); ++i)
        text.push_back((status.st_mode >> (letters.size() - 1 - i) & 1U) != 0 ? letters[i] : '-');
    return text;
}

std::string what_is(const struct stat& status) {
    if (S_ISDIR(status.st_mode)) return "a folder";
    if (S_ISREG(status.st_mode)) return "a file of " + std::to_string(status.st_size) + " bytes";
    return "neither a file nor a folder";
}

std::string describe_end(const std::string& path, int code, const std::string& last) {
    struct stat status {};
    std::string text = path + ": " + base::describe(code);
    if (::stat(last.c_str(), &status) == 0)
        text += "; " + last + " is " + owner_and_mode(status) + ", and this process is " + name_of_user(::geteuid());
    return text;
}

}  // namespace

std::string describe_way(const std::string& path) {
    struct stat status {};
    std::string last = "/";
    for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
        const std::string prefix = path.substr(0, slash);
        if (::stat(prefix.c_str(), &status) != 0) return describe_end(prefix, errno, last);
        if (slash == std::string::npos || slash + 1 == path.size()) break;
        last = prefix;
    }
    const bool readable = ::access(path.c_str(), R_OK) == 0;
    return path + ": " + what_is(status) + ", " + owner_and_mode(status) +
           (readable ? "" : ", which this process may not read");
}

}  // namespace os

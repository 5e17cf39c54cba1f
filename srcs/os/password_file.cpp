#include "os/password_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace os {

namespace {

constexpr std::uint64_t largest_file = 16 * 1024 * 1024;  // bytes

base::Result<std::string> read_all(int file, const std::string& path, std::uint64_t size) {
    if (size > largest_file) return base::Error::from_code(EFBIG, "read", path);
    std::string text(static_cast<std::size_t>(size), '\0');
    base::Result<std::size_t> got = read_at(file, 0, text);
    if (!got) return base::Error::from_code(got.error().code, "read", path);
    text.resize(*got);
    return text;
}

std::string why_unusable(base::PasswordScheme scheme, const std::string& hash, const Crypt& crypt) {
    switch (scheme) {
        case base::PasswordScheme::plain:
        case base::PasswordScheme::sha1:
        case base::PasswordScheme::salted_sha1:
        case base::PasswordScheme::apr1: return {};
        case base::PasswordScheme::crypt: break;
        case base::PasswordScheme::unknown:
            return "its password is not hashed in a known way; make the line with htpasswd(1) or openssl-passwd(1), "
                   "or write {PLAIN} in front of a password that may stand there as it is";
    }
    if (crypt.knows(hash)) return {};
    const std::string kind = hash.starts_with('$') ? "\"" + hash.substr(0, hash.find('$', 1) + 1) + "\"" : "DES";
    return crypt.available() ? "this machine's libcrypt doesn't know hashes of the kind " + kind
                             : "hashes of the kind " + kind + " need libcrypt, which this machine doesn't have";
}

void read_line(std::string_view line, unsigned number, const Crypt& crypt, PasswordFile& into) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) return;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return into.lines_without_colon.push_back(number);
    std::string_view hash = line.substr(colon + 1);
    hash = hash.substr(0, hash.find(':'));
    const auto [entry, is_new] = into.entries.try_emplace(std::string{line.substr(0, colon)});
    if (!is_new) return;
    entry->second = {.hash = std::string{hash}, .scheme = base::scheme_of(hash), .line = number, .unusable = {}};
    entry->second.unusable = why_unusable(entry->second.scheme, entry->second.hash, crypt);
}

}  // namespace

base::Result<PasswordFile> read_password_file(const std::string& path, const Crypt& crypt) {
    // Not to wait for the other side of a FIFO.
    const UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    if (!file) return base::Error::from_errno("open", path);
    base::Result<FileStatus> status = status_of(file.fd());
    if (!status) return status.error();
    if (status->kind == FileStatus::Kind::folder) return base::Error::from_code(EISDIR, "read", path);
    base::Result<std::string> text = read_all(file.fd(), path, status->size);
    if (!text) return text.error();
    PasswordFile read;
    read.status = *status;
    struct stat facts {};
    read.open_to_everyone = ::fstat(file.fd(), &facts) == 0 && (facts.st_mode & S_IROTH) != 0;
    unsigned number = 0;
    for (std::string_view rest = *text; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        read_line(line, ++number, crypt, read);
    }
    return read;
}

}  // namespace os

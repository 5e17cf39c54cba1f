// htpasswd files: `name:hash[:comment]` a line, `#` begins a comment.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/password.hpp"
#include "base/result.hpp"
#include "os/crypt.hpp"
#include "os/file.hpp"

namespace os {

struct PasswordEntry {
    std::string hash;
    base::PasswordScheme scheme = base::PasswordScheme::unknown;
    unsigned line = 0;     // from 1
    std::string unusable;  // why nobody can log in with it; empty: it can be checked
};

struct PasswordFile {
    std::map<std::string, PasswordEntry, std::less<>> entries;  // of a name that stands there twice the first counts
    std::vector<unsigned> lines_without_colon;
    FileStatus status;              // when it was opened
    bool open_to_everyone = false;  // any user of the machine may read it
};

// An Error carries the errno in `code`.
base::Result<PasswordFile> read_password_file(const std::string& path, const Crypt& crypt);

}  // namespace os

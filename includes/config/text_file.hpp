// Reading configuration files, and finding those that a pattern names. Knows nothing of what is in them.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace config {

// The whole file. An Error says what is wrong with it in words: no such file, a folder, more than `limit` bytes.
base::Result<std::string> read_text_file(const std::string& path, std::size_t limit);

bool has_wildcards(const std::string& pattern);

// The files that match, sorted by name (glob(7)); none is no error.
base::Result<std::vector<std::string>> matching_files(const std::string& pattern);

// One text for one file, however it is written: "device:inode". Empty when there is no such file.
std::string identity_of(const std::string& path);

}  // namespace config

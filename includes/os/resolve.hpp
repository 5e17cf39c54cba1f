// How a path is resolved: by the kernel at once, or component by component where each symbolic link is to be judged.
// The ways that os/file opens and looks by.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "os/file.hpp"
#include "os/unique_fd.hpp"

namespace os {

// One openat2(2) with these flags of open(2). Links::same_owner follows all: see resolve_owned().
base::Result<UniqueFd> resolve(int folder, std::string_view path, std::uint64_t flags, Links links);

// Each symbolic link on the way, and at its end, must belong to the owner of what it leads to in the end; else ELOOP.
// What is judged is what is followed: a link that is exchanged meanwhile gains nothing.
base::Result<UniqueFd> resolve_owned(int folder, std::string_view path, std::uint64_t flags);

}  // namespace os

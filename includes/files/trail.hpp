// The way that a path takes: through folders, and where a symbolic link leads. Whoever subscribes to it hears of every
// change that could lead the path elsewhere.
#pragma once

#include <string_view>

#include "files/root.hpp"
#include "files/watcher.hpp"

namespace files {

// Subscribes `observer` to each name on the way from the root to `relative`, as far as there is one. False: part of it
// can't be watched. Precondition: root.folder() is open.
bool watch_trail(Watcher& watcher, const Root& root, std::string_view relative, Observer& observer,
                 Subscriptions& subscriptions);

}  // namespace files

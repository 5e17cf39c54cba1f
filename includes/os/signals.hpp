// Signals as something to read: blocked for the process and delivered through a descriptor (signalfd(2)).
#pragma once

#include <initializer_list>
#include <optional>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace os {

// From here on these signals wait to be read. SIGPIPE is ignored as well: sendfile(2) has no flag against it.
base::Result<UniqueFd> open_signals(std::initializer_list<int> signals);

// Whether a terminal is where our input comes from: then HUP means that it hung up.
bool has_terminal();

// The next one that waits.
std::optional<int> next_signal(int descriptor);

}  // namespace os

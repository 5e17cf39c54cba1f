#include "os/signals.hpp"

#include <sys/signalfd.h>
#include <unistd.h>
#include <csignal>

namespace os {

base::Result<UniqueFd> open_signals(std::initializer_list<int> signals) {
    sigset_t set;
    ::sigemptyset(&set);
    for (int signal : signals) ::sigaddset(&set, signal);
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    if (::sigaction(SIGPIPE, &ignore, nullptr) != 0) return base::Error::from_errno("ignore", "SIGPIPE");
    if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) return base::Error::from_errno("block", "signals");
    UniqueFd descriptor{::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
    if (!descriptor) return base::Error::from_errno("open", "a signalfd");
    return descriptor;
}

bool has_terminal() { return ::isatty(STDIN_FILENO) == 1; }

std::optional<int> next_signal(int descriptor) {
    signalfd_siginfo info{};
    if (::read(descriptor, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return std::nullopt;
    return static_cast<int>(info.ssi_signo);
}

}  // namespace os

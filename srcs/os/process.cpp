#include "os/process.hpp"

#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <string_view>
#include <utility>

namespace os {

namespace {

struct SignalName {
    int number;
    std::string_view name;
};
// Those that end a process, for who reads the log; sigabbrev_np(3) is not in every libc.
constexpr auto signal_names = std::to_array<SignalName>({
    {SIGABRT, "SIGABRT"},
    {SIGALRM, "SIGALRM"},
    {SIGBUS, "SIGBUS"},
    {SIGFPE, "SIGFPE"},
    {SIGHUP, "SIGHUP"},
    {SIGILL, "SIGILL"},
    {SIGINT, "SIGINT"},
    {SIGKILL, "SIGKILL"},
    {SIGPIPE, "SIGPIPE"},
    {SIGQUIT, "SIGQUIT"},
    {SIGSEGV, "SIGSEGV"},
    {SIGSYS, "SIGSYS"},
    {SIGTERM, "SIGTERM"},
    {SIGTRAP, "SIGTRAP"},
    {SIGUSR1, "SIGUSR1"},
    {SIGUSR2, "SIGUSR2"},
    {SIGXCPU, "SIGXCPU"},
    {SIGXFSZ, "SIGXFSZ"},
});

}  // namespace

std::string Exit::to_string() const {
    if (!signal) return "ended with status " + std::to_string(status);
    const auto* row = std::ranges::find(signal_names, *signal, &SignalName::number);
    if (row == signal_names.end()) return "was killed by signal " + std::to_string(*signal);
    return "was killed by " + std::string{row->name};
}

void Child::signal(int number) const { ::kill(pid_, number); }

Exit Child::reap() const {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
    if (WIFSIGNALED(status)) return {.status = 0, .signal = WTERMSIG(status)};
    return {.status = WEXITSTATUS(status), .signal = std::nullopt};
}

base::Result<std::optional<Child>> fork_process() {
    // Inherited as ignored, it would take away how a child has ended (waitpid(2)).
    ::signal(SIGCHLD, SIG_DFL);
    const pid_t pid = ::fork();
    if (pid < 0) return base::Error::from_errno("fork", "a process");
    if (pid == 0) return std::optional<Child>{};
    // The C library's own name for it came late (glibc 2.36). It is CLOEXEC by itself.
    UniqueFd pidfd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
    if (pidfd) return std::optional<Child>{std::in_place, pid, std::move(pidfd)};
    const base::Error error = base::Error::from_errno("watch", "process " + std::to_string(pid));
    ::kill(pid, SIGKILL);
    static_cast<void>(Child{pid, UniqueFd{}}.reap());
    return error;
}

bool end_with_parent(pid_t parent, int signal) {
    // The parent may have gone before the kernel was told: then somebody else is the parent by now.
    return ::prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0) == 0 && ::getppid() == parent;
}

void ignore_signals(std::initializer_list<int> signals) {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    for (int signal : signals) ::sigaction(signal, &ignore, nullptr);
}

std::size_t usable_processors() {
    cpu_set_t set;
    CPU_ZERO(&set);
    // A machine with more processors than the set has bits for gives an error.
    const long count =
        ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : ::sysconf(_SC_NPROCESSORS_ONLN);
    return static_cast<std::size_t>(std::max(count, 1L));
}

base::Result<SharedMemory> SharedMemory::map(std::size_t size) {
    void* begin = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (begin == MAP_FAILED) return base::Error::from_errno("map", "shared memory");
    return SharedMemory{begin, size};
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : begin_(std::exchange(other.begin_, nullptr)), size_(other.size_) {}

SharedMemory::~SharedMemory() {
    if (begin_ != nullptr) ::munmap(begin_, size_);
}

}  // namespace os

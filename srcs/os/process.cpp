#include "os/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

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

// All that the child needs, ready before it is made: it shares our memory until it is another program, and so may
// change nothing in it and call nothing that does.
struct Plan {
    const char* program;
    char* const* arguments;
    char* const* environment;
    int input;
    int output;
    int complaints;
    int niceness;
    rlimit largest_output;
    pid_t parent;
};

constexpr int not_executed = 127;  // as a shell has it

[[noreturn]] void become(const Plan& plan) {
    // A parent that is gone already is not told of any more (prctl(2)).
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || ::getppid() != plan.parent) ::_exit(not_executed);
    ::setpgid(0, 0);
    ::setpriority(PRIO_PROCESS, 0, plan.niceness);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::setrlimit(RLIMIT_FSIZE, &plan.largest_output);
    // What is ignored or blocked here would be so there too (execve(2)).
    for (int signal : {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD, SIGXFSZ})
        ::signal(signal, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    const bool connected = ::dup2(plan.input, STDIN_FILENO) >= 0 && ::dup2(plan.output, STDOUT_FILENO) >= 0 &&
                           ::dup2(plan.complaints, STDERR_FILENO) >= 0;
    if (connected) ::execve(plan.program, plan.arguments, plan.environment);
    ::_exit(not_executed);
}

base::Result<Child> watched(pid_t pid) {
    // The C library's own name for it came late (glibc 2.36). It is CLOEXEC by itself.
    UniqueFd pidfd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
    if (pidfd) return Child{pid, std::move(pidfd)};
    const base::Error error = base::Error::from_errno("watch", "process " + std::to_string(pid));
    ::kill(pid, SIGKILL);
    static_cast<void>(Child{pid, UniqueFd{}}.reap());
    return error;
}

}  // namespace

std::string Exit::to_string() const {
    if (!signal) return "ended with status " + std::to_string(status);
    const auto* row = std::ranges::find(signal_names, *signal, &SignalName::number);
    if (row == signal_names.end()) return "was killed by signal " + std::to_string(*signal);
    return "was killed by " + std::string{row->name};
}

void Child::signal(int number) const { ::kill(pid_, number); }

void Child::kill_group() const { ::kill(-pid_, SIGKILL); }

bool Child::ends_within(base::Duration patience) const {
    pollfd end{.fd = pidfd_.fd(), .events = POLLIN, .revents = 0};
    return ::poll(&end, 1, static_cast<int>(patience.count())) > 0;
}

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
    base::Result<Child> child = watched(pid);
    if (!child) return child.error();
    return std::optional<Child>{std::move(child).value()};
}

std::string find_program(const std::string& name) {
    const char* configured = ::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody sets it
    std::string_view rest = configured != nullptr ? configured : "/usr/local/bin:/usr/bin:/bin";
    while (!rest.empty()) {
        const std::size_t colon = std::min(rest.find(':'), rest.size());
        const std::string path = std::string{rest.substr(0, colon)} + "/" + name;
        rest.remove_prefix(std::min(colon + 1, rest.size()));
        const auto is_file = [&path] {
            struct stat facts {};
            return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode);
        };
        if (path.starts_with('/') && ::access(path.c_str(), X_OK) == 0 && is_file()) return path;
    }
    return {};
}

base::Result<Child> spawn(const Filter& filter) {
    const UniqueFd nowhere{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
    if (!nowhere) return base::Error::from_errno("open", "/dev/null");
    std::string program = filter.program;
    std::vector<std::string> texts{filter.arguments.begin(), filter.arguments.end()};
    std::vector<char*> arguments{program.data()};
    for (std::string& text : texts) arguments.push_back(text.data());
    arguments.push_back(nullptr);
    std::string locale = "LC_ALL=C";
    const std::array<char*, 2> environment{locale.data(), nullptr};
    const Plan plan{
        .program = program.c_str(),
        .arguments = arguments.data(),
        .environment = environment.data(),
        .input = filter.input,
        .output = filter.output,
        .complaints = nowhere.fd(),
        .niceness = filter.niceness,
        .largest_output = {filter.largest_output, filter.largest_output},
        .parent = ::getpid(),
    };
    ::signal(SIGCHLD, SIG_DFL);  // as in fork_process()
    // vfork, because fork would copy the tables of a cache's worth of memory while nobody is served.
    const pid_t pid = ::vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork)
    if (pid == 0) become(plan);
    if (pid < 0) return base::Error::from_errno("start", filter.program);
    return watched(pid);
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

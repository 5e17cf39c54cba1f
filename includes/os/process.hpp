// Processes: forking one that serves, knowing when it ended and why, and memory that a process shares with those that
// it forks.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace os {

// How a process ended.
struct Exit {
    int status = 0;             // what it gave to exit
    std::optional<int> signal;  // that killed it instead

    bool in_order() const { return !signal && status == 0; }
    std::string to_string() const;  // "was killed by SIGSEGV", "ended with status 1"
};

// A process that we forked and have not yet reaped: until then its number is nobody else's.
class Child {
public:
    Child(pid_t pid, UniqueFd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}

    pid_t pid() const { return pid_; }
    int descriptor() const { return pidfd_.fd(); }  // readable once it has ended (pidfd_open(2))
    void signal(int number) const;

    // Kills it and what it has started. Only of a child that spawn() gave.
    void kill_group() const;

    // Waits for its end and reaps it; to be asked once.
    Exit reap() const;

    // Whether it has ended within `patience`; it is to be reaped then.
    bool ends_within(base::Duration patience) const;

private:
    pid_t pid_;
    UniqueFd pidfd_;
};

// A copy of this process, which goes on in both: nullopt in the copy. Where there are other threads, the copy may only
// do what needs none of their locks.
base::Result<std::optional<Child>> fork_process();

// The program `name` in the folders of PATH, as an absolute path; empty: there is none. Where PATH isn't set, the usual
// folders. Relative ones in it are passed over: they would mean something else from each place it is started at.
std::string find_program(const std::string& name);

// A program that reads one file and writes another one, and what it may use.
struct Filter {
    const std::string& program;              // absolute path
    std::span<const std::string> arguments;  // behind its name
    int input;                               // becomes its standard input; what it complains about goes nowhere
    int output;                              // becomes its standard output
    int niceness;                            // 0 to 19
    std::uint64_t largest_output;            // bytes; a program that writes more fails (setrlimit(2), RLIMIT_FSIZE)
};

// Starts it in a process group of its own, without any shell and with hardly an environment. It has no descriptor of
// ours but these two, and the kernel kills it when this process ends, however it ends. Memory isn't copied for it, so
// that it costs the same whatever this process holds.
base::Result<Child> spawn(const Filter& filter);

// From here on this process gets `signal` when `parent`, which forked it, is gone; false: it is gone already. To be
// asked after the user was switched, which forgets it (prctl(2)).
bool end_with_parent(pid_t parent, int signal);

void ignore_signals(std::initializer_list<int> signals);

// The processors that this process may run on, 1 at the least.
std::size_t usable_processors();

// Zeroed memory that processes forked from now on share with this one.
class SharedMemory {
public:
    static base::Result<SharedMemory> map(std::size_t size);

    SharedMemory(SharedMemory&& other) noexcept;
    SharedMemory& operator=(SharedMemory&&) = delete;
    ~SharedMemory();

    void* begin() const { return begin_; }  // aligned to a page

private:
    SharedMemory(void* begin, std::size_t size) : begin_(begin), size_(size) {}

    void* begin_;
    std::size_t size_;
};

}  // namespace os

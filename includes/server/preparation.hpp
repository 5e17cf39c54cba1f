// What is opened before anybody serves, with the rights that the server was started with, so that whatever can fail
// fails at the start: limits, logs, listening sockets, the pid file. One process that serves takes it all; a master
// hands each worker its share.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "os/left_file.hpp"
#include "os/socket.hpp"
#include "server/counters.hpp"
#include "server/site.hpp"

namespace server {

struct ListeningSocket {
    std::size_t index;  // in Settings::sockets
    os::UniqueFd descriptor;
};

// What one event loop listens on.
using SocketSet = std::vector<ListeningSocket>;

struct Prepared {
    std::shared_ptr<const config::Settings> settings;
    Logs logs;
    std::vector<SocketSet> socket_sets;    // one a process
    std::vector<os::Endpoint> endpoints;   // of each set, with the ports that the kernel chose
    std::vector<os::LeftFile> left_files;  // the sockets' and the pid file
    CounterTable counters;                 // a place a process
    std::uint64_t descriptor_limit;        // of each process
    std::optional<std::string> warning;    // for the error log
};

// For as many processes as are to serve. What fails is said with its place in the configuration where it has one.
base::Result<Prepared> prepare(std::shared_ptr<const config::Settings> settings, std::size_t processes);

// What a master tells its workers to do, by signals that a terminal doesn't send.
inline constexpr int drain_order = SIGTERM;
inline constexpr int cut_order = SIGUSR2;
inline constexpr int reopen_order = SIGUSR1;

// What one process serves with.
struct Equipment {
    std::shared_ptr<const config::Settings> settings;
    Logs logs;
    SocketSet sockets;
    std::vector<os::LeftFile> left_files;  // empty for a worker: they are its master's
    CounterTable counters;
    std::size_t place = 0;  // in `counters`
    std::uint64_t descriptor_limit = 0;
    std::optional<pid_t> master;         // whose worker this is
    std::optional<std::string> warning;  // for the error log, where no master has written it
};

// For the one process that does without a master.
Equipment equipment_of_all(Prepared prepared);

}  // namespace server

// What the server has done since its start, in numbers: one slot for each process that serves, in memory that they and
// their master share. Each number is written by one process alone, with plain relaxed stores, so that counting costs
// no more than an addition; whoever reads the sum may be an event behind.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/result.hpp"
#include "os/process.hpp"

namespace server {

class Counter {
public:
    void add(std::uint64_t count) { value_.store(value() + count, std::memory_order_relaxed); }
    void subtract(std::uint64_t count) { value_.store(value() - count, std::memory_order_relaxed); }
    void clear() { value_.store(0, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "another process can't share a lock");
};

// A pair of cache lines, which is what processors fetch: no process slows another one down by counting.
inline constexpr std::size_t counter_alignment = 128;

// Of one place among the workers, whoever serves there: who replaces a worker that died counts on from its numbers.
struct alignas(counter_alignment) Counters {
    // Written by the process that serves.
    Counter accepted;       // connections
    Counter open;           // of these, still there
    Counter requests;       // that were answered, or whose client went away before; as many as access log lines
    Counter content_bytes;  // of responses, as the access log counts them

    void answered(std::uint64_t bytes) {
        requests.add(1);
        content_bytes.add(bytes);
    }

    // Written by the master.
    alignas(counter_alignment) Counter replaced;  // workers that died here and were replaced
};

struct Totals {
    std::uint64_t accepted = 0;
    std::uint64_t open = 0;
    std::uint64_t requests = 0;
    std::uint64_t content_bytes = 0;
    std::uint64_t replaced = 0;
};

// "served 12 requests on 3 connections"
std::string to_string(const Totals& totals);

class CounterTable {
public:
    static base::Result<CounterTable> open(std::size_t places);

    Counters& of(std::size_t place) const { return slots_[place]; }
    Totals sum() const;

private:
    CounterTable(os::SharedMemory memory, std::size_t places);

    os::SharedMemory memory_;
    std::span<Counters> slots_;
};

}  // namespace server

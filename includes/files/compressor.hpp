// Compresses files by the machine's own programs, once for each version and off every request's path: a child at the
// lowest priority reads the file and writes into a file in memory; when it ends, which a descriptor in the epoll tells,
// the result goes to the cache. Until then, and where nothing comes of it, the file is served as it is.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "files/cache.hpp"
#include "files/variant.hpp"
#include "net/event_loop.hpp"
#include "net/timers.hpp"
#include "os/log.hpp"
#include "os/process.hpp"

namespace files {

struct CompressorLimits {
    std::size_t children = 0;   // at once
    std::size_t queue = 0;      // files that wait for one of them
    base::Duration timeout{};   // of one child, which is killed then
    std::uint64_t largest = 0;  // bytes of a file that is compressed
};

// How strongly; what the programs make of it is their business.
struct Effort {
    unsigned level = 0;
    unsigned window = 0;  // the logarithm of its size in bytes; 0: the program's own choice
};

class Compressor {
public:
    // Absolute paths, index_of() each; empty where there is none.
    using Programs = std::array<std::string, http::coding_count>;

    // Everything given must outlive the compressor.
    struct Ground {
        Cache& cache;
        const base::Clock& clock;
        net::EventLoop& loop;
        net::Timers& timers;
        os::ErrorLog& log;
    };
    Compressor(Programs programs, const CompressorLimits& limits, const Ground& ground);
    Compressor(const Compressor&) = delete;
    Compressor& operator=(const Compressor&) = delete;
    // Kills the children.
    ~Compressor();

    enum class Outlook : std::uint8_t {
        none,   // it can't be had, or isn't smaller
        later,  // it isn't there, but would be some time after start()
        ready,
    };
    struct Found {
        Outlook outlook = Outlook::none;
        EntryRef variant{};  // where it is ready
    };
    // The content of `original` in `coding`. One that isn't in the cache has none.
    Found find(const Entry& original, http::ContentCoding coding);

    // Has it made, unless that is under way or too much is already. The first one's effort counts.
    void start(EntryRef original, http::ContentCoding coding, const Effort& effort);

private:
    struct Job {
        EntryRef original;
        http::ContentCoding coding = http::ContentCoding::identity;
        Effort effort;
    };

    // A child's place; the children come and go.
    struct Bench final : net::Watcher, net::TimerOwner {
        Bench(Compressor& compressor, net::Timers& timers) : owner(compressor), timer(timers, *this) {}
        void on_turn() override { owner.finish(*this); }
        void on_deadline() override;

        Compressor& owner;
        net::Timer timer;
        Job job;
        std::uint64_t limit = 0;  // bytes that the result may have
        bool timed_out = false;
        os::UniqueFd result;
        std::optional<os::Child> child;  // none: the place is free
        std::optional<net::Watch> watch;
    };

    bool is_under_way(const Entry& original, http::ContentCoding coding) const;
    void start_waiting();
    base::Result<void> run(Bench& bench);
    void finish(Bench& bench);
    VariantContent take_result(Bench& bench, const os::Exit& exit);
    void complain(const Job& job, std::string_view what);

    Programs programs_;
    CompressorLimits limits_;
    Ground ground_;
    std::deque<Job> waiting_;
    std::vector<std::unique_ptr<Bench>> benches_;
    base::Instant resumes_at_{};  // the machine had no room for a child: not before this
    os::RateLimit complaints_;
};

}  // namespace files

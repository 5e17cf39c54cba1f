#include "files/compressor.hpp"

#include <algorithm>
#include <utility>

#include "os/memory_file.hpp"

namespace files {

namespace {

constexpr int niceness = 19;
constexpr base::Duration pause_after_failure{5'000};
constexpr base::Duration patience_at_the_end{1'000};

// The same bytes for the same file wherever they are made: no name, no time. `size`: of the file.
std::vector<std::string> arguments_for(http::ContentCoding coding, const Effort& effort, std::uint64_t size) {
    const std::string level = std::to_string(effort.level);
    const std::string stream_size = "--stream-size=" + std::to_string(size);
    switch (coding) {
        case http::ContentCoding::identity: break;
        case http::ContentCoding::gzip: return {"-n", "-c", "-" + level};
        case http::ContentCoding::br: return {"-c", "-q", level, "-w", std::to_string(effort.window)};
        case http::ContentCoding::zstd:
            // Clients needn't take a window of more than 8 MiB (RFC 9659 3), which the levels from 20 on would use.
            // Told the size, it takes no more memory than that needs.
            if (effort.level < 20) return {"-q", "-c", "--no-check", "-T1", stream_size, "-" + level};
            return {"-q", "-c", "--no-check", "-T1", stream_size, "--ultra", "-" + level, "--zstd=wlog=23"};
    }
    return {};
}

bool same(const Entry& a, const Entry& b) {
    return &a == &b || (a.status().same_version(b.status()) && a.etag() == b.etag());
}

}  // namespace

void Compressor::Bench::on_deadline() {
    timed_out = true;
    if (child) child->kill_group();
}

Compressor::Compressor(Programs programs, const CompressorLimits& limits, const Ground& ground)
    : programs_(std::move(programs)), limits_(limits), ground_(ground) {
    for (std::size_t i = 0; i < limits_.children; ++i)
        benches_.push_back(std::make_unique<Bench>(*this, ground_.timers));
}

Compressor::~Compressor() {
    for (const auto& bench : benches_) {
        if (bench->child) bench->child->kill_group();
    }
    for (const auto& bench : benches_) {
        // One that hangs on a disk even so is left to the system.
        if (bench->child && bench->child->ends_within(patience_at_the_end)) static_cast<void>(bench->child->reap());
        bench->watch.reset();
    }
}

Compressor::Found Compressor::find(const Entry& original, http::ContentCoding coding) {
    if (programs_[http::index_of(coding)].empty() || !original.is_cached()) return {};
    EntryRef variant = ground_.cache.find_variant(original, coding);
    if (variant && variant->failure() != 0) return {};
    if (variant) return {Outlook::ready, std::move(variant)};
    const std::uint64_t size = original.status().size;
    constexpr std::uint64_t least = 2;  // bytes: what is smaller can't get smaller
    return {size >= least && size <= limits_.largest ? Outlook::later : Outlook::none};
}

bool Compressor::is_under_way(const Entry& original, http::ContentCoding coding) const {
    const auto is_it = [&](const Job& job) { return job.coding == coding && same(*job.original, original); };
    const auto makes_it = [&](const auto& bench) { return bench->child && is_it(bench->job); };
    return std::ranges::any_of(benches_, makes_it) || std::ranges::any_of(waiting_, is_it);
}

void Compressor::start(EntryRef original, http::ContentCoding coding, const Effort& effort) {
    const base::Instant now = ground_.clock.now();
    if (now < resumes_at_ || waiting_.size() >= limits_.queue || is_under_way(*original, coding)) return;
    // Of an open file a change that follows at once may not show in its times: it is waited until it would.
    if (!original->in_memory() && is_young(original->status(), ground_.clock.wall())) return;
    waiting_.push_back({std::move(original), coding, effort});
    start_waiting();
}

void Compressor::start_waiting() {
    for (const auto& bench : benches_) {
        while (!bench->child && !waiting_.empty()) {
            bench->job = std::move(waiting_.front());
            waiting_.pop_front();
            if (bench->job.original->has_changed()) continue;
            base::Result<void> started = run(*bench);
            if (started) break;
            complain(bench->job, started.error().message);
            bench->job = {};
            bench->result.reset();
            waiting_.clear();  // they come back with the next request
            resumes_at_ = ground_.clock.now() + pause_after_failure;
        }
    }
}

base::Result<void> Compressor::run(Bench& bench) {
    const Job& job = bench.job;
    const Entry& original = *job.original;
    base::Result<os::UniqueFd> input =
        original.in_memory() ? os::open_memory_file("webserv original") : os::open_again(original.file());
    if (!input) return input.error();
    // What is in memory is one version for certain, whatever becomes of the file.
    if (original.in_memory()) {
        if (auto filled = os::fill_memory_file(input->fd(), original.content()); !filled) return filled;
    }
    base::Result<os::UniqueFd> result = os::open_memory_file("webserv variant");
    if (!result) return result.error();
    bench.limit = std::min(original.status().size - 1, ground_.cache.largest_variant());
    bench.timed_out = false;
    base::Result<os::Child> child = os::spawn({
        .program = programs_[http::index_of(job.coding)],
        .arguments = arguments_for(job.coding, job.effort, original.status().size),
        .input = input->fd(),
        .output = result->fd(),
        .niceness = niceness,
        .largest_output = bench.limit + 1,
    });
    if (!child) return child.error();
    bench.result = std::move(result).value();
    bench.child = std::move(child).value();
    bench.watch.emplace(ground_.loop, bench.child->descriptor(), EPOLLIN, bench);
    bench.timer.set(ground_.clock.now() + limits_.timeout);
    if (bench.watch->registered()) return {};
    bench.child->kill_group();
    static_cast<void>(bench.child->reap());
    bench.watch.reset();
    bench.child.reset();
    bench.timer.cancel();
    return base::Error{"the kernel's limit of epoll watches is reached"};
}

void Compressor::finish(Bench& bench) {
    bench.timer.cancel();
    bench.child->kill_group();  // whatever it has left behind
    const os::Exit exit = bench.child->reap();
    bench.watch.reset();
    bench.child.reset();
    const EntryRef original = bench.job.original;
    const base::Result<os::FileStatus> now =
        original->in_memory() ? base::Result{original->status()} : os::status_of(original->file());
    const bool changed = original->has_changed() || !now || !now.value().same_version(original->status());
    if (!changed) ground_.cache.keep_variant(*original, bench.job.coding, take_result(bench, exit));
    bench.job = {};
    bench.result.reset();
    start_waiting();
}

// Empty where it isn't worth it: too large, or no result at all.
VariantContent Compressor::take_result(Bench& bench, const os::Exit& exit) {
    const base::Result<os::FileStatus> status = os::status_of(bench.result.fd());
    if (!status) return {};
    const std::uint64_t size = status.value().size;
    if (size > bench.limit) return {};
    if (!exit.in_order() || size == 0) {
        const std::string reason = bench.timed_out                ? "took too long"
                                   : size == 0 && exit.in_order() ? "wrote nothing"
                                                                  : exit.to_string();
        complain(bench.job, programs_[http::index_of(bench.job.coding)] + " " + reason);
        return {};
    }
    os::seal_memory_file(bench.result.fd());
    const base::Result<os::MappedFile> mapped = os::MappedFile::map(bench.result.fd(), static_cast<std::size_t>(size));
    if (!mapped) return {};
    const std::string_view bytes = mapped.value().content();
    VariantContent content{.memory = nullptr, .file = {}, .size = size, .etag = entity_tag(bytes)};
    if (size <= Cache::largest_content) {
        content.memory.reset(new char[Entry::head_room + bytes.size()]);
        std::ranges::copy(bytes, content.memory.get() + Entry::head_room);
    } else {
        content.file = std::move(bench.result);
    }
    return content;
}

void Compressor::complain(const Job& job, std::string_view what) {
    if (!complaints_.pass(ground_.clock.now())) return;
    ground_.log.write(os::LogLevel::error, job.original->shown() + " is served without " +
                                               std::string{http::name_of(job.coding)} + ": " + std::string{what});
}

}  // namespace files

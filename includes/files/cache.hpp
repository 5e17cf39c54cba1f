// Paths and what they stand for, kept while nothing changes: never stale where the kernel tells of changes, and
// at most a second behind where only the status of a file does (other machines, mounts, watches that are used up).
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/intrusive_list.hpp"
#include "files/entry.hpp"
#include "files/root.hpp"
#include "files/variant.hpp"
#include "files/watcher.hpp"
#include "net/timers.hpp"

namespace files {

struct CacheLimits {
    std::size_t entries = 0;     // 0: nothing is kept
    std::uint64_t bytes = 0;     // of memory, content and what is known about it
    std::size_t open_files = 0;  // of the entries: those that keep a descriptor
    base::Duration inactive{};   // what nobody has asked for so long goes; at the latest after twice the time
};

class Cache final : net::TimerOwner {
public:
    // Files up to this size are kept in memory.
    static constexpr std::uint64_t largest_content = 64 * 1024;  // bytes

    // Everything given must outlive the cache, and the cache the roots that it is asked about.
    Cache(const CacheLimits& limits, Watcher& watcher, const base::Clock& clock, net::Timers& timers);
    Cache(const Cache&) = delete;
    Cache& operator=(const Cache&) = delete;
    ~Cache();

    enum class Keep : bool { no, yes };

    // What is done about a small file that isn't in the machine's memory.
    enum class Wait : bool {
        here,       // it is read, however long the disk takes
        elsewhere,  // an entry that is_cold() is given, and not kept: the caller has the file fetched and asks again
    };

    // What `relative` stands for beneath `root` at this moment; never null. A slash at its end doesn't count. `no`: it
    // is looked up anew and not kept.
    EntryRef find(Root& root, std::string_view relative, Keep keep, Wait wait);

    // What was kept of compressing this version of the file; null: nothing is known. One with a failure() says that it
    // isn't worth it.
    EntryRef find_variant(const Entry& original, http::ContentCoding coding);
    void keep_variant(const Entry& original, http::ContentCoding coding, VariantContent content);

    // Bytes of the largest one that is kept: one must not push out everything else.
    std::uint64_t largest_variant() const { return limits_.bytes / 8; }

    // Descriptors run short: those that are only kept for later are closed.
    void close_spare_files();

private:
    friend class Entry;
    using Queue = base::IntrusiveList<Entry>;

    EntryRef load(Root& root, std::string_view path, std::uint64_t hash, bool keep, Wait wait);
    bool read_file(Entry& entry, os::UniqueFd file, bool watched, Wait wait);
    bool is_fresh(Entry& entry);
    bool admits(std::uint64_t hash);
    void take_back_look(std::uint64_t hash, bool admitted);
    void insert(Entry& entry);
    void make_room();
    void drop(Entry& entry);
    void drop_changed(Entry& entry);
    Entry* look_up(const Root* root, std::string_view path, std::uint64_t hash);
    std::uint64_t hash_of(std::string_view path, const Root* root) const;
    void shrink(Queue& queue);
    Queue& queue_of(const Entry& entry) { return entry.file_ ? open_ : closed_; }
    Entry*& bucket(std::uint64_t hash) { return buckets_[hash & (buckets_.size() - 1)]; }
    void on_deadline() override;
    void drop_inactive(Queue& queue);

    CacheLimits limits_;
    Watcher& watcher_;
    const base::Clock& clock_;
    std::uint64_t seed_;
    std::vector<Entry*> buckets_;      // a power of two; each the head of a chain
    std::vector<std::uint32_t> seen_;  // fingerprints of what was turned away while the cache was full
    Queue closed_;                     // in the order of their second chances: who is at the front goes next
    Queue open_;                       // those with a descriptor
    std::size_t count_ = 0;
    std::size_t open_count_ = 0;
    std::uint64_t bytes_ = 0;
    net::Timer timer_;
};

}  // namespace files

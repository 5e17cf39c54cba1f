// What a path stands for, as it was found: a file with its status, validators and, where it is small, its content; a
// folder; or nothing. Never changes once it is built, but for the answer prepared beside it; shared by the cache
// and by the responses that use it, so that it outlives its place in the cache.
#pragma once

#include <cstdint>
#include <ctime>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/counted.hpp"
#include "base/intrusive_list.hpp"
#include "files/content.hpp"
#include "files/watcher.hpp"
#include "os/file.hpp"
#include "os/unique_fd.hpp"

namespace files {

class Cache;
class Root;

// What somebody has made ready for this entry and one set of settings: kept with the entry, since it is right as long
// as the entry is.
struct PreparedAnswer {
    const void* variant = nullptr;  // the settings that it was made for; null: nothing is prepared
    std::uint8_t form = 0;          // which of the answers that these settings have for this entry
    std::time_t right_until = 0;    // 0: for ever. From this second on it has to be made anew
    std::string_view whole;         // a complete answer, head and content in one piece; empty: there is none
    std::size_t head_size = 0;      // bytes of `whole` before the content
    std::time_t date_second = 0;    // what the Date in `whole` says
    std::span<char> date;           // where it stands, to be written over
    std::string fields;             // field lines of a 200
    // Content-Type; Accept-Ranges; Last-Modified, ETag and what is added, which a 304 repeats.
    std::size_t type_end = 0;
    std::size_t validators_begin = 0;
    std::size_t etag_begin = 0;
    // Where in `fields` the value of an Expires begins that moves on with time; 0: there is none.
    std::size_t expires_begin = 0;
    std::int64_t lifetime = 0;       // seconds by which it is later than Date
    std::time_t expires_second = 0;  // the Date that it fits to
    std::span<char> expires{};       // where it stands in `whole`
};

class Entry final : public base::Counted, Observer, base::Link {
public:
    // For a head in front of the content, so that both are one piece of memory: enough for most heads.
    static constexpr std::size_t head_room = 512;  // bytes

    // 0, or why nothing could be opened: the errno.
    int failure() const { return failure_; }
    const os::FileStatus& status() const { return status_; }  // where there was no failure

    // Whether content() holds the whole file; else file() is open, if it is a regular file at all.
    bool in_memory() const { return memory_ != nullptr; }
    std::string_view content() const { return {memory_.get() + head_room_, content_size_}; }
    std::size_t memory_size() const { return in_memory() ? head_room_ + content_size_ : 0; }  // bytes
    int file() const { return file_.fd(); }

    // The file is small, but its content is still on disk: file() is open, and nothing else is known. Only where
    // somebody is ready to wait (Cache::Wait).
    bool is_cold() const { return cold_; }

    // With its quotes; strong. Of content in memory a hash of it, else of size, times and inode. Empty for a folder.
    const std::string& etag() const { return etag_; }

    // Of an open file, as it was found; else null.
    const Samples* samples() const { return samples_.get(); }

    // Memory of at least `size` bytes in front of the content, which may move. Preconditions: in_memory(),
    // may_be_prepared_anew().
    std::span<char> head_memory(std::size_t size);

    bool is_cached() const { return cache_ != nullptr; }

    // Whether it is a file's content in another coding: kept while there is room, by its file's version.
    bool is_variant() const { return root_ == nullptr && !path_.empty(); }

    // Whether what it stands for has changed, as far as that was told while it was cached.
    bool has_changed() const { return changed_; }

    std::string shown() const;  // where it is, in quotes, escaped, for log lines; only while it is cached, or was

    // Whether it would have left the cache if anything had changed.
    bool is_watched() const { return is_cached() && watched_; }

    // How far from its beginning on the open file was seen in the machine's memory, and when; kept by who sends it.
    struct Residence {
        std::uint64_t up_to = 0;  // bytes
        base::Instant seen{};
    };
    Residence& residence() { return residence_; }

    // Nobody but the cache and the one who asks holds this entry: what is prepared may be replaced.
    bool may_be_prepared_anew() const { return references() <= 2; }
    PreparedAnswer& prepared() { return prepared_; }

    // Why the path can't be opened, in words, found out once; null: not yet.
    std::shared_ptr<const std::string>& explanation() { return explanation_; }

private:
    friend class Cache;
    friend class base::IntrusiveList<Entry>;

    void on_change() override;

    // What is looked at for each answer stands together.
    Cache* cache_ = nullptr;  // null: the entry is in no cache
    Entry* next_ = nullptr;   // in the same bucket
    std::uint64_t hash_ = 0;
    Root* root_ = nullptr;          // null: it is a file's content in another coding, and `path_` a VariantKey
    std::uint64_t generation_ = 0;  // of the root
    std::string path_;
    base::Instant checked_at_{};
    base::Instant used_at_{};
    std::unique_ptr<char[]> memory_;  // head_room_ bytes, then the content
    std::size_t head_room_ = head_room;
    std::size_t content_size_ = 0;
    int failure_ = 0;
    os::UniqueFd file_;
    bool cold_ = false;
    bool watched_ = false;  // all that it depends on
    bool changed_ = false;
    bool doubtful_ = false;  // not watched, and so young that its status can't tell it from a version that follows
    PreparedAnswer prepared_;
    os::FileStatus status_;

    base::Instant queued_at_{};
    Residence residence_;
    std::string etag_;
    std::unique_ptr<Samples> samples_;
    std::shared_ptr<const std::string> explanation_;
    Subscriptions subscriptions_;
};

using EntryRef = base::Ref<Entry>;

}  // namespace files

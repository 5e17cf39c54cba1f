#include "files/cache.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <chrono>

#include "base/ascii.hpp"
#include "base/hash.hpp"
#include "files/content.hpp"
#include "files/trail.hpp"
#include "os/page_cache.hpp"

namespace files {

namespace {

constexpr base::Duration revalidation_interval{1'000};

// What can be kept of failures: that there is nothing. Others pass, or depend on more than can be watched.
bool means_absence(int code) { return code == ENOENT || code == ENOTDIR; }

std::uint64_t size_of(const Entry& entry, std::size_t path_size) {
    constexpr std::uint64_t subscriptions = 256;  // bytes of the three or four that an entry usually has
    const std::uint64_t memory_file = entry.is_variant() && !entry.in_memory() ? entry.status().size : 0;
    return sizeof(Entry) + subscriptions + path_size + entry.memory_size() + memory_file;
}

bool is_unchanged(int file, const os::FileStatus& status) {
    const base::Result<os::FileStatus> now = os::status_of(file);
    return now && now.value().same_version(status);
}

bool is_on_disk(int file, std::uint64_t size) {
    return size > 0 && os::residence_of(file, 0, size) == os::Residence::on_disk;
}

std::string_view without_slash_at_end(std::string_view path) {
    while (path.ends_with('/')) path.remove_suffix(1);
    return path;
}

}  // namespace

Cache::Cache(const CacheLimits& limits, Watcher& watcher, const base::Clock& clock, net::Timers& timers)
    : limits_(limits),
      watcher_(watcher),
      clock_(clock),
      seed_(base::random_seed()),
      buckets_(std::bit_ceil(std::max<std::size_t>(limits.entries, 1)), nullptr),
      timer_(timers, *this) {}

Cache::~Cache() {
    while (!closed_.empty()) drop(closed_.front());
    while (!open_.empty()) drop(open_.front());
}

EntryRef Cache::find(Root& root, std::string_view relative, Keep keep, Wait wait) {
    const std::string_view path = without_slash_at_end(relative);
    if (keep == Keep::no || limits_.entries == 0) return load(root, path, 0, false, wait);
    const std::uint64_t hash = hash_of(path, &root);
    if (Entry* known = look_up(&root, path, hash)) {
        if (is_fresh(*known)) {
            known->used_at_ = clock_.now();
            return EntryRef{known};
        }
        known->changed_ = true;
        drop_changed(*known);
    }
    const bool admitted = admits(hash);
    EntryRef entry = load(root, path, hash, admitted, wait);
    if (entry->is_cold()) take_back_look(hash, admitted);
    return entry;
}

std::uint64_t Cache::hash_of(std::string_view path, const Root* root) const {
    return base::hash(path, seed_ ^ reinterpret_cast<std::uintptr_t>(root));
}

Entry* Cache::look_up(const Root* root, std::string_view path, std::uint64_t hash) {
    for (Entry* entry = bucket(hash); entry != nullptr; entry = entry->next_) {
        if (entry->hash_ == hash && entry->root_ == root && entry->path_ == path) return entry;
    }
    return nullptr;
}

EntryRef Cache::find_variant(const Entry& original, http::ContentCoding coding) {
    const VariantKey key{original, coding};
    Entry* variant = look_up(nullptr, key.bytes(), hash_of(key.bytes(), nullptr));
    if (variant == nullptr) return {};
    variant->used_at_ = clock_.now();
    return EntryRef{variant};
}

void Cache::keep_variant(const Entry& original, http::ContentCoding coding, VariantContent content) {
    if (find_variant(original, coding)) return;
    const VariantKey key{original, coding};
    const EntryRef reference{new Entry};
    Entry& variant = *reference;
    variant.path_ = key.bytes();
    variant.hash_ = hash_of(key.bytes(), nullptr);
    variant.checked_at_ = variant.used_at_ = clock_.now();
    variant.failure_ = content.size == 0 ? EFBIG : 0;
    variant.status_ = original.status();
    variant.status_.size = content.size;
    variant.watched_ = true;  // it never changes
    variant.memory_ = std::move(content.memory);
    variant.content_size_ = variant.memory_ ? static_cast<std::size_t>(content.size) : 0;
    variant.file_ = std::move(content.file);
    variant.etag_ = std::move(content.etag);
    insert(variant);
}

// Nobody will ask for what belongs to the version that is gone.
void Cache::drop_changed(Entry& entry) {
    for (http::ContentCoding coding : http::content_codings) {
        if (const EntryRef variant = find_variant(entry, coding)) drop(*variant);
    }
    drop(entry);
}

bool Cache::is_fresh(Entry& entry) {
    const base::Instant now = clock_.now();
    if (!entry.root_->refresh(now) || entry.root_->generation() != entry.generation_) return false;
    // What is sent from the file shows a change at once, told or not: so must its validators.
    if (entry.file_ && !is_unchanged(entry.file(), entry.status_)) return false;
    if (now - entry.checked_at_ < revalidation_interval) return true;
    if (entry.doubtful_) return false;
    entry.checked_at_ = now;
    const base::Result<os::FileStatus> status = entry.root_->glance_at(entry.path_);
    if (!status) return entry.failure_ == status.error().code;
    return entry.failure_ == 0 && entry.status_.same_version(status.value());
}

EntryRef Cache::load(Root& root, std::string_view path, std::uint64_t hash, bool keep, Wait wait) {
    const EntryRef reference{new Entry};
    Entry& entry = *reference;
    const base::Instant now = clock_.now();
    // Its folder may be why the path is looked up anew: what was beneath it is dropped when it goes.
    if (auto refreshed = root.look_again(now); !refreshed) {
        entry.failure_ = refreshed.error().code;
        return reference;
    }
    entry.root_ = &root;
    entry.generation_ = root.generation();
    entry.hash_ = hash;
    entry.checked_at_ = entry.used_at_ = now;
    // Watched before it is looked at: what changes in between is told of.
    if (keep) {
        entry.path_ = path;
        entry.watched_ = watch_trail(watcher_, root, path, entry, entry.subscriptions_);
    }
    base::Result<os::UniqueFd> file = root.open(path, now);
    if (!file && (file.error().code == EMFILE || file.error().code == ENFILE)) {
        close_spare_files();
        file = root.open(path, now);
    }
    if (!file) {
        entry.failure_ = file.error().code;
        keep = keep && means_absence(entry.failure_);
    } else {
        const bool can_be_kept = read_file(entry, std::move(file).value(), keep, wait);
        keep = keep && can_be_kept;
    }
    if (keep) {
        insert(entry);
    } else {
        entry.subscriptions_.clear();
    }
    return reference;
}

// Whether what was read can be kept.
bool Cache::read_file(Entry& entry, os::UniqueFd file, bool watched, Wait wait) {
    base::Result<os::FileStatus> status = os::status_of(file.fd());
    // A folder is watched by the names in it: a watch of its own would take that one's place, being on the same inode.
    if (watched && status && status->kind == os::FileStatus::Kind::regular) {
        const Watcher::Outcome outcome = watcher_.watch_file(file.fd(), entry, entry.subscriptions_);
        const bool told = outcome == Watcher::Outcome::watched && os::tells_of_changes(file.fd());
        entry.watched_ = entry.watched_ && told;
        status = os::status_of(file.fd());
    }
    if (!status) {
        entry.failure_ = status.error().code;
        return false;
    }
    entry.status_ = status.value();
    if (entry.status_.kind != os::FileStatus::Kind::regular) return true;
    const bool small = entry.status_.size <= largest_content;
    if (small && wait == Wait::elsewhere && is_on_disk(file.fd(), entry.status_.size)) {
        entry.cold_ = true;
        entry.file_ = std::move(file);
        return false;
    }
    bool settled = true;
    if (small) {
        Content content = read_content(file.fd(), Entry::head_room, largest_content, clock_.wall());
        settled = content.settled;
        entry.failure_ = content.failure;
        entry.status_ = content.status;
        entry.memory_ = std::move(content.memory);
        entry.content_size_ = content.size;
    }
    entry.doubtful_ = !entry.watched_ && is_young(entry.status_, clock_.wall());
    entry.etag_ = entry.in_memory() ? entity_tag(entry.content()) : entity_tag(entry.status_);
    if (!entry.in_memory()) {
        entry.samples_ = std::make_unique<Samples>(file.fd(), entry.status_.size);
        entry.file_ = std::move(file);
    }
    return settled && entry.failure_ == 0;
}

// While there is room, everything is kept; afterwards only what is asked for again, so that a walk through paths that
// are asked for once doesn't wash out what is in use.
bool Cache::admits(std::uint64_t hash) {
    const bool full = count_ >= limits_.entries || bytes_ + largest_content > limits_.bytes;
    if (!full) return true;
    constexpr std::size_t fingerprints = 64 * 1024;
    if (seen_.empty()) seen_.resize(fingerprints);
    std::uint32_t& place = seen_[hash % fingerprints];
    const auto fingerprint = static_cast<std::uint32_t>(hash >> 32);
    const bool again = place == fingerprint;
    place = again ? 0 : fingerprint;
    return again;
}

// The look that found the file on disk doesn't count: the same request looks again.
void Cache::take_back_look(std::uint64_t hash, bool admitted) {
    if (seen_.empty()) return;
    seen_[hash % seen_.size()] = admitted ? static_cast<std::uint32_t>(hash >> 32) : 0;
}

void Cache::insert(Entry& entry) {
    entry.cache_ = this;
    entry.queued_at_ = clock_.now();
    queue_of(entry).push_back(entry);
    entry.next_ = std::exchange(bucket(entry.hash_), &entry);
    ++count_;
    if (entry.file_) ++open_count_;
    bytes_ += size_of(entry, entry.path_.size());
    EntryRef{&entry}.keep();
    make_room();
    if (count_ == 1) timer_.set(clock_.now() + limits_.inactive);
}

void Cache::make_room() {
    while (open_count_ > limits_.open_files && open_count_ > 1) shrink(open_);
    while (count_ > limits_.entries || bytes_ > limits_.bytes) {
        if (count_ <= 1) return;
        shrink(closed_.empty() ? open_ : closed_);
    }
}

// Drops the first that nobody has asked for since it came to the end of the queue; the others go there again.
void Cache::shrink(Queue& queue) {
    for (std::size_t looks = count_; looks > 0; --looks) {
        Entry& entry = queue.front();
        if (entry.used_at_ <= entry.queued_at_) return drop(entry);
        entry.queued_at_ = entry.used_at_;
        queue.push_back(entry);
    }
    drop(queue.front());
}

void Cache::drop(Entry& entry) {
    Entry** place = &bucket(entry.hash_);
    while (*place != &entry) place = &(*place)->next_;
    *place = entry.next_;
    entry.unlink();
    entry.cache_ = nullptr;
    entry.subscriptions_.clear();
    --count_;
    if (entry.file_) --open_count_;
    bytes_ -= size_of(entry, entry.path_.size());
    EntryRef::adopt(&entry).reset();
}

void Cache::close_spare_files() {
    while (!open_.empty()) drop(open_.front());
}

void Cache::on_deadline() {
    drop_inactive(closed_);
    drop_inactive(open_);
    if (count_ > 0) timer_.set(clock_.now() + limits_.inactive);
}

void Cache::drop_inactive(Queue& queue) {
    const base::Instant now = clock_.now();
    for (std::size_t looks = count_; looks > 0 && !queue.empty(); --looks) {
        Entry& entry = queue.front();
        // Making a variant anew costs more than its memory, which is bounded like all.
        if (now - entry.used_at_ >= limits_.inactive && !entry.is_variant()) {
            drop(entry);
        } else {
            entry.queued_at_ = std::max(entry.queued_at_, entry.used_at_);
            queue.push_back(entry);
        }
    }
}

}  // namespace files

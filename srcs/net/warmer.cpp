#include "net/warmer.hpp"

#include <fcntl.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "os/page_cache.hpp"

namespace net {

// Its way: the queue, a thread, the list of what is done, the warmer. `owner` and `ticket` are the loop's thread's,
// `given_up` is both sides', the rest belongs to who holds the job.
struct WarmingJob {
    os::UniqueFd file;  // its own: the asker's may be closed at any time
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::atomic<bool> given_up = false;
    Warming* owner = nullptr;
    EventLoop::Ticket ticket{};
    std::unique_ptr<WarmingJob> next;
};

namespace {

// First in, first out, without allocating: a thread that allocates gets an arena of its own.
class JobQueue {
public:
    JobQueue() = default;
    JobQueue(const JobQueue&) = delete;
    JobQueue& operator=(const JobQueue&) = delete;
    ~JobQueue() {
        while (pop()) {}
    }

    bool empty() const { return first_ == nullptr; }

    void push(std::unique_ptr<WarmingJob> job) {
        std::unique_ptr<WarmingJob>& end = empty() ? first_ : last_->next;
        last_ = job.get();
        end = std::move(job);
    }

    std::unique_ptr<WarmingJob> pop() {
        if (empty()) return nullptr;
        std::unique_ptr<WarmingJob> job = std::move(first_);
        first_ = std::move(job->next);
        return job;
    }

    void swap(JobQueue& other) {
        first_.swap(other.first_);
        std::swap(last_, other.last_);
    }

private:
    std::unique_ptr<WarmingJob> first_;
    WarmingJob* last_ = nullptr;
};

}  // namespace

// Outlives the warmer where a thread is stuck in a read.
struct Warmer::Shared {
    explicit Shared(os::UniqueFd descriptor) : wakeup(std::move(descriptor)) {}

    os::UniqueFd wakeup;
    std::mutex mutex;  // of everything below
    std::condition_variable work_came;
    JobQueue to_do;
    JobQueue done;
    std::size_t waiting_jobs = 0;  // in to_do
    std::size_t idle_threads = 0;
    bool ends = false;
};

Warmer::Warmer(EventLoop& loop, os::UniqueFd wakeup)
    : loop_(loop),
      shared_(std::make_shared<Shared>(std::move(wakeup))),
      watch_(loop, shared_->wakeup.fd(), EPOLLIN, *this) {}

Warmer::~Warmer() {
    {
        const std::lock_guard lock{shared_->mutex};
        shared_->ends = true;
    }
    shared_->work_came.notify_all();
    base::Duration left = patience;
    for (os::Thread& thread : threads_) {
        // One that is stuck is enough to know that the others needn't be waited for.
        if (!thread.join(left)) left = base::Duration{0};
    }
}

void* Warmer::work(void* argument) {
    const std::unique_ptr<std::shared_ptr<Shared>> own{static_cast<std::shared_ptr<Shared>*>(argument)};
    Shared& shared = **own;
    std::array<char, 64 * 1024> scratch;
    std::unique_lock lock{shared.mutex};
    while (!shared.ends) {
        std::unique_ptr<WarmingJob> job = shared.to_do.pop();
        if (!job) {
            ++shared.idle_threads;
            shared.work_came.wait(lock);
            --shared.idle_threads;
            continue;
        }
        --shared.waiting_jobs;
        lock.unlock();
        os::read_through(job->file.fd(), job->offset, job->length, scratch, job->given_up);
        job->file.reset();  // here, since closing may wait for a file system too
        lock.lock();
        const bool first = shared.done.empty();
        shared.done.push(std::move(job));
        if (first) os::post_wakeup(shared.wakeup.fd());
    }
    return nullptr;
}

void Warmer::on_turn() {
    watch_.used_up_reading();
    os::take_wakeups(shared_->wakeup.fd());
    JobQueue done;
    {
        const std::lock_guard lock{shared_->mutex};
        done.swap(shared_->done);
    }
    while (std::unique_ptr<WarmingJob> job = done.pop()) {
        if (job->owner != nullptr) {
            job->owner->job_ = nullptr;
            loop_.wake(job->ticket);
        }
        unused_.push_back(std::move(job));
    }
}

bool Warmer::start_thread() {
    auto own = std::make_unique<std::shared_ptr<Shared>>(shared_);
    const std::optional<os::Thread> thread = os::Thread::start(work, own.get());
    if (!thread) return false;
    static_cast<void>(own.release());  // the thread's
    threads_.push_back(*thread);
    return true;
}

std::unique_ptr<WarmingJob> Warmer::new_job() {
    if (unused_.empty()) return std::make_unique<WarmingJob>();
    std::unique_ptr<WarmingJob> job = std::move(unused_.back());
    unused_.pop_back();
    return job;
}

// There is no limit but descriptors: everyone who asks is a connection that has one job at a time.
bool Warmer::submit(std::unique_ptr<WarmingJob> job) {
    bool needs_thread = false;
    {
        const std::lock_guard lock{shared_->mutex};
        needs_thread = shared_->waiting_jobs >= shared_->idle_threads && threads_.size() < most_threads;
    }
    if (needs_thread && !start_thread() && threads_.empty()) return false;
    {
        const std::lock_guard lock{shared_->mutex};
        shared_->to_do.push(std::move(job));
        ++shared_->waiting_jobs;
    }
    shared_->work_came.notify_one();
    return true;
}

bool Warming::ask(Warmer& warmer, int file, std::uint64_t offset, std::uint64_t length, EventLoop::Ticket ticket) {
    std::unique_ptr<WarmingJob> job = warmer.new_job();
    job->file.reset(::fcntl(file, F_DUPFD_CLOEXEC, 0));
    job->offset = offset;
    job->length = length;
    job->given_up = false;
    job->owner = this;
    job->ticket = ticket;
    job_ = job.get();
    if (job->file && warmer.submit(std::move(job))) return true;
    job_ = nullptr;
    return false;
}

void Warming::withdraw() {
    if (job_ == nullptr) return;
    job_->owner = nullptr;
    job_->given_up = true;
    job_ = nullptr;
}

}  // namespace net

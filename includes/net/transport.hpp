// One connection's bytes. Receives and sends only what epoll said is possible and no short transfer has used up
// since; keeps what was received and not consumed, and what was written and not yet taken by the kernel. Knows
// nothing of what the bytes mean.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/buffer.hpp"
#include "base/counted.hpp"
#include "net/event_loop.hpp"
#include "os/io.hpp"
#include "os/unique_fd.hpp"

namespace net {

enum class Received {
    bytes,
    nothing,  // not now
    end,      // the peer sends nothing more, and all it sent was received
};

class Transport {
public:
    // From this many bytes of waiting output on, no further answer is to be prepared.
    static constexpr std::size_t high_water_mark = 64 * 1024;

    // `socket` is connected and non-blocking; `watcher` gets the turns.
    Transport(EventLoop& loop, os::UniqueFd socket, Watcher& watcher, base::BlockPool& pool);

    bool registered() const { return watch_.registered(); }

    bool can_receive() const { return watch_.readable(); }
    bool can_send() const { return watch_.writable(); }
    bool failed() const { return watch_.failed(); }

    // Nothing that is sent will arrive any more; what was sent by the peer may still be there to be received.
    bool hung_up() const { return watch_.hung_up(); }

    // One recv into `scratch`, which all connections of the loop share: what is left in it at the end of the turn moves
    // to a buffer of our own with settle(). Both move the input.
    Received receive(std::span<char> scratch);

    // What was received and not consumed. Valid until receive(), consume() or settle().
    std::string_view input() const { return input_.empty() ? fresh_ : input_.view(); }
    void consume(std::size_t count);
    void settle();
    void discard_input();

    bool has_output() const { return !output_.empty() || !loan_.empty(); }
    bool above_high_water() const { return output_.size() + loan_.size() >= high_water_mark; }

    // To append to. What is on loan is copied in front.
    base::Buffer& output();

    // Bytes that are sent from where they are, as long as `owner` keeps them. Precondition: no output waits. The first
    // `changeable` of them may be written over between two turns, so they are copied where a send ends within them.
    void lend(base::Ref<base::Counted> owner, std::string_view bytes, std::size_t changeable);

    // One send of the waiting output. Gives the bytes that were taken.
    std::size_t send_output(os::More more);

    // One sendfile. Precondition: no output waits.
    os::Transfer send_file(int file, std::uint64_t offset, std::size_t count);

    void shut_down_sending() { os::shut_down_sending(socket_.fd()); }
    void again() { watch_.again(); }
    EventLoop::Ticket ticket() const { return watch_.ticket(); }
    void ask_anew() { watch_.ask_anew(socket_.fd(), events); }

private:
    void repay(std::size_t count);

    static constexpr std::uint32_t events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

    os::UniqueFd socket_;
    Watch watch_;
    std::string_view fresh_;  // in the scratch memory, only within a turn
    base::Buffer input_;
    base::Buffer output_;
    std::string_view loan_;  // goes out behind output_
    std::uint32_t changeable_ = 0;
    base::Ref<base::Counted> lender_;
};

}  // namespace net

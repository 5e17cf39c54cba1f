// A listening socket in the loop: accepts until nobody waits, and stops asking while there is no room.
#pragma once

#include "net/event_loop.hpp"
#include "os/socket.hpp"

namespace net {

// Whoever takes the connections of a listener.
class Acceptor {
public:
    // Whether one more connection may be accepted now. Somebody waits when `someone_waits`: then room may be made.
    virtual bool has_room(bool someone_waits) = 0;
    virtual void take(os::Accepted accepted, std::size_t listener) = 0;
    // Accepting failed (errno in `code`) and would fail again at once: descriptors or memory ran out, or it is
    // forbidden.
    virtual void accepting_failed(int code) = 0;

protected:
    ~Acceptor() = default;
};

class Listener final : Watcher {
public:
    // `index` is handed to the Acceptor with each connection.
    Listener(EventLoop& loop, os::UniqueFd socket, Acceptor& acceptor, std::size_t index);

    ~Listener() { watch_.leave(socket_.fd()); }

    bool registered() const { return watch_.registered(); }
    int descriptor() const { return socket_.fd(); }

    // Connections wait in the kernel's backlog meanwhile.
    void pause();
    void resume();

    // Everyone who waits now, for the last time: without a look at the room there is.
    void accept_all();

private:
    // Accepts in a turn: a flood of connections leaves turns to those that are there.
    static constexpr int batch_size = 64;

    void on_turn() override;
    bool accept_one();  // false: nobody waits, or accepting failed

    os::UniqueFd socket_;
    Acceptor& acceptor_;
    std::size_t index_;
    bool paused_ = false;
    Watch watch_;
};

}  // namespace net

// The floor: what one epoll thread can do when it does nothing else. It looks for the end of each request head, picks
// an answer that was prepared at the start by the first letters of the target, and sends it. It checks nothing, keeps
// no timers, writes no log, and never opens a file again. No server that does its job can be cheaper on that kernel.
//
//   floor PORT FOLDER      the folder as bench.py makes it: small.html, medium.css, large.bin, many/0.html ...
//
// Targets: /small.html /medium.css /large.bin /many/N.html, and what begins with /n (404), /f (304), /p (206: 4 KiB of
// large.bin).
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t pipelined = 32;     // so many answers lie one behind the other, to leave with one send
constexpr std::size_t quantum = 262'144;  // of a large body in one turn: the receiver then reads from a warm cache
constexpr std::size_t connections = 65'536;

struct Answer {
    std::string bytes;       // `copies` times the same
    std::size_t length = 0;  // of one
    std::size_t copies = 1;
    int file = -1;  // the body, by sendfile, when it isn't in `bytes`
    off_t size = 0;
};

struct Answers {
    Answer small, closing, medium, large, missing, fresh, part;
    std::vector<Answer> many;
};

struct Connection {
    const Answer* answer = nullptr;
    std::size_t queued = 0;  // so many of it are still to be sent
    std::size_t sent = 0;    // bytes of this batch
    off_t offset = 0;
    bool listed = false;  // on the list of those that go on in the next turn
    bool closing = false;
};

enum class Progress { done, blocked, more };

[[noreturn]] void fail(const std::string& what) {
    std::perror(("floor: " + what).c_str());
    std::exit(1);
}

std::string content_of(int file, off_t size, off_t offset) {
    std::string content(static_cast<std::size_t>(size), '\0');
    if (::pread(file, content.data(), content.size(), offset) != size) fail("read");
    return content;
}

std::string head(std::string_view status, std::string_view fields) {
    return "HTTP/1.1 " + std::string{status} +
           "\r\nServer: floor\r\nDate: Fri, 20 Nov 2026 15:00:00 GMT\r\n"
           "Last-Modified: Fri, 20 Nov 2026 15:00:00 GMT\r\nETag: \"673e0000-0000\"\r\n" +
           std::string{fields} + "\r\n";
}

std::string content_fields(std::string_view type, off_t size) {
    return "Content-Type: " + std::string{type} + "\r\nContent-Length: " + std::to_string(size) +
           "\r\nAccept-Ranges: bytes\r\n";
}

Answer in_memory(const std::string& one, std::size_t copies) {
    Answer answer{.bytes = {}, .length = one.size(), .copies = copies};
    for (std::size_t i = 0; i < copies; ++i) answer.bytes += one;
    return answer;
}

struct File {
    int descriptor;
    off_t size;
};

File open_file(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (descriptor < 0 || ::fstat(descriptor, &status) != 0) fail(path);
    return {descriptor, status.st_size};
}

Answer file_answer(const std::string& path, std::string_view type, std::size_t copies, std::string_view fields = {}) {
    const File file = open_file(path);
    Answer answer = in_memory(head("200 OK", content_fields(type, file.size) + std::string{fields}) +
                                  content_of(file.descriptor, file.size, 0),
                              copies);
    ::close(file.descriptor);
    return answer;
}

void prepare_large(Answers& answers, const std::string& path) {
    constexpr std::string_view type = "application/octet-stream";
    constexpr off_t part_offset = 524'288, part_size = 4096;
    const File file = open_file(path);
    answers.large = in_memory(head("200 OK", content_fields(type, file.size)), 1);
    answers.large.file = file.descriptor;
    answers.large.size = file.size;
    const std::string range = "Content-Range: bytes " + std::to_string(part_offset) + "-" +
                              std::to_string(part_offset + part_size - 1) + "/" + std::to_string(file.size) + "\r\n";
    answers.part = in_memory(head("206 Partial Content", content_fields(type, part_size) + range) +
                                 content_of(file.descriptor, part_size, part_offset),
                             1);
}

Answers prepare(const std::string& folder) {
    Answers answers;
    answers.small = file_answer(folder + "/small.html", "text/html", pipelined);
    answers.closing = file_answer(folder + "/small.html", "text/html", 1, "Connection: close\r\n");
    answers.medium = file_answer(folder + "/medium.css", "text/css", pipelined);
    prepare_large(answers, folder + "/large.bin");
    const std::string missing = "<html><body><h1>404 Not Found</h1></body></html>\n";
    answers.missing = in_memory(
        head("404 Not Found", content_fields("text/html", static_cast<off_t>(missing.size()))) + missing, pipelined);
    answers.fresh = in_memory(head("304 Not Modified", {}), pipelined);
    for (std::size_t i = 0;; ++i) {
        const std::string path = folder + "/many/" + std::to_string(i) + ".html";
        if (::access(path.c_str(), R_OK) != 0) break;
        answers.many.push_back(file_answer(path, "text/html", 1));
    }
    return answers;
}

const Answer& pick(const Answers& answers, std::string_view request) {
    constexpr std::string_view many = "GET /many/";
    if (request.size() < 16) return answers.small;
    switch (request[5]) {
        case 'l': return answers.large;
        case 'n': return answers.missing;
        case 'f': return answers.fresh;
        case 'p': return answers.part;
        case 'm': break;
        default: return answers.small;
    }
    if (!request.starts_with(many)) return answers.medium;
    std::size_t index = 0;
    for (char digit : request.substr(many.size(), 5)) {
        if (digit < '0' || digit > '9') break;
        index = index * 10 + static_cast<std::size_t>(digit - '0');
    }
    return index < answers.many.size() ? answers.many[index] : answers.missing;
}

std::size_t count_heads(std::string_view bytes) {
    std::size_t heads = 0;
    const char* at = bytes.data();
    const char* end = at + bytes.size();
    while ((at = static_cast<const char*>(::memmem(at, static_cast<std::size_t>(end - at), "\r\n\r\n", 4)))) {
        ++heads;
        at += 4;
    }
    return heads;
}

bool asks_to_close(std::string_view bytes) {
    return ::memmem(bytes.data(), bytes.size(), "onnection: close", 16) ||
           ::memmem(bytes.data(), bytes.size(), "onnection: Close", 16);
}

class Floor {
public:
    Floor(const Answers& answers, int listener)
        : answers_{answers}, listener_{listener}, epoll_{::epoll_create1(EPOLL_CLOEXEC)} {
        watch(listener, EPOLLIN);
    }

    [[noreturn]] void run() {
        for (;;) turn();
    }

private:
    void watch(int socket, std::uint32_t events) {
        epoll_event event{};
        event.events = events;
        event.data.fd = socket;
        if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0) fail("epoll_ctl");
    }

    void turn() {
        const int ready =
            ::epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), again_.empty() ? -1 : 0);
        resumed_.swap(again_);
        again_.clear();
        for (int socket : resumed_) resume(socket);
        for (int i = 0; i < ready; ++i) {
            const epoll_event& event = events_[static_cast<std::size_t>(i)];
            if (event.data.fd == listener_) {
                accept_all();
            } else {
                serve(event.data.fd, event.events);
            }
        }
    }

    void accept_all() {
        int socket;
        while ((socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
            if (static_cast<std::size_t>(socket) >= connections) {
                ::close(socket);
                continue;
            }
            at(socket) = {};
            watch(socket, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
        }
    }

    void resume(int socket) {
        if (!std::exchange(at(socket).listed, false)) return;  // closed since, perhaps accepted anew
        send_and_note(socket);
    }

    void serve(int socket, std::uint32_t events) {
        Connection& connection = at(socket);
        if (connection.answer && !connection.listed) send_and_note(socket);
        if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP)) == 0) return;
        const ssize_t got = ::recv(socket, input_.data(), input_.size(), 0);
        if (got <= 0) return end(socket);
        const std::string_view request{input_.data(), static_cast<std::size_t>(got)};
        const std::size_t heads = count_heads(request);
        connection.closing = asks_to_close(request);
        if (heads == 0) return;
        if (!connection.answer) {
            connection.answer = connection.closing ? &answers_.closing : &pick(answers_, request);
        }
        connection.queued += heads;
        if (!connection.listed) send_and_note(socket);
    }

    void send_and_note(int socket) {
        Connection& connection = at(socket);
        switch (send(socket, connection)) {
            case Progress::done:
                if (connection.closing) end(socket);
                break;
            case Progress::blocked: break;
            case Progress::more:
                connection.listed = true;
                again_.push_back(socket);
                break;
        }
    }

    static Progress send(int socket, Connection& connection) {
        while (connection.answer) {
            const Answer& answer = *connection.answer;
            const std::size_t batch = std::min(connection.queued, answer.copies);
            const std::size_t length = answer.length * batch;
            if (connection.sent < length) {
                const ssize_t sent = ::send(socket, answer.bytes.data() + connection.sent, length - connection.sent,
                                            MSG_NOSIGNAL | (answer.file >= 0 ? MSG_MORE : 0));
                if (sent <= 0) return Progress::blocked;
                connection.sent += static_cast<std::size_t>(sent);
                continue;
            }
            if (connection.offset < answer.size) {
                const std::size_t left = static_cast<std::size_t>(answer.size - connection.offset);
                if (::sendfile(socket, answer.file, &connection.offset, std::min(left, quantum)) <= 0) {
                    return Progress::blocked;
                }
                if (connection.offset < answer.size) return Progress::more;
            }
            connection.sent = 0;
            connection.offset = 0;
            connection.queued -= batch;
            if (connection.queued == 0) connection.answer = nullptr;
        }
        return Progress::done;
    }

    void end(int socket) {
        at(socket) = {};
        ::close(socket);
    }

    Connection& at(int socket) { return table_[static_cast<std::size_t>(socket)]; }

    const Answers& answers_;
    int listener_;
    int epoll_;
    std::array<epoll_event, 512> events_{};
    std::array<char, 16'384> input_{};
    std::vector<int> again_, resumed_;
    std::vector<Connection> table_{connections};
};

int listen_on(int port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);       // accepted sockets inherit it
    ::setsockopt(socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, &on, sizeof on);  // woken by a request, not by a handshake
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = ::htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
    if (::listen(socket, 4096) != 0) fail("listen");
    return socket;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: floor PORT FOLDER\n", stderr);
        return 2;
    }
    std::signal(SIGPIPE, SIG_IGN);
    const Answers answers = prepare(argv[2]);
    static Floor floor{answers, listen_on(std::atoi(argv[1]))};
    floor.run();
}

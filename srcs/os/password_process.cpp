#include "os/password_process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/password.hpp"

namespace os {

namespace {

constexpr int kept_descriptor = 3;
constexpr int niceness = 5;  // who waits for a file goes before who logs in
constexpr std::size_t longest_question = longest_slow_password + 1 + longest_slow_hash + 1;

// The sockets of clients among them: they must end when the server ends them.
bool keep_only(int socket) {
    if (socket != kept_descriptor && ::dup2(socket, kept_descriptor) < 0) return false;
    return ::syscall(SYS_close_range, static_cast<unsigned>(kept_descriptor + 1), ~0U, 0U) == 0;
}

// "password\0hash\0"
bool judge(const char* question, std::size_t size, const Crypt& crypt) {
    if (size == 0 || question[size - 1] != '\0') return false;
    const std::string_view password{question};
    if (password.size() + 1 >= size) return false;
    const std::string_view hash{question + password.size() + 1};
    if (base::scheme_of(hash) == base::PasswordScheme::crypt) return crypt.fits(password.data(), hash.data());
    return base::password_fits(password, hash);
}

// Until the other side is gone. From the fork on: no allocation, since a thread that isn't here may hold its lock.
[[noreturn]] void answer_questions(int socket, pid_t parent, const Crypt& crypt) {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);  // passwords are no one's to find on a disk
    ::setpriority(PRIO_PROCESS, 0, niceness);
    ::prctl(PR_SET_NAME, "webserv-passwd", 0, 0, 0);
    if (!keep_only(socket) || !end_with_parent(parent, SIGKILL)) ::_exit(1);
    std::array<char, longest_question> question;
    for (;;) {
        const ssize_t size = ::recv(kept_descriptor, question.data(), question.size(), 0);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) ::_exit(0);
        const char answer = judge(question.data(), static_cast<std::size_t>(size), crypt) ? password_fits_answer : '0';
        ::explicit_bzero(question.data(), question.size());
        if (::send(kept_descriptor, &answer, 1, MSG_NOSIGNAL) != 1) ::_exit(0);
    }
}

}  // namespace

base::Result<PasswordProcess> start_password_process(const Crypt& crypt) {
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
        return base::Error::from_errno("open", "a pair of sockets");
    UniqueFd ours{pair[0]};
    const UniqueFd theirs{pair[1]};
    if (::fcntl(ours.fd(), F_SETFL, O_NONBLOCK) != 0) return base::Error::from_errno("open", "a pair of sockets");
    const pid_t parent = ::getpid();
    base::Result<std::optional<Child>> forked = fork_process();
    if (!forked) return forked.error();
    if (!*forked) answer_questions(theirs.fd(), parent, crypt);
    return PasswordProcess{std::move(**forked), std::move(ours)};
}

std::string password_question(std::string_view password, std::string_view hash) {
    std::string question;
    question.reserve(password.size() + hash.size() + 2);
    question.append(password).push_back('\0');
    question.append(hash).push_back('\0');
    return question;
}

}  // namespace os

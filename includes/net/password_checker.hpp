// Has slow password hashes checked by a process of its own, so that nobody waits for them but who logs in. One question
// at a time is on its way; the others wait here, and go when nobody wants to know any more. Who asks what is being
// asked already waits for the same answer.
#pragma once

#include <list>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/intrusive_list.hpp"
#include "net/event_loop.hpp"
#include "net/timers.hpp"
#include "os/crypt.hpp"
#include "os/log.hpp"
#include "os/password_process.hpp"

namespace net {

class PasswordChecker;
struct PasswordQuestion;

// A member of who waits for an answer; destroyed, it waits no longer.
class PasswordWait : base::Link {
public:
    enum class Outcome : std::uint8_t {
        none,  // not asked, or not answered yet
        fits,
        differs,
        failed,  // no process could tell
    };

    PasswordWait() = default;
    PasswordWait(const PasswordWait&) = delete;
    PasswordWait& operator=(const PasswordWait&) = delete;
    ~PasswordWait() { withdraw(); }

    // The watch that gets a turn when there is an answer.
    void set_ticket(EventLoop::Ticket ticket) { ticket_ = ticket; }

    bool pending() const { return question_ != nullptr; }
    Outcome outcome() const { return outcome_; }
    const std::string& key() const { return key_; }  // of the question that was asked last
    void withdraw();                                 // forgets the answer too

private:
    friend class PasswordChecker;
    friend class base::IntrusiveList<PasswordWait>;

    PasswordQuestion* question_ = nullptr;  // the checker's; null once it is answered
    PasswordChecker* checker_ = nullptr;
    EventLoop::Ticket ticket_{};
    Outcome outcome_ = Outcome::none;
    std::string key_;
};

class PasswordChecker final : Watcher, TimerOwner {
public:
    // Everything given must outlive it.
    PasswordChecker(EventLoop& loop, Timers& timers, const base::Clock& clock, os::ErrorLog& errors,
                    const os::Crypt& crypt);
    PasswordChecker(const PasswordChecker&) = delete;
    PasswordChecker& operator=(const PasswordChecker&) = delete;
    ~PasswordChecker();

    // Starts the process, while this one is small; where that fails, it is tried again with the first question.
    void start();

    // Does `password` fit `hash`? Questions with the same key are the same one; clients, by their addresses, take
    // turns. False: too many wait already, or there is no process to ask. Preconditions: the texts are as
    // os::password_question() wants them; `wait` is not pending.
    bool ask(PasswordWait& wait, std::string_view client, std::string key, std::string_view password,
             std::string_view hash);

    static constexpr std::size_t most_questions = 256;  // of one client
    static constexpr std::size_t most_of_all = 1024;

private:
    friend class PasswordWait;
    using Outcome = PasswordWait::Outcome;

    // What any sensible hash takes on any machine is far less.
    static constexpr base::Duration patience{30'000};
    static constexpr base::Duration pause_after_death{1'000};

    void on_turn() override;      // an answer, or the end of the process
    void on_deadline() override;  // the process is stuck, or the pause after one that died is over
    bool has_process();
    std::list<PasswordQuestion>::iterator add_question(std::string_view client);
    void send_next();
    void answer_first(Outcome outcome);
    void forget(PasswordQuestion& question);
    void bury(std::string_view why);

    EventLoop& loop_;
    const base::Clock& clock_;
    os::ErrorLog& errors_;
    const os::Crypt& crypt_;
    std::list<PasswordQuestion> questions_;  // the first one is on its way where `asked_` says so
    std::optional<os::PasswordProcess> process_;
    std::optional<Watch> watch_;
    Timer timer_;
    base::Instant not_before_{};  // when the next process may be started
    bool asked_ = false;
};

}  // namespace net

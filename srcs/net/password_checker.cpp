#include "net/password_checker.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

#include "os/io.hpp"

namespace net {

struct PasswordQuestion {
    std::string key;
    std::string text;      // what is sent
    std::string client;    // who asked first
    std::size_t turn = 0;  // how many of that client's waited when it came: lower turns go first
    base::IntrusiveList<PasswordWait> waiting;
    bool died_once = false;  // the process that it was sent to
};

void PasswordWait::withdraw() {
    outcome_ = Outcome::none;
    if (question_ == nullptr) return;
    unlink();
    PasswordQuestion& question = *std::exchange(question_, nullptr);
    if (question.waiting.empty()) checker_->forget(question);
}

PasswordChecker::PasswordChecker(EventLoop& loop, Timers& timers, const base::Clock& clock, os::ErrorLog& errors,
                                 const os::Crypt& crypt)
    : loop_(loop), clock_(clock), errors_(errors), crypt_(crypt), timer_(timers, *this) {}

PasswordChecker::~PasswordChecker() {
    for (PasswordQuestion& question : questions_) {
        while (!question.waiting.empty()) {
            question.waiting.front().question_ = nullptr;
            question.waiting.front().unlink();
        }
    }
    watch_.reset();
    if (!process_) return;
    process_->child.signal(SIGKILL);
    static_cast<void>(process_->child.reap());
}

void PasswordChecker::start() { static_cast<void>(has_process()); }

bool PasswordChecker::has_process() {
    if (process_) return true;
    if (clock_.now() < not_before_) return false;
    not_before_ = clock_.now() + pause_after_death;
    base::Result<os::PasswordProcess> started = os::start_password_process(crypt_);
    if (!started) {
        errors_.write(os::LogLevel::alert, started.error().message + ": passwords can't be checked, for a second");
        return false;
    }
    process_.emplace(std::move(started).value());
    Watcher& watcher = *this;
    watch_.emplace(loop_, process_->socket.fd(), EPOLLIN, watcher);
    if (watch_->registered()) return true;
    bury("can't be watched: no memory, or no watch left");
    return false;
}

// Behind all that have waited for as many turns: who asks a lot holds up nobody but himself.
std::list<PasswordQuestion>::iterator PasswordChecker::add_question(std::string_view client) {
    const auto turn = static_cast<std::size_t>(std::ranges::count(questions_, client, &PasswordQuestion::client));
    if (turn >= most_questions || questions_.size() >= most_of_all) return questions_.end();
    const auto under_way = asked_ ? std::next(questions_.begin()) : questions_.begin();
    const auto place =
        std::find_if(under_way, questions_.end(), [&](const PasswordQuestion& one) { return one.turn > turn; });
    const auto added = questions_.emplace(place);
    added->client = client;
    added->turn = turn;
    return added;
}

bool PasswordChecker::ask(PasswordWait& wait, std::string_view client, std::string key, std::string_view password,
                          std::string_view hash) {
    auto same = std::ranges::find(questions_, key, &PasswordQuestion::key);
    if (same == questions_.end()) {
        // Where a process has just died, those who ask wait for the next one.
        const bool pauses = !process_ && clock_.now() < not_before_;
        if (!pauses && !has_process()) return false;
        same = add_question(client);
        if (same == questions_.end()) return false;
        same->key = key;
        same->text = os::password_question(password, hash);
    }
    wait.question_ = &*same;
    wait.checker_ = this;
    wait.key_ = std::move(key);
    wait.outcome_ = Outcome::none;
    same->waiting.push_back(wait);
    send_next();
    return true;
}

void PasswordChecker::send_next() {
    if (asked_ || questions_.empty()) return;
    if (!has_process()) return timer_.set(not_before_);
    const os::Transfer sent = os::send(process_->socket.fd(), questions_.front().text, os::More::no);
    if (sent.bytes == 0) return bury("takes no question");
    asked_ = true;
    timer_.set(clock_.now() + patience);
}

void PasswordChecker::on_turn() {
    watch_->used_up_reading();
    std::array<char, 8> answer{};
    const os::Transfer got = os::receive(process_->socket.fd(), answer);
    if (got.ended || watch_->hung_up()) return bury("ended");
    if (got.bytes == 0 || !asked_) return;
    answer_first(answer[0] == os::password_fits_answer ? Outcome::fits : Outcome::differs);
    send_next();
}

void PasswordChecker::on_deadline() {
    if (asked_) {
        // This question would only do the same again.
        questions_.front().died_once = true;
        return bury("took more than 30 seconds for one hash");
    }
    if (has_process()) return send_next();
    while (!questions_.empty()) answer_first(Outcome::failed);
}

void PasswordChecker::answer_first(Outcome outcome) {
    asked_ = false;
    timer_.cancel();
    std::list<PasswordQuestion> answered;
    answered.splice(answered.begin(), questions_, questions_.begin());
    while (!answered.front().waiting.empty()) {
        PasswordWait& wait = answered.front().waiting.front();
        wait.unlink();
        wait.question_ = nullptr;
        wait.outcome_ = outcome;
        loop_.wake(wait.ticket_);
    }
}

// Nobody waits for it any more. One that is on its way stays until its answer comes, which is then nobody's.
void PasswordChecker::forget(PasswordQuestion& question) {
    const auto at = std::ranges::find(questions_, &question, [](PasswordQuestion& one) { return &one; });
    if (!(asked_ && at == questions_.begin())) questions_.erase(at);
}

void PasswordChecker::bury(std::string_view why) {
    watch_.reset();
    process_->child.signal(SIGKILL);
    const os::Exit exit = process_->child.reap();
    errors_.write(os::LogLevel::alert, "the process that checks passwords (" + std::to_string(process_->child.pid()) +
                                           ") " + std::string{why} + ": it " + exit.to_string() +
                                           "; another one takes its place");
    process_.reset();
    // What it was asked is asked once more: it may have been killed for no fault of that.
    const bool guilty = asked_ && std::exchange(questions_.front().died_once, true);
    if (guilty || (asked_ && questions_.front().waiting.empty())) answer_first(Outcome::failed);
    asked_ = false;
    send_next();
}

}  // namespace net

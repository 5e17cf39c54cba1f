#include "handlers/logins.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/digest.hpp"
#include "base/hash.hpp"
#include "os/password_process.hpp"

namespace handlers {

namespace {

std::string make_secret(std::size_t size) {
    std::string secret;
    while (secret.size() < size) {
        const std::uint64_t word = base::random_seed();
        secret.append(reinterpret_cast<const char*>(&word), sizeof word);
    }
    return secret;
}

void append_counted(base::HmacSha1& mac, std::string_view text) {
    const std::string size = std::to_string(text.size()) + ':';
    mac.append(size);
    mac.append(text);
}

}  // namespace

Logins::Logins(net::EventLoop& loop, net::Timers& timers, const base::Clock& clock, os::ErrorLog& errors)
    : clock_(clock), checker_(loop, timers, clock, errors, crypt_), secret_(make_secret(key_size)) {}

void Logins::read(const std::string& path, File& file) {
    constexpr std::time_t settling = 2;  // seconds: file systems tell times by ticks, or by the second
    base::Result<os::PasswordFile> read = os::read_password_file(path, crypt_);
    file.code = read ? 0 : read.error().code;
    if (!read) {
        file.message = read.error().message;
        file.content = {};
        return;
    }
    file.content = std::move(read).value();
    file.settled = clock_.wall().tv_sec - file.content.status.changed.tv_sec >= settling;
}

// A look at its status for each login, so that who was struck out is out.
const Logins::File& Logins::look(const std::string& path) {
    auto [found, is_new] = files_.try_emplace(path);
    File& file = found->second;
    if (is_new || file.code != 0 || !file.settled) {
        read(path, file);
        return file;
    }
    const base::Result<os::FileStatus> status = os::status_of(path);
    if (!status || !status.value().same_version(file.content.status)) read(path, file);
    return file;
}

// For a name that isn't there: that shall not be known from how quick the answer is.
const os::PasswordEntry* Logins::stand_in(const File& file) {
    for (const auto& [name, entry] : file.content.entries)
        if (base::is_slow(entry.scheme) && entry.unusable.empty()) return &entry;
    return nullptr;
}

Logins::Answer Logins::check(const std::string& file, const http::BasicCredentials& credentials,
                             LoginAttempt* attempt) {
    const File& names = look(file);
    if (names.code == ENOENT) return {Verdict::no_file, 0, {}};
    if (names.code != 0) return {Verdict::unreadable, 0, names.message};
    const auto found = names.content.entries.find(credentials.name);
    const bool known = found != names.content.entries.end();
    const os::PasswordEntry* entry = known ? &found->second : stand_in(names);
    if (entry == nullptr) return {Verdict::unknown_name, 0, {}};
    if (!entry->unusable.empty()) return {Verdict::unusable_hash, entry->line, entry->unusable};
    if (base::is_slow(entry->scheme)) return check_slowly(*entry, known, credentials, attempt);
    const bool fits = base::password_fits(credentials.password, entry->hash);
    return {fits ? Verdict::right : Verdict::wrong_password, entry->line, {}};
}

Logins::Answer Logins::check_slowly(const os::PasswordEntry& entry, bool known,
                                    const http::BasicCredentials& credentials, LoginAttempt* attempt) {
    using Outcome = net::PasswordWait::Outcome;
    const Answer wrong{known ? Verdict::wrong_password : Verdict::unknown_name, known ? entry.line : 0, {}};
    if (credentials.password.size() > os::longest_slow_password || entry.hash.size() > os::longest_slow_hash)
        return wrong;
    std::string key = key_of(credentials, entry.hash);
    if (known && remembers(key)) return {Verdict::right, entry.line, {}};
    if (attempt == nullptr) return {Verdict::overloaded, 0, {}};
    net::PasswordWait& wait = attempt->wait;
    if (wait.outcome() != Outcome::none) attempt->known.emplace_back(wait.key(), wait.outcome());
    wait.withdraw();
    const auto answered = std::ranges::find(attempt->known, key, [](const auto& one) { return one.first; });
    if (answered == attempt->known.end()) {
        const bool asked = checker_.ask(wait, attempt->client, std::move(key), credentials.password, entry.hash);
        return {asked ? Verdict::waits : Verdict::overloaded, 0, {}};
    }
    if (answered->second == Outcome::failed) return {Verdict::failed, 0, {}};
    if (answered->second != Outcome::fits || !known) return wrong;
    remember(key);
    return {Verdict::right, entry.line, {}};
}

// With the hash in it, an answer holds exactly as long as what it was about.
std::string Logins::key_of(const http::BasicCredentials& credentials, const std::string& hash) const {
    base::HmacSha1 mac{secret_};
    append_counted(mac, hash);
    append_counted(mac, credentials.name);
    append_counted(mac, credentials.password);
    return std::string{base::bytes_of(mac.finish())};
}

bool Logins::remembers(const std::string& key) {
    const auto found = right_.find(key);
    return found != right_.end() && clock_.now() < found->second;
}

// All are remembered for the same time, so the oldest is the first to end.
void Logins::remember(const std::string& key) {
    if (remembers(key)) return;
    while (!order_.empty() && (order_.size() >= most_remembered || !remembers(order_.front()))) {
        right_.erase(order_.front());
        order_.pop_front();
    }
    if (right_.emplace(key, clock_.now() + memory).second) order_.push_back(key);
}

}  // namespace handlers

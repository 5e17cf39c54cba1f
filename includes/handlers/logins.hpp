// Names and passwords: the files they are in, read again when they change, and what was found right a while ago.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "http/credentials.hpp"
#include "net/password_checker.hpp"
#include "os/crypt.hpp"
#include "os/password_file.hpp"

namespace handlers {

// What one request has learnt about its credentials; a member of who waits for that.
struct LoginAttempt {
    net::PasswordWait wait;
    std::string client;  // whose turn it takes: the address, as bytes
    // An error page may have a password file of its own, so there may be more than one.
    std::vector<std::pair<std::string, net::PasswordWait::Outcome>> known;

    bool pending() const { return wait.pending(); }
    void forget() {
        wait.withdraw();
        known.clear();
    }
};

class Logins {
public:
    // Everything given must outlive it.
    Logins(net::EventLoop& loop, net::Timers& timers, const base::Clock& clock, os::ErrorLog& errors);

    // Starts what checks slow hashes, while this process is small and has no threads.
    void start() { checker_.start(); }

    enum class Verdict : std::uint8_t {
        right,
        unknown_name,
        wrong_password,
        unusable_hash,
        no_file,     // it isn't there
        unreadable,  // the file
        waits,       // the attempt is pending
        overloaded,  // too many wait already
        failed,      // what checks hashes broke down over it
    };
    struct Answer {
        Verdict verdict;
        unsigned line = 0;     // of the file, where it has the name
        std::string reason{};  // of unusable_hash and unreadable
    };

    // `attempt` null: who asks can't wait, and gets `overloaded` instead.
    Answer check(const std::string& file, const http::BasicCredentials& credentials, LoginAttempt* attempt);

private:
    static constexpr base::Duration memory{5 * 60 * 1000};  // of a login that was right
    static constexpr std::size_t most_remembered = 4096;
    static constexpr std::size_t key_size = 32;

    struct File {
        os::PasswordFile content;
        int code = 0;          // errno of the last attempt to read it; 0: `content` is what it holds
        std::string message;   // for that
        bool settled = false;  // it was last changed long enough before it was read that its times tell of any change
    };

    const File& look(const std::string& path);
    void read(const std::string& path, File& file);
    static const os::PasswordEntry* stand_in(const File& file);
    Answer check_slowly(const os::PasswordEntry& entry, bool known, const http::BasicCredentials& credentials,
                        LoginAttempt* attempt);
    std::string key_of(const http::BasicCredentials& credentials, const std::string& hash) const;
    bool remembers(const std::string& key);
    void remember(const std::string& key);

    const base::Clock& clock_;
    os::Crypt crypt_;
    net::PasswordChecker checker_;
    std::string secret_;  // of this process
    std::map<std::string, File, std::less<>> files_;
    std::unordered_map<std::string, base::Instant> right_;  // key -> until when
    std::deque<std::string> order_;                         // of `right_`, oldest first
};

}  // namespace handlers

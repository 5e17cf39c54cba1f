// Regular expressions in PCRE's syntax and with PCRE's idea of the best match (leftmost, then the earliest alternative,
// not the longest), found in one pass over the text: the time is at most proportional to pattern times text, whatever
// the two are, so that no pattern can hang the loop. Back-references, look-behind and the like can't be had so, and are
// refused by name; of look-ahead there is the negative one of plain texts, as in `/\.(?!well-known)`. Patterns and
// texts are bytes, case is that of ASCII, line ends are LF: what PCRE does without UTF mode.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace base {

namespace regex {
struct Program;
}

// A value; copies share the program.
class Regex {
public:
    enum class Case : bool { sensitive, blind };

    // Error::message says what is wrong, where ("at byte 5: ..."), and what to write instead.
    static Result<Regex> compile(std::string_view pattern, Case which);

    std::size_t groups() const;                                          // without group 0
    std::span<const std::pair<std::string, std::size_t>> names() const;  // in order of their groups
    const std::string& pattern() const;

private:
    friend class RegexMatcher;
    struct Compiled;
    explicit Regex(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

    std::shared_ptr<const Compiled> compiled_;
};

// The memory of a search, reused from one to the next: it grows to what the largest program needed and then stays, so a
// search allocates nothing. Not for two threads at the same time.
class RegexMatcher {
public:
    // Whether the pattern is found anywhere in `text`, which is shorter than 4 GiB: in a longer one nothing is found.
    bool search(const Regex& regex, std::string_view text);

    // Where it is found, too: groups[0] is all of it, groups[i] what group i captured, as views into `text`. A group
    // that took no part has data() == nullptr, one that captured nothing has not. `groups` stays as it was when nothing
    // is found.
    bool search(const Regex& regex, std::string_view text, std::vector<std::string_view>& groups);

private:
    // A way through the program that some bytes have led along: the next instruction, and how many of the loops around
    // it have consumed something in their current turns.
    struct Thread {
        std::uint32_t next;
        std::uint32_t level;
    };
    struct Threads {
        std::vector<Thread> list;          // the best first
        std::vector<std::uint32_t> slots;  // slot_count_ of each, and room for more
    };
    // What is to be tried when the better ways are through; or, with a slot, what that slot held before them.
    struct Pending {
        Thread thread;
        std::uint32_t slot;
        std::uint32_t value;
    };

    bool run(const regex::Program& program, std::string_view text, std::uint32_t slot_count);
    void prepare(const regex::Program& program, std::string_view text, std::uint32_t slot_count);
    bool go_on(const regex::Program& program, std::string_view text, std::size_t position);
    bool begin(const regex::Program& program, std::string_view text, std::size_t position);
    bool follow(const regex::Program& program, std::string_view text, std::size_t position, Thread thread);
    bool follow_one(const regex::Program& program, std::string_view text, std::size_t position, Thread thread);
    void keep(Thread thread);

    Threads now_;
    Threads soon_;
    std::vector<Pending> pending_;
    std::vector<std::uint32_t> slots_;  // of the thread at hand
    std::vector<std::uint32_t> found_;  // of the best match so far
    std::vector<std::uint32_t> marks_;  // for each state the turn in which it was reached last
    std::uint32_t turn_ = 0;            // one for each position of each search
    std::uint32_t slot_count_ = 0;      // 0 when no slots are wanted
};

}  // namespace base

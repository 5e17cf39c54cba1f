#include "base/regex.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/regex_program.hpp"
#include "base/regex_syntax.hpp"

namespace base {

using regex::Assertion;
using regex::Bytes;
using regex::Instruction;
using regex::Op;
using regex::Program;
using regex::Step;

struct Regex::Compiled {
    std::string pattern;
    std::size_t groups;
    std::vector<std::pair<std::string, std::size_t>> names;
    Program program;
};

Result<Regex> Regex::compile(std::string_view pattern, Case which) {
    auto tree = regex::parse(pattern, which == Case::blind);
    if (!tree) return tree.error();
    auto program = regex::compile(*tree);
    if (!program) return program.error();
    return Regex{std::make_shared<const Compiled>(
        Compiled{std::string{pattern}, tree->groups, std::move(tree->names), std::move(*program)})};
}

std::size_t Regex::groups() const { return compiled_->groups; }
std::span<const std::pair<std::string, std::size_t>> Regex::names() const { return compiled_->names; }
const std::string& Regex::pattern() const { return compiled_->pattern; }

namespace {

constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();  // no slot; a slot that isn't set

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool at_word_boundary(std::string_view text, std::size_t position) {
    const bool before = position > 0 && is_word(text[position - 1]);
    const bool behind = position < text.size() && is_word(text[position]);
    return before != behind;
}

bool holds(Assertion assertion, std::string_view text, std::size_t position) {
    const bool at_end = position == text.size();
    switch (assertion) {
        case Assertion::text_start: return position == 0;
        // No line begins behind the line feed that ends the text.
        case Assertion::line_start: return position == 0 || (!at_end && text[position - 1] == '\n');
        case Assertion::text_end: return at_end;
        case Assertion::last_line_end: return at_end || (position + 1 == text.size() && text[position] == '\n');
        case Assertion::line_end: return at_end || text[position] == '\n';
        case Assertion::word_boundary: return at_word_boundary(text, position);
        case Assertion::no_word_boundary: return !at_word_boundary(text, position);
    }
    return false;
}

bool contains(const Bytes& bytes, char c) { return bytes[static_cast<unsigned char>(c)]; }

bool follows(const std::vector<Step>& steps, std::string_view text, std::size_t position) {
    for (const Step& step : steps) {
        if (const auto* assertion = std::get_if<Assertion>(&step)) {
            if (!holds(*assertion, text, position)) return false;
        } else {
            if (position == text.size() || !contains(*std::get_if<Bytes>(&step), text[position])) return false;
            ++position;
        }
    }
    return true;
}

bool none_follows(const std::vector<std::vector<Step>>& texts, std::string_view text, std::size_t position) {
    return std::ranges::none_of(texts, [&](const auto& steps) { return follows(steps, text, position); });
}

bool may_begin(const Program& program, std::string_view text, std::size_t position) {
    if (program.anchored && position > 0) return false;
    return program.may_be_empty || (position < text.size() && contains(program.first, text[position]));
}

// Where a match may begin, at `position` at the earliest; npos when nowhere.
std::size_t next_start(const Program& program, std::string_view text, std::size_t position) {
    if (program.anchored) return may_begin(program, text, position) ? position : std::string_view::npos;
    if (!program.prefix.empty()) return text.find(program.prefix, position);
    while (position < text.size() && !may_begin(program, text, position)) ++position;
    return may_begin(program, text, position) ? position : std::string_view::npos;
}

}  // namespace

void RegexMatcher::prepare(const Program& program, std::string_view text, std::uint32_t slot_count) {
    if (marks_.size() < program.states) marks_.resize(program.states);
    if (turn_ >= none - text.size() - 1) {
        std::ranges::fill(marks_, 0U);
        turn_ = 0;
    }
    slot_count_ = slot_count;
    slots_.resize(std::max<std::size_t>(slots_.size(), slot_count));
    found_.resize(std::max<std::size_t>(found_.size(), slot_count));
    now_.list.clear();
}

// All threads go through the text side by side, in order of preference. Two threads that reach the same state at the
// same position have the same future, so that the worse one ends there: at most one step for each state and position.
bool RegexMatcher::run(const Program& program, std::string_view text, std::uint32_t slot_count) {
    if (text.size() >= none - 1) return false;
    prepare(program, text, slot_count);
    bool found = false;
    for (std::size_t position = 0;; ++position) {
        if (now_.list.empty()) {
            if (found) return true;
            position = next_start(program, text, position);
            if (position == std::string_view::npos) return false;
        }
        ++turn_;
        soon_.list.clear();
        // What began earlier is better. A match ends all that is worse, so that nothing begins any more.
        const bool reached = go_on(program, text, position) || (!found && begin(program, text, position));
        found = found || reached;
        if ((found && slot_count == 0) || position == text.size()) return found;
        std::swap(now_, soon_);
    }
}

bool RegexMatcher::go_on(const Program& program, std::string_view text, std::size_t position) {
    for (std::size_t i = 0; i < now_.list.size(); ++i) {
        std::copy_n(now_.slots.data() + i * slot_count_, slot_count_, slots_.data());
        if (follow(program, text, position, now_.list[i])) return true;
    }
    return false;
}

bool RegexMatcher::begin(const Program& program, std::string_view text, std::size_t position) {
    if (!may_begin(program, text, position)) return false;
    if (slot_count_ > 0) {
        std::fill_n(slots_.begin(), slot_count_, none);
        slots_[0] = static_cast<std::uint32_t>(position);
    }
    return follow(program, text, position, {0, 0});
}

// Everywhere a thread can come to without the byte at `position`, and by it: the best way first. True when the end of
// the pattern was reached; the ways that are left are worse then.
bool RegexMatcher::follow(const Program& program, std::string_view text, std::size_t position, Thread thread) {
    pending_.clear();
    bool reached = follow_one(program, text, position, thread);
    while (!reached && !pending_.empty()) {
        const Pending pending = pending_.back();
        pending_.pop_back();
        if (pending.slot == none)
            reached = follow_one(program, text, position, pending.thread);
        else
            slots_[pending.slot] = pending.value;
    }
    return reached;
}

bool RegexMatcher::follow_one(const Program& program, std::string_view text, std::size_t position, Thread thread) {
    while (true) {
        const Instruction& at = program.code[thread.next];
        const std::uint32_t level = std::min<std::uint32_t>(thread.level, at.depth);
        const bool consumes = at.op == Op::byte || at.op == Op::set;
        std::uint32_t& mark = marks_[at.first_state + (consumes ? 0 : level)];
        if (mark == turn_) return false;
        mark = turn_;
        thread = {thread.next + 1, level};
        switch (at.op) {
            case Op::byte:
                if (position < text.size() && static_cast<unsigned char>(text[position]) == at.target)
                    keep({thread.next, at.depth});
                return false;
            case Op::set:
                if (position < text.size() && contains(program.sets[at.target], text[position]))
                    keep({thread.next, at.depth});
                return false;
            case Op::assertion:
                if (!holds(static_cast<Assertion>(at.target), text, position)) return false;
                break;
            case Op::none_ahead:
                if (!none_follows(program.aheads[at.target], text, position)) return false;
                break;
            case Op::split:
                pending_.push_back({{at.other, level}, none, 0});
                thread.next = at.target;
                break;
            case Op::jump: thread.next = at.target; break;
            case Op::save:
                if (slot_count_ == 0) break;
                pending_.push_back({{}, at.target, slots_[at.target]});
                slots_[at.target] = static_cast<std::uint32_t>(position);
                break;
            case Op::repeat: {
                // Behind the loop only the loops around it count, and at the beginning of a turn as well.
                const std::uint32_t outside = at.depth - 1U;
                const bool may_repeat = level == at.depth;
                const Thread again{at.target, outside};
                const Thread onward{at.other, std::min(level, outside)};
                thread = may_repeat && at.greedy ? again : onward;
                if (may_repeat) pending_.push_back({at.greedy ? onward : again, none, 0});
                break;
            }
            case Op::match:
                std::copy_n(slots_.begin(), slot_count_, found_.begin());
                if (slot_count_ > 0) found_[1] = static_cast<std::uint32_t>(position);
                return true;
        }
    }
}

void RegexMatcher::keep(Thread thread) {
    const std::size_t from = soon_.list.size() * slot_count_;
    soon_.list.push_back(thread);
    if (soon_.slots.size() < from + slot_count_) soon_.slots.resize(2 * (from + slot_count_));
    std::copy_n(slots_.data(), slot_count_, soon_.slots.data() + from);
}

bool RegexMatcher::search(const Regex& regex, std::string_view text) { return run(regex.compiled_->program, text, 0); }

bool RegexMatcher::search(const Regex& regex, std::string_view text, std::vector<std::string_view>& groups) {
    const Program& program = regex.compiled_->program;
    if (!run(program, text, program.slots)) return false;
    const char* const data = text.data() != nullptr ? text.data() : "";
    groups.assign(program.slots / 2, {});
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const std::uint32_t first = found_[2 * i];
        const std::uint32_t last = found_[2 * i + 1];
        if (first != none && last != none) groups[i] = {data + first, last - first};
    }
    return true;
}

}  // namespace base

#include "base/regex_program.hpp"

#include <algorithm>
#include <utility>

namespace base::regex {

namespace {

constexpr std::uint32_t unknown = 0;  // a target that is set when it is known

bool may_be_empty(const Node& node);

struct MayBeEmpty {
    bool operator()(const Bytes&) const { return false; }
    bool operator()(Assertion) const { return true; }
    bool operator()(const NoneAhead&) const { return true; }
    bool operator()(const Sequence& sequence) const { return std::ranges::all_of(sequence.parts, may_be_empty); }
    bool operator()(const Choice& choice) const { return std::ranges::any_of(choice.branches, may_be_empty); }
    bool operator()(const Group& group) const { return may_be_empty(group.inner.front()); }
    bool operator()(const Repeat& repeat) const { return repeat.min == 0 || may_be_empty(repeat.inner.front()); }
};

bool may_be_empty(const Node& node) { return std::visit(MayBeEmpty{}, node.value); }

bool is_anchored(const Node& node);

struct IsAnchored {
    bool operator()(const Bytes&) const { return false; }
    bool operator()(Assertion assertion) const { return assertion == Assertion::text_start; }
    bool operator()(const NoneAhead&) const { return false; }
    // What stands before the anchor must be empty itself then: it may be skipped.
    bool operator()(const Sequence& sequence) const { return std::ranges::any_of(sequence.parts, is_anchored); }
    bool operator()(const Choice& choice) const { return std::ranges::all_of(choice.branches, is_anchored); }
    bool operator()(const Group& group) const { return is_anchored(group.inner.front()); }
    bool operator()(const Repeat& repeat) const { return repeat.min > 0 && is_anchored(repeat.inner.front()); }
};

bool is_anchored(const Node& node) { return std::visit(IsAnchored{}, node.value); }

class Compiler {
public:
    Result<Program> compile(const Tree& tree) {
        emit(tree.root);
        append(Op::match);
        if (too_large())
            return Error{"needs more than " + std::to_string(max_states) +
                             " steps; lower the numbers in {...}, or use * or + instead",
                         0};
        program_.slots = static_cast<std::uint32_t>(2 * (tree.groups + 1));
        program_.anchored = is_anchored(tree.root);
        find_first();
        find_prefix();
        return std::move(program_);
    }

private:
    // Counts what is visited too: nothing, many times over, makes no instruction.
    bool too_large() const { return program_.states > max_states || visits_ > 2 * max_states; }
    std::uint32_t here() const { return static_cast<std::uint32_t>(program_.code.size()); }

    std::uint32_t append(Op op, std::uint32_t target = unknown, std::uint32_t other = unknown, bool greedy = true) {
        const std::uint32_t at = here();
        const bool consumes = op == Op::byte || op == Op::set;
        program_.code.push_back({op, greedy, depth_, program_.states, target, other});
        program_.states += consumes ? 1U : depth_ + 1U;
        return at;
    }

    void emit(const Node& node) {
        ++visits_;
        if (!too_large()) std::visit([this](const auto& value) { emit_value(value); }, node.value);
    }

    void emit_value(const Bytes& bytes) {
        if (bytes.count() != 1) {
            append(Op::set, index_of(bytes));
            return;
        }
        std::uint32_t byte = 0;
        while (!bytes[byte]) ++byte;
        append(Op::byte, byte);
    }

    std::uint32_t index_of(const Bytes& bytes) {
        const auto known = std::ranges::find(program_.sets, bytes);
        const auto index = static_cast<std::uint32_t>(known - program_.sets.begin());
        if (known == program_.sets.end()) program_.sets.push_back(bytes);
        return index;
    }

    void emit_value(Assertion assertion) { append(Op::assertion, static_cast<std::uint32_t>(assertion)); }

    void emit_value(const NoneAhead& ahead) {
        append(Op::none_ahead, static_cast<std::uint32_t>(program_.aheads.size()));
        program_.aheads.push_back(ahead.texts);
    }

    void emit_value(const Sequence& sequence) {
        for (const Node& part : sequence.parts) emit(part);
    }

    void emit_value(const Choice& choice) {
        std::vector<std::uint32_t> jumps;
        for (const Node& branch : choice.branches) {
            const bool last = &branch == &choice.branches.back();
            const std::uint32_t split = last ? 0 : append(Op::split, here() + 1);
            emit(branch);
            if (last) break;
            jumps.push_back(append(Op::jump));
            program_.code[split].other = here();
        }
        for (const std::uint32_t jump : jumps) program_.code[jump].target = here();
    }

    void emit_value(const Group& group) {
        append(Op::save, static_cast<std::uint32_t>(2 * group.number));
        emit(group.inner.front());
        append(Op::save, static_cast<std::uint32_t>(2 * group.number + 1));
    }

    // X{2,} is XX+, X* is (?:X+)?, X{2,4} is XX(?:X(?:X)?)?.
    void emit_value(const Repeat& repeat) {
        const Node& inner = repeat.inner.front();
        const std::uint32_t once = repeat.max ? repeat.min : std::max(repeat.min, 1U) - 1;
        for (std::uint32_t i = 0; i < once && !too_large(); ++i) emit(inner);
        std::vector<std::uint32_t> exits;
        if (!repeat.max) {
            if (repeat.min == 0) exits.push_back(append_exit(repeat.greedy));
            emit_loop(inner, repeat.greedy);
        } else {
            for (std::uint32_t i = repeat.min; i < *repeat.max && !too_large(); ++i) {
                exits.push_back(append_exit(repeat.greedy));
                emit(inner);
            }
        }
        for (const std::uint32_t exit : exits) {
            Instruction& split = program_.code[exit];
            (split.greedy ? split.other : split.target) = here();
        }
    }

    // A choice between what comes next and what is far away; the caller sets the latter.
    std::uint32_t append_exit(bool greedy) {
        const std::uint32_t next = here() + 1;
        return greedy ? append(Op::split, next, unknown, true) : append(Op::split, unknown, next, false);
    }

    void emit_loop(const Node& inner, bool greedy) {
        const std::uint32_t body = here();
        if (may_be_empty(inner)) {
            ++depth_;
            emit(inner);
            append(Op::repeat, body, here() + 1, greedy);
            --depth_;
            return;
        }
        emit(inner);
        const std::uint32_t next = here() + 1;
        greedy ? append(Op::split, body, next) : append(Op::split, next, body);
    }

    // All bytes that may come first, had every assertion held.
    void find_first() {
        std::vector<bool> seen(program_.code.size());
        std::vector<std::uint32_t> open{0};
        program_.may_be_empty = false;
        while (!open.empty()) {
            const std::uint32_t at = open.back();
            open.pop_back();
            if (seen[at]) continue;
            seen[at] = true;
            const Instruction& instruction = program_.code[at];
            switch (instruction.op) {
                case Op::byte: program_.first.set(instruction.target); break;
                case Op::set: program_.first |= program_.sets[instruction.target]; break;
                case Op::assertion:
                case Op::none_ahead:
                case Op::save: open.push_back(at + 1); break;
                case Op::jump: open.push_back(instruction.target); break;
                case Op::split:
                case Op::repeat:
                    open.push_back(instruction.target);
                    open.push_back(instruction.other);
                    break;
                case Op::match: program_.may_be_empty = true; break;
            }
        }
    }

    // Ends where there is a choice, so each instruction is passed at most once.
    void find_prefix() {
        for (std::uint32_t at = 0;;) {
            const Instruction& instruction = program_.code[at];
            if (instruction.op == Op::byte)
                program_.prefix.push_back(static_cast<char>(instruction.target));
            else if (instruction.op == Op::jump)
                at = instruction.target - 1;
            else if (instruction.op != Op::save)
                return;
            ++at;
        }
    }

    Program program_;
    std::uint16_t depth_ = 0;  // at most max_nesting
    std::size_t visits_ = 0;
};

}  // namespace

Result<Program> compile(const Tree& tree) { return Compiler{}.compile(tree); }

}  // namespace base::regex

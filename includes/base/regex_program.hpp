// Tree -> the instructions that a matcher follows with all its threads at once, and what it may know of a match before
// it looks. Immutable once compiled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/regex_tree.hpp"
#include "base/result.hpp"

namespace base::regex {

enum class Op : std::uint8_t {
    byte,        // consumes the byte `target`
    set,         // consumes a byte of sets[target]
    assertion,   // goes on where Assertion{target} holds
    none_ahead,  // goes on where no text of aheads[target] follows
    split,       // tries `target`, then `other`
    jump,        // goes to `target`
    save,        // notes the position in slot `target`
    repeat,      // the end of a loop whose body may be empty: back to `target` or on to `other`, in order of `greedy`
    match,
};

// PCRE leaves a loop after a turn that consumed nothing. So what a thread does next depends on whether it has consumed
// anything since the current turn of a loop began. Where it has, it has for all loops around that one too, so that one
// number says it for all: its level, the number of loops, from outside, in whose current turns it consumed something.
// An instruction inside of `depth` such loops is reached with level 0 to `depth`, which makes depth + 1 states of it.
// (One state is enough where a byte is consumed, for that leads to level `depth` from everywhere.)
struct Instruction {
    Op op;
    bool greedy;
    std::uint16_t depth;  // of loops around it whose body may be empty
    std::uint32_t first_state;
    std::uint32_t target;
    std::uint32_t other;
};

struct Program {
    std::vector<Instruction> code;
    std::vector<Bytes> sets;
    std::vector<std::vector<std::vector<Step>>> aheads;
    std::uint32_t states = 0;
    std::uint32_t slots = 0;  // two for each group, and for the whole match

    bool anchored = false;     // matches at the start of the text or nowhere
    bool may_be_empty = true;  // or else begins with a byte of `first`
    Bytes first;
    std::string prefix;  // what every match begins with
};

// Fails where the program would become larger than max_states.
Result<Program> compile(const Tree& tree);

}  // namespace base::regex

#include "base/regex_ahead.hpp"

#include <iterator>
#include <utility>

namespace base::regex {

namespace {

using Texts = std::vector<std::vector<Step>>;

std::size_t steps_of(const Texts& texts) {
    std::size_t steps = texts.size();
    for (const auto& text : texts) steps += text.size();
    return steps;
}

// The first complaint ends it: what is spelled from then on doesn't matter, and is little.
class Speller {
public:
    std::string_view problem() const { return problem_; }

    Texts spell(const Node& node) {
        if (!problem_.empty()) return {};
        return std::visit([this](const auto& value) { return spell_value(value); }, node.value);
    }

private:
    Texts spell_value(const Bytes& bytes) { return {{Step{bytes}}}; }
    Texts spell_value(Assertion assertion) { return {{Step{assertion}}}; }
    Texts spell_value(const NoneAhead&) { return refuse("a look-ahead or \\R in it"); }
    Texts spell_value(const Group& group) { return spell(group.inner.front()); }

    Texts spell_value(const Sequence& sequence) {
        Texts texts{{}};
        for (const Node& part : sequence.parts) texts = joined(texts, spell(part));
        return texts;
    }

    Texts spell_value(const Choice& choice) {
        Texts texts;
        for (const Node& branch : choice.branches) {
            append(texts, spell(branch));
            if (!problem_.empty()) return {};
        }
        return texts;
    }

    // a{1,3} is a, aa and aaa.
    Texts spell_value(const Repeat& repeat) {
        if (!repeat.max) return refuse("a repetition without end");
        const Texts inner = spell(repeat.inner.front());
        Texts texts;
        Texts so_far{{}};
        for (std::uint32_t count = 0; count <= *repeat.max && problem_.empty(); ++count) {
            if (count >= repeat.min) append(texts, so_far);
            if (count < *repeat.max) so_far = joined(so_far, inner);
        }
        return texts;
    }

    void append(Texts& texts, Texts more) {
        if (steps_of(texts) + steps_of(more) > max_ahead_steps)
            refuse("too many texts, or too long ones");
        else
            texts.insert(texts.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }

    Texts joined(const Texts& heads, const Texts& tails) {
        const std::size_t steps = steps_of(heads) * tails.size() + steps_of(tails) * heads.size();
        if (steps > 2 * max_ahead_steps) return refuse("too many texts, or too long ones");
        Texts texts;
        for (const auto& head : heads) {
            for (const auto& tail : tails) {
                texts.push_back(head);
                texts.back().insert(texts.back().end(), tail.begin(), tail.end());
            }
        }
        return texts;
    }

    Texts refuse(std::string_view problem) {
        if (problem_.empty()) problem_ = problem;
        return {};
    }

    std::string_view problem_;
};

}  // namespace

std::string_view spell_out(const Node& node, std::vector<std::vector<Step>>& texts) {
    Speller speller;
    texts = speller.spell(node);
    return speller.problem();
}

}  // namespace base::regex

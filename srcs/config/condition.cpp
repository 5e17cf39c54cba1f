#include "config/condition.hpp"

#include <algorithm>
#include <array>

#include "config/pattern.hpp"

namespace config {

namespace {

using Test = IfStep::Test;

struct Operator {
    std::string_view text;
    Test test;
    bool negated;
    base::Regex::Case which = base::Regex::Case::sensitive;  // matches
};
constexpr std::array<Operator, 6> comparisons{{
    {"=", Test::equals, false},
    {"!=", Test::equals, true},
    {"~", Test::matches, false},
    {"~*", Test::matches, false, base::Regex::Case::blind},
    {"!~", Test::matches, true},
    {"!~*", Test::matches, true, base::Regex::Case::blind},
}};
constexpr std::array<Operator, 8> file_tests{{
    {"-f", Test::is_file, false},
    {"!-f", Test::is_file, true},
    {"-d", Test::is_folder, false},
    {"!-d", Test::is_folder, true},
    {"-e", Test::exists, false},
    {"!-e", Test::exists, true},
    {"-x", Test::is_executable, false},
    {"!-x", Test::is_executable, true},
}};

template <class Operators>
const Operator* find_operator(const Operators& operators, std::string_view text) {
    const auto found = std::ranges::find(operators, text, &Operator::text);
    return found == operators.end() ? nullptr : &*found;
}

constexpr std::string_view forms =
    "write \"if ($variable)\", \"if ($variable = text)\", \"if ($variable ~ expression)\" or \"if (-f path)\"";

std::nullopt_t report_form(const Directive& directive, const Token& at, std::string_view what, Build& build) {
    build.report.error(at, directive.name.text + ": " + std::string{what}, std::string{forms});
    return std::nullopt;
}

// The words between the parentheses, which may be words of their own or parts of the first and last.
std::optional<std::vector<Token>> words_inside(const Directive& directive, Build& build) {
    std::vector<Token> words = directive.arguments;
    if (!words.front().text.starts_with('('))
        return report_form(directive, words.front(), "the condition does not begin with \"(\"", build);
    if (!words.back().text.ends_with(')'))
        return report_form(directive, words.back(), "the condition does not end with \")\"", build);
    words.front().text.erase(0, 1);
    if (words.back().text.empty()) return report_form(directive, words.back(), "there is no condition", build);
    words.back().text.pop_back();
    if (words.back().text.empty() && !words.back().quoted) words.pop_back();
    if (!words.empty() && words.front().text.empty()) words.erase(words.begin());
    if (words.empty()) return report_form(directive, directive.arguments.front(), "there is no condition", build);
    return words;
}

std::optional<IfStep> read_file_test(const Directive& directive, const Operator& test, const std::vector<Token>& words,
                                     Build& build) {
    if (words.size() != 2) return report_form(directive, words.front(), "a test of a file takes one path", build);
    auto path = read_template(directive, words[1], build);
    if (!path) return std::nullopt;
    IfStep step;
    step.test = test.test;
    step.negated = test.negated;
    step.subject = std::move(*path);
    return step;
}

std::optional<IfStep> read_comparison(const Directive& directive, IfStep step, const std::vector<Token>& words,
                                      Build& build) {
    const Operator* comparison = find_operator(comparisons, words[1].text);
    if (comparison == nullptr)
        return report_form(directive, words[1], "there is no comparison " + quoted(words[1].text), build);
    if (words.size() != 3) return report_form(directive, words.back(), "a comparison takes one value", build);
    step.test = comparison->test;
    step.negated = comparison->negated;
    if (step.test == Test::matches) {
        step.pattern = read_pattern(words[2].text, comparison->which, directive, words[2], build);
        return step.pattern ? std::optional{std::move(step)} : std::nullopt;
    }
    auto value = read_template(directive, words[2], build);
    if (!value) return std::nullopt;
    step.value = std::move(*value);
    return step;
}

std::optional<IfStep> read_words(const Directive& directive, const std::vector<Token>& words, Build& build) {
    const Token& first = words.front();
    if (const Operator* test = find_operator(file_tests, first.text))
        return read_file_test(directive, *test, words, build);
    auto subject = read_template(directive, first, build);
    if (!subject) return std::nullopt;
    // As in nginx: what is compared is one variable, alone.
    if (subject->parts().size() != 1 || !subject->parts()[0].variable || !subject->parts()[0].text.empty())
        return report_form(directive, first, quoted(first.text) + " is no variable", build);
    IfStep step;
    step.subject = std::move(*subject);
    if (words.size() == 1) return step;
    return read_comparison(directive, std::move(step), words, build);
}

}  // namespace

std::optional<IfStep> read_condition(const Directive& directive, Build& build) {
    const auto words = words_inside(directive, build);
    if (!words) return std::nullopt;
    auto step = read_words(directive, *words, build);
    if (!step) return std::nullopt;
    for (const Token& word : *words) step->source.append(step->source.empty() ? "" : " ").append(word.text);
    return step;
}

}  // namespace config

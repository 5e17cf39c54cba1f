// Regular expressions: the cases of regex_cases.txt, whose expectations are PCRE2's own answers; what patterns tell of
// themselves; the limits; and that neither time nor memory depends on how a pattern is made.
#include "base/regex.hpp"

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.hpp"
#include "check.hpp"

int test_regex_cases();
int test_regex_patterns();
int test_regex_limits();
int test_regex_cost();

namespace {

std::size_t allocations = 0;  // of this program so far

}  // namespace

void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size)) return memory;
    std::abort();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using base::Regex;
using base::RegexMatcher;
using Case = Regex::Case;
using Groups = std::vector<std::string_view>;

// What is written "in quotes": \n \r \t \xHH, and a backslash before what would mean something else.
std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out.push_back(text[i]);
            continue;
        }
        const char c = text[++i];
        if (c == 'n')
            out.push_back('\n');
        else if (c == 'r')
            out.push_back('\r');
        else if (c == 't')
            out.push_back('\t');
        else if (c == 'x') {
            out.push_back(static_cast<char>(base::hex_value(text[i + 1]) * 16 + base::hex_value(text[i + 2])));
            i += 2;
        } else
            out.push_back(c);
    }
    return out;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\t')
            out += "\\t";
        else if (c == '"' || c == '\\')
            out.append({'\\', c});
        else if (c < ' ' || c > '~') {
            constexpr std::string_view hex = "0123456789abcdef";
            const auto value = static_cast<unsigned char>(c);
            out.append({'\\', 'x', hex[value >> 4], hex[value & 15]});
        } else
            out.push_back(c);
    }
    return '"' + out + '"';
}

// As an expectation is written: the place of the match and all groups, `-` for one that took no part.
std::string written(std::string_view text, const Groups& groups) {
    std::string out = std::to_string(groups[0].data() - text.data());
    for (const std::string_view group : groups) out += group.data() == nullptr ? " -" : " " + escaped(group);
    return out;
}

class CaseFile {
public:
    explicit CaseFile(Checks& checks) : checks_(checks) {}

    void run(const std::filesystem::path& path) {
        std::ifstream file{path};
        for (std::string line; std::getline(file, line);) read(line);
        checks_.expect(cases_ > 400 && refusals_ > 90, "the cases of " + path.string() + " were found");
    }

private:
    void read(const std::string& line) {
        ++number_;
        if (line.starts_with('/'))
            read_pattern(line);
        else if (line.starts_with("  refused "))
            check_refusal(line.substr(10));
        else if (line.starts_with("  \""))
            check_match(line);
        else
            expect(line.empty() || line.starts_with('#'), "a line of no known kind");
    }

    void read_pattern(const std::string& line) {
        const std::size_t end = line.rfind('/');
        pattern_ = line.substr(1, end - 1);
        const std::string flags = line.substr(end + 1);
        expect(flags.empty() || flags == "i", "the only flag is i");
        regex_ = std::make_unique<base::Result<Regex>>(
            Regex::compile(pattern_, flags == "i" ? Case::blind : Case::sensitive));
    }

    void check_refusal(const std::string& message) {
        ++refusals_;
        expect(!*regex_, "is to be refused");
        if (!*regex_) expect(regex_->error().message == message, "refused with: " + regex_->error().message);
    }

    void check_match(const std::string& line) {
        ++cases_;
        if (!*regex_) return expect(false, "refused: " + regex_->error().message);
        std::size_t end = 3;
        while (line[end] != '"') end += line[end] == '\\' ? 2U : 1U;
        const std::string text = unescaped(std::string_view{line}.substr(3, end - 3));
        const std::string expected = line.substr(line.find_first_not_of(' ', end + 1));
        // In memory of exactly its size, so that AddressSanitizer sees a read outside of it.
        const std::vector<char> exact(text.begin(), text.end());
        const std::string_view view{exact.data(), exact.size()};
        Groups groups;
        const bool found = matcher_.search(**regex_, view, groups);
        const std::string answer = found ? written(view.data() == nullptr ? groups[0] : view, groups) : "none";
        expect(answer == expected, "found " + answer + " in " + escaped(text) + ", not " + expected);
        expect(matcher_.search(**regex_, view) == found, "the same without groups, in " + escaped(text));
    }

    void expect(bool holds, const std::string& what) {
        if (!holds) checks_.expect(false, "line " + std::to_string(number_) + ", /" + pattern_ + "/: " + what);
    }

    Checks& checks_;
    std::size_t number_ = 0;
    std::size_t cases_ = 0;
    std::size_t refusals_ = 0;
    std::string pattern_;
    std::unique_ptr<base::Result<Regex>> regex_;
    RegexMatcher matcher_;  // one for all
};

std::string refusal(std::string_view pattern) {
    const auto regex = Regex::compile(pattern, Case::sensitive);
    return regex ? std::string{"none"} : regex.error().message;
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

Regex compiled(std::string_view pattern) { return *Regex::compile(pattern, Case::sensitive); }

double seconds_of_cpu() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

int test_regex_cases() {
    Checks checks;
    CaseFile{checks}.run(std::filesystem::path{__FILE__}.replace_filename("regex_cases.txt"));
    return checks.failures();
}

int test_regex_patterns() {
    Checks checks;
    Regex regex = compiled("(?<year>\\d+)-(\\d+)(?:x)(?<day>\\d+)");
    const Regex copy = regex;
    regex = compiled("other");
    checks.expect(regex.groups() == 0 && regex.names().empty() && regex.pattern() == "other", "another pattern");
    checks.expect(copy.groups() == 3 && copy.pattern().starts_with("(?<year>"), "a copy stays what it is");
    const auto names = copy.names();
    checks.expect(names.size() == 2 && names[0] == std::pair<std::string, std::size_t>{"year", 1}, "the first name");
    checks.expect(names[1] == std::pair<std::string, std::size_t>{"day", 3}, "the second name");

    RegexMatcher matcher;
    Groups groups{"before"};
    checks.expect(!matcher.search(copy, "none", groups) && groups.size() == 1 && groups[0] == "before", "left alone");
    checks.expect(matcher.search(compiled("(a)|()"), {}, groups), "a text that is nowhere");
    checks.expect(groups.size() == 3 && groups[0].data() != nullptr && groups[2].data() != nullptr, "set, but empty");
    checks.expect(groups[1].data() == nullptr, "not set");
    checks.expect(matcher.search(compiled("(?x) a # to the end of the line\n b"), "ab"),
                  "a comment ends with its line");
    checks.expect(matcher.search(compiled(std::string_view{"a\0b", 3}), {"xa\0b", 4}), "NUL is a byte like others");
    return checks.failures();
}

int test_regex_limits() {
    Checks checks;
    const auto starts = [&](const std::string& pattern, std::string_view message) {
        const std::string said = refusal(pattern);
        checks.expect(said.find(message) != std::string::npos, "said: " + said);
    };
    starts(repeated("a", 8192), "none");
    starts(repeated("a", 8193), "at byte 8192: longer than 8192 bytes");
    starts(repeated("(?:", 100) + repeated(")", 100), "none");
    starts(repeated("(?:", 101) + repeated(")", 101), "at byte 300: groups nested deeper than 100");
    starts(repeated("(?i:", 2000), "at byte 400: groups nested deeper");
    starts(repeated("(a)", 99), "none");
    starts(repeated("(a)", 100), "at byte 297: more than 99 groups");
    starts("(?:a{1000}){9}", "none");
    starts("(?:a{1000}){11}", "needs more than 10000 steps");
    starts(repeated("(?:", 90) + "a*" + repeated(")*", 90), "none");
    starts(repeated("(?:", 99) + repeated("b?", 200) + repeated(")*", 99), "needs more than 10000 steps");
    starts(repeated("(?:(?:", 30) + repeated("){1000}){1000}", 30), "needs more than 10000 steps");
    starts("(?!" + repeated("(?:a|b)", 20) + ")", "too many texts");
    return checks.failures();
}

// The time of a search grows as its text does, with patterns that take other engines forever; and once the memory has
// grown, nothing is allocated.
int test_regex_cost() {
    Checks checks;
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
    constexpr double patience = 1;  // milliseconds for each KiB
    constexpr std::size_t kib = 64;
#else
    constexpr double patience = 20;
    constexpr std::size_t kib = 8;
#endif
    const std::string all_a(kib * 1024, 'a');
    RegexMatcher matcher;
    Groups groups;
    for (const std::string_view pattern :
         {"(a|a)*$", "(a|a)*b", "(a*)*b", "(a+)+b", "(?:a?){20}a{20}b", "(a|aa|aaa)*b", ".*.*.*b", "^(a|a)*$",
          "((a*)*)*b", "(|a)+b", "(?:.*a){5}b", "(a?|b?)*c", "a(?!a|b)b"}) {
        const Regex regex = compiled(pattern);
        matcher.search(regex, all_a, groups);
        const std::size_t before = allocations;
        const double start = seconds_of_cpu();
        matcher.search(regex, all_a, groups);
        const double spent = seconds_of_cpu() - start;
        matcher.search(regex, all_a);
        const bool allocated = allocations != before;
        checks.expect(!allocated, "allocated again: " + std::string{pattern});
        checks.expect(spent < patience * kib / 1000,
                      std::string{pattern} + " took " + std::to_string(spent * 1000 / kib) + " ms for each KiB");
    }
    return checks.failures();
}

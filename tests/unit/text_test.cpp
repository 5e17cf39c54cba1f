// Hashes and escapes of short texts: memory of exactly their size, so that a sanitizer sees a step beyond.
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/ascii.hpp"
#include "base/hash.hpp"
#include "check.hpp"

namespace {

// A copy with nothing behind it.
struct Exact {
    explicit Exact(std::string_view text) : bytes(new char[text.size()]), size(text.size()) {
        std::memcpy(bytes.get(), text.data(), size);
    }
    std::string_view view() const { return {bytes.get(), size}; }

    std::unique_ptr<char[]> bytes;
    std::size_t size;
};

void check_escapes(Checks& checks) {
    for (std::size_t size = 1; size <= 40; ++size) {
        const std::string plain(size, 'p');
        std::string out;
        base::append_log_escaped(out, Exact{plain}.view());
        checks.expect(out == plain, "nothing to escape in " + std::to_string(size) + " bytes");
        for (std::size_t at = 0; at < size; ++at) {
            std::string text = plain;
            text[at] = '\n';
            std::string expected = plain;
            expected.replace(at, 1, "\\x0A");
            out.clear();
            base::append_log_escaped(out, Exact{text}.view());
            checks.expect(out == expected, "a line feed at " + std::to_string(at) + " of " + std::to_string(size));
            out.clear();
            base::append_on_one_line(out, Exact{text}.view());
            checks.expect(out == expected, "on one line, at " + std::to_string(at) + " of " + std::to_string(size));
        }
    }
}

void check_hashes(Checks& checks) {
    std::set<std::uint64_t> seen;
    std::size_t count = 0;
    for (std::size_t size = 0; size <= 40; ++size, ++count)
        seen.insert(base::hash(Exact{std::string(size, 'a')}.view(), 1));
    for (const std::string_view name : {"x", "y", "img", "css", "xx", "0123456789abcdef0", "0123456789abcdef1"}) {
        seen.insert(base::hash(name, 1));
        ++count;
    }
    checks.expect(seen.size() == count, "texts of any length have hashes of their own");
    // Words that were picked as constants somewhere must not make the seed, or what stands beside them, of no account.
    for (const std::uint64_t word :
         {0x9E3779B97F4A7C15U, 0xA4093822299F31D1U, 0xBF58476D1CE4E5B9U, 0x94D049BB133111EBU}) {
        std::string text(sizeof word, '\0');
        std::memcpy(text.data(), &word, sizeof word);
        const std::string one = text + "12345678x";
        const std::string other = text + "12345679x";
        checks.expect(base::hash(one, 1) != base::hash(one, 2), "the seed counts");
        checks.expect(base::hash(one, 1) != base::hash(other, 1), "what stands behind the word counts");
        checks.expect(base::hash("abcdefghabcdefgh" + one, 1) != base::hash("abcdefghabcdefgi" + one, 1),
                      "what stands before it counts");
    }
    const std::uint64_t golden = 0x9E3779B97F4A7C15U;
    checks.expect(base::hash("a", golden) != base::hash("b", golden), "no seed makes short texts alike");
}

}  // namespace

int test_text() {
    Checks checks;
    check_escapes(checks);
    check_hashes(checks);
    return checks.failures();
}

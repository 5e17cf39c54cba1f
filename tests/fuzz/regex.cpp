// Feeds bytes to the regular expressions: the first line is the pattern (behind `i` or any other byte, which says
// whether case matters), the rest is the text, cut to a bounded length. What is found must lie in the text, be found
// again, with captures or without, and in any memory.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "base/regex.hpp"

namespace {

using Groups = std::vector<std::string_view>;

constexpr std::size_t longest_text = 256;

void require(bool holds) {
    if (!holds) std::abort();
}

void check_groups(const base::Regex& regex, std::string_view text, const Groups& groups) {
    require(groups.size() == regex.groups() + 1);
    for (const std::string_view group : groups) {
        if (group.data() == nullptr) continue;
        require(group.data() >= text.data() && group.data() + group.size() <= text.data() + text.size());
    }
    require(groups[0].data() != nullptr);
}

void check_search(const base::Regex& regex, std::string_view text) {
    // One that has seen the text's half, and one that has seen nothing.
    base::RegexMatcher used;
    base::RegexMatcher fresh;
    Groups groups;
    Groups again;
    used.search(regex, text.substr(0, text.size() / 2), groups);
    const bool found = used.search(regex, text, groups);
    require(found == fresh.search(regex, text) && found == fresh.search(regex, text, again));
    if (!found) return;
    check_groups(regex, text, groups);
    require(std::ranges::equal(groups, again, {}, &std::string_view::data, &std::string_view::data));
    require(std::ranges::equal(groups, again, {}, &std::string_view::size, &std::string_view::size));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const auto which = input.front() == 'i' ? base::Regex::Case::blind : base::Regex::Case::sensitive;
    const std::size_t line_end = std::min(input.find('\n', 1), size);
    const auto regex = base::Regex::compile(input.substr(1, line_end - 1), which);
    if (!regex) {
        require(!regex.error().message.empty());
        return 0;
    }
    const std::string_view text = input.substr(std::min(line_end + 1, size), longest_text);
    const std::vector<char> exact(text.begin(), text.end());
    if (!exact.empty()) check_search(regex.value(), {exact.data(), exact.size()});
    return 0;
}

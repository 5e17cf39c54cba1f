// Host names, some of them with a wildcard, each with a number: what `map ... { hostnames; }` and valid_referers look
// names up in. Exact names go first, then the longest wildcard in front, then the longest one behind.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace config {

class HostTable {
public:
    enum class Added : std::uint8_t { yes, twice, malformed };

    // example.org, *.example.org, .example.org (with and without something before it), www.example.*; in any case.
    Added add(std::string_view name, std::uint32_t value);
    // Any text, whatever stands in it.
    Added add_exact(std::string_view text, std::uint32_t value);

    bool is_empty() const { return exact_.empty() && leading_.empty() && trailing_.empty(); }

    // `name` in lower case.
    std::optional<std::uint32_t> find(std::string_view name) const;

private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    using ByText = std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>>;
    static Added put(ByText& table, std::string key, std::uint32_t value);
    static std::optional<std::uint32_t> look_up(const ByText& table, std::string_view key);

    ByText exact_;
    ByText leading_;   // ".example.org"
    ByText trailing_;  // "www.example."
};

}  // namespace config

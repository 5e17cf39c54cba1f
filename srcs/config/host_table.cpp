#include "config/host_table.hpp"

#include "base/ascii.hpp"

namespace config {

HostTable::Added HostTable::put(ByText& table, std::string key, std::uint32_t value) {
    return table.try_emplace(std::move(key), value).second ? Added::yes : Added::twice;
}

HostTable::Added HostTable::add_exact(std::string_view text, std::uint32_t value) {
    return put(exact_, base::lower_case(text), value);
}

HostTable::Added HostTable::add(std::string_view name, std::uint32_t value) {
    std::string text = base::lower_case(name);
    const bool leads = text.starts_with("*.") && text.size() > 2;
    const bool trails = text.ends_with(".*") && text.size() > 2;
    const std::size_t star = text.find('*');
    const bool stray_star = star != std::string::npos && (text.rfind('*') != star || (!leads && !trails));
    if (stray_star || text.find("..") != std::string::npos || text.find('\0') != std::string::npos)
        return Added::malformed;
    if (leads) return put(leading_, text.substr(1), value);
    if (trails && text.starts_with('.')) return Added::malformed;
    if (trails) return put(trailing_, text.substr(0, text.size() - 1), value);
    if (!text.starts_with('.') || text.size() == 1) return put(exact_, std::move(text), value);
    const Added added = put(exact_, text.substr(1), value);
    return added == Added::yes ? put(leading_, std::move(text), value) : added;
}

std::optional<std::uint32_t> HostTable::look_up(const ByText& table, std::string_view key) {
    const auto found = table.find(key);
    return found == table.end() ? std::nullopt : std::optional{found->second};
}

std::optional<std::uint32_t> HostTable::find(std::string_view name) const {
    if (const auto value = look_up(exact_, name)) return value;
    if (!leading_.empty()) {
        for (std::size_t dot = name.find('.', 1); dot != std::string_view::npos; dot = name.find('.', dot + 1))
            if (const auto value = look_up(leading_, name.substr(dot))) return value;
    }
    if (trailing_.empty() || name.size() < 2) return std::nullopt;
    for (std::size_t dot = name.rfind('.', name.size() - 2); dot != std::string_view::npos && dot > 0;
         dot = name.rfind('.', dot - 1))
        if (const auto value = look_up(trailing_, name.substr(0, dot + 1))) return value;
    return std::nullopt;
}

}  // namespace config

#include "config/pattern.hpp"

#include "base/ascii.hpp"

namespace config {

std::optional<Pattern> read_pattern(std::string_view text, base::Regex::Case which, const Directive& directive,
                                    const Token& token, Build& build) {
    auto regex = checked(base::Regex::compile(text, which), directive, token, build);
    if (!regex) return std::nullopt;
    Pattern pattern{std::move(*regex), {}};
    for (const auto& [name, group] : pattern.regex.names()) {
        const std::string lower = base::lower_case(name);
        if (find_built_in_variable(lower)) {
            build.report.error(token,
                               directive.name.text + ": the group " + quoted(name) +
                                   " has the name of a variable with its own meaning",
                               "choose another name");
            return std::nullopt;
        }
        pattern.names.emplace_back(build.variables.make(lower), group);
    }
    return pattern;
}

}  // namespace config

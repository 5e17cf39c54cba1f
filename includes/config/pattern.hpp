// Regular expressions in the configuration: compiled when it is read, their named groups known as variables.
#pragma once

#include <optional>
#include <string_view>

#include "config/directives.hpp"

namespace config {

// `text` is all or a part of what `token` says. nullopt after a report.
std::optional<Pattern> read_pattern(std::string_view text, base::Regex::Case which, const Directive& directive,
                                    const Token& token, Build& build);

}  // namespace config

// The table as text for people: the help on one directive, and the whole reference that conf/README.md holds. Knows no
// configuration.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace config {

// Several lines; for nginx's other directives, why they have no effect or what to use instead; for the code of a
// warning, what is behind it. nullopt: no such directive.
std::optional<std::string> directive_help(std::string_view name);

// "did you mean "listen"?", for a name that has no help; empty when none is near.
std::string directive_hint(std::string_view name);

// conf/README.md, byte for byte.
std::string reference_markdown();

}  // namespace config

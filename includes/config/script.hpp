// What `set`, `if`, `rewrite`, `return` and `break` do, in the order in which they stand: carried out for each request
// before its location is looked for (a server's) or once it is known (a location's). routing/rewrite runs it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/regex.hpp"
#include "config/template.hpp"
#include "http/registry.hpp"

namespace config {

struct LocationSettings;
struct Step;
using Script = std::vector<Step>;

// A regular expression, and the variables that its named groups give a value to.
struct Pattern {
    base::Regex regex;
    std::vector<std::pair<std::uint32_t, std::size_t>> names;  // (index into Settings::variables, group)
};

// set $name value;
struct SetStep {
    enum class Target : std::uint8_t { own, args, limit_rate };
    Target target = Target::own;
    std::uint32_t variable = 0;  // index into Settings::variables, of an own one
    Template value;
};

struct BreakStep {};

// rewrite regex replacement [last | break | redirect | permanent];
struct RewriteStep {
    enum class Then : std::uint8_t { go_on, last, break_, redirect, permanent };
    Pattern pattern;
    Template path;                 // of the replacement, without its query
    std::optional<Template> args;  // of the replacement: in place of the request's own
    bool adds_args = true;         // the request's own follow; false where the replacement ends with `?`
    Then then = Then::go_on;
};

// return 301 /new;   return 200 "text";   return https://example.org/;
struct ReturnStep {
    http::Status status{};
    Template text;  // a URL for the redirecting codes (301, 302, 303, 307, 308); else content, maybe empty
    bool has_text = false;
    bool redirects = false;
    bool closes = false;  // 444: the connection ends without an answer
};

// if (condition) { ... }
struct IfStep {
    enum class Test : std::uint8_t { is_set, equals, matches, is_file, is_folder, exists, is_executable };
    Test test = Test::is_set;
    bool negated = false;
    std::string source;              // the condition as it was written
    Template subject;                // the variable, or the path of a file
    Template value;                  // equals
    std::optional<Pattern> pattern;  // matches
    // Of the block in a location: in force instead of the location's own once the condition was true.
    std::shared_ptr<const LocationSettings> settings;
    std::vector<Step> then;
};

struct Step {
    std::variant<SetStep, BreakStep, RewriteStep, ReturnStep, IfStep> what;
};

}  // namespace config

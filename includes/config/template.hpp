// Text with variables, as directives take it: "https://$host$request_uri". Cut into its parts once, when the
// configuration is read; routing/variables puts in the values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/variables.hpp"

namespace config {

struct Build;
struct Directive;

class Template {
public:
    struct Part {
        std::string text;  // comes before the variable
        std::optional<VariableUse> variable;
    };

    Template() = default;
    explicit Template(std::string text);

    // Whether it has no variable: text() is then all of it.
    bool is_constant() const { return parts_.empty() || (parts_.size() == 1 && !parts_.front().variable); }
    // Precondition: is_constant().
    std::string_view text() const {
        return parts_.empty() ? std::string_view{} : std::string_view{parts_.front().text};
    }

    const std::vector<Part>& parts() const { return parts_; }
    const std::string& source() const { return source_; }  // as it was written, quotes undone

private:
    friend std::optional<Template> read_template(std::string_view, const Directive&, const Token&, Build&);

    std::vector<Part> parts_;
    std::string source_;
};

// `text`, all or a part of what `token` says. nullopt after a report: a `$` that begins no variable's name.
std::optional<Template> read_template(std::string_view text, const Directive& directive, const Token& token,
                                      Build& build);
inline std::optional<Template> read_template(const Directive& directive, const Token& token, Build& build) {
    return read_template(token.text, directive, token, build);
}

// "$name" in full, for directives that name the variable they give a value to; its index. nullopt after a report.
std::optional<std::uint32_t> read_own_variable(const Directive& directive, const Token& token, Build& build);

}  // namespace config

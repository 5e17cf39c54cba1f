#include "config/definitions.hpp"

#include <algorithm>

namespace config {

namespace {

constexpr unsigned longest_chain = 100;  // as in nginx: each link takes a part of the stack

void add_own(const Template& text, std::vector<std::uint32_t>& needed) {
    for (const Template::Part& part : text.parts())
        if (part.variable && part.variable->kind == VariableUse::Kind::own) needed.push_back(part.variable->index);
}

struct Needed {
    std::vector<std::uint32_t> variables;

    void operator()(const Assigned&) {}
    void operator()(const Map& map) {
        add_own(map.source, variables);
        for (const Template& value : map.values) add_own(value, variables);
    }
    void operator()(const Geo& geo) {
        if (geo.address) add_own(*geo.address, variables);
    }
    void operator()(const SplitClients& split) { add_own(split.source, variables); }
};

class ChainCheck {
public:
    explicit ChainCheck(Build& build) : build_(build), names_(build.variables.names()), lengths_(names_.size()) {}

    // How many computed variables have to be found for this one, one for the other. nullopt after a report.
    std::optional<unsigned> length(std::uint32_t variable) {
        const auto computed = build_.computed.find(variable);
        if (computed == build_.computed.end()) return 0;
        if (lengths_[variable] > 0) return lengths_[variable];
        if (std::ranges::find(chain_, variable) != chain_.end()) return report_circle(computed->second, variable);
        if (chain_.size() >= longest_chain) return report_length(computed->second);
        chain_.push_back(variable);
        Needed needed;
        std::visit(needed, computed->second.definition);
        std::ranges::sort(needed.variables);
        needed.variables.erase(std::unique(needed.variables.begin(), needed.variables.end()), needed.variables.end());
        unsigned longest = 0;
        for (const std::uint32_t inner : needed.variables) {
            const auto found = length(inner);
            if (!found) return std::nullopt;
            longest = std::max(longest, *found);
        }
        chain_.pop_back();
        if (longest >= longest_chain) return report_length(computed->second);
        return lengths_[variable] = longest + 1;
    }

private:
    std::nullopt_t report_circle(const Computed& at, std::uint32_t variable) {
        std::string circle;
        for (auto link = std::ranges::find(chain_, variable); link != chain_.end(); ++link)
            circle += '$' + names_[*link] + " -> ";
        build_.report.error(*at.at, "the variable is needed for its own value: " + circle + '$' + names_[variable],
                            "one of them has to do without the next");
        return std::nullopt;
    }

    std::nullopt_t report_length(const Computed& at) {
        build_.report.error(
            *at.at, "more than " + std::to_string(longest_chain) + " computed variables need each other, one the next",
            "let some of them look at the request itself");
        return std::nullopt;
    }

    Build& build_;
    std::vector<std::string> names_;
    std::vector<unsigned> lengths_;  // 0: not known yet
    std::vector<std::uint32_t> chain_;
};

}  // namespace

std::optional<std::uint32_t> read_computed_variable(const Directive& directive, const Token& token, Build& build) {
    const auto variable = read_own_variable(directive, token, build);
    if (!variable) return std::nullopt;
    const auto earlier = build.computed.find(*variable);
    if (earlier == build.computed.end()) return variable;
    const Token& first = *earlier->second.at;
    build.report.error(token, directive.name.text + ": " + quoted(token.text) + " is computed twice",
                       "the first is at " + first.source->name + ':' + std::to_string(first.line) +
                           "; keep one of them, or choose another name");
    return std::nullopt;
}

void settle_variables(Build& build) {
    ChainCheck check{build};
    for (const auto& [variable, computed] : build.computed)
        if (!check.length(variable)) break;  // what is wrong with one is wrong with all that need it
    std::vector<OwnVariable>& variables = build.settings.variables;
    for (std::string& name : build.variables.names()) variables.push_back({std::move(name), {}});
    for (auto& [variable, computed] : build.computed) variables[variable].definition = std::move(computed.definition);
}

}  // namespace config

#include "config/directives_maps.hpp"

#include <array>
#include <unordered_map>

#include "base/ascii.hpp"
#include "config/definitions.hpp"
#include "config/geo_block.hpp"
#include "config/pattern.hpp"

namespace config {

namespace {

using enum Context;

class MapReader {
public:
    MapReader(const Directive& directive, Build& build) : directive_(directive), build_(build) {
        map_.values.emplace_back();
    }

    std::optional<Map> read();

private:
    void read_word(const Token& word);
    void read_line(const Directive& line);
    void read_default(const Token& key, const Token& value);
    void read_expression(const Token& key, const Token& value);
    void read_text(const Token& key, const Token& value);
    std::optional<std::uint32_t> value_index(const Token& token);

    const Directive& directive_;
    Build& build_;
    Map map_;
    std::unordered_map<std::string, std::uint32_t> known_values_;
    bool has_default_ = false;
    bool has_lines_ = false;
};

std::optional<Map> MapReader::read() {
    auto source = read_template(directive_, directive_.arguments[0], build_);
    for (const Directive& line : directive_.block) {
        if (build_.report.full()) break;
        if (!line.has_block && line.arguments.empty())
            read_word(line.name);
        else
            read_line(line);
    }
    if (!source) return std::nullopt;
    map_.source = std::move(*source);
    return std::move(map_);
}

void MapReader::read_word(const Token& word) {
    if (word.text == "volatile") {
        map_.is_volatile = true;
    } else if (word.text == "hostnames") {
        if (has_lines_)
            build_.report.warning(word, "map: the lines before \"hostnames\" are plain texts",
                                  "move it to the front of the block");
        map_.hostnames = true;
    } else {
        build_.report.error(word, "map: " + quoted(word.text) + " has no value", "write \"text value;\"");
    }
}

void MapReader::read_line(const Directive& line) {
    if (line.name.text == "include") return;  // carried out where files are read at all
    has_lines_ = true;
    const Token& key = line.name;
    if (line.has_block || line.arguments.size() != 1)
        return build_.report.error(key, "map: a line is a text and its value, not " + quoted(key.text) + " and more",
                                   "write \"text value;\"; spaces and braces need quotes");
    const Token& value = line.arguments[0];
    if (key.text == "default") return read_default(key, value);
    if (key.text.starts_with('~')) return read_expression(key, value);
    read_text(key, value);
}

void MapReader::read_default(const Token& key, const Token& value) {
    if (has_default_)
        return build_.report.error(key, "map: a second \"default\"",
                                   "keep one of them; the text itself is written \\default");
    has_default_ = true;
    if (auto text = read_template(directive_, value, build_)) map_.values[0] = std::move(*text);
}

// "~expression", "~*expression" in any case.
void MapReader::read_expression(const Token& key, const Token& value) {
    const bool blind = key.text.starts_with("~*");
    auto pattern =
        read_pattern(std::string_view{key.text}.substr(blind ? 2 : 1),
                     blind ? base::Regex::Case::blind : base::Regex::Case::sensitive, directive_, key, build_);
    const auto index = value_index(value);
    if (pattern && index) map_.expressions.push_back({std::move(*pattern), *index});
}

void MapReader::read_text(const Token& key, const Token& value) {
    const auto index = value_index(value);
    if (!index) return;
    std::string_view text = key.text;
    if (text.starts_with('\\')) text.remove_prefix(1);
    const HostTable::Added added = map_.hostnames ? map_.texts.add(text, *index) : map_.texts.add_exact(text, *index);
    switch (added) {
        case HostTable::Added::yes: return;
        case HostTable::Added::twice:
            return build_.report.error(key, "map: " + quoted(key.text) + " has a value already",
                                       "keep one of the two; upper and lower case are the same");
        case HostTable::Added::malformed:
            return build_.report.error(
                key, "map: " + quoted(key.text) + " is no host name",
                "after \"hostnames\", write example.org, *.example.org, .example.org or example.*");
    }
}

std::optional<std::uint32_t> MapReader::value_index(const Token& token) {
    if (const auto known = known_values_.find(token.text); known != known_values_.end()) return known->second;
    auto value = read_template(directive_, token, build_);
    if (!value) return std::nullopt;
    const auto index = static_cast<std::uint32_t>(map_.values.size());
    map_.values.push_back(std::move(*value));
    known_values_.emplace(token.text, index);
    return index;
}

void set_map(const Directive& directive, Level&, Build& build) {
    const Token& name = directive.arguments[1];
    const auto variable = read_computed_variable(directive, name, build);
    auto map = MapReader{directive, build}.read();
    if (variable && map) build.computed.emplace(*variable, Computed{std::move(*map), &name});
}

// "12.5%" in hundredths of a percent, 1 to 10000.
std::optional<std::uint32_t> parse_share(std::string_view text) {
    if (!text.ends_with('%')) return std::nullopt;
    text.remove_suffix(1);
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
    std::string digits{text.substr(0, point)};
    if (fraction.size() > 2) return std::nullopt;
    digits.append(fraction).append(2 - fraction.size(), '0');
    auto hundredths = parse_count(digits, 1, 10000);
    return hundredths ? std::optional{static_cast<std::uint32_t>(*hundredths)} : std::nullopt;
}

class SplitReader {
public:
    SplitReader(const Directive& directive, Build& build) : directive_(directive), build_(build) {}

    SplitClients read() {
        for (const Directive& line : directive_.block)
            if (line.name.text != "include") read_line(line);
        return std::move(split_);
    }

private:
    void read_line(const Directive& line) {
        const Token& share = line.name;
        if (line.has_block || line.arguments.size() != 1)
            return build_.report.error(share, "split_clients: a line is a share and its value",
                                       "write \"12.5% value;\" or \"* value;\"");
        const auto part = share.text == "*" ? std::optional{rest_of_all} : parse_share(share.text);
        if (!part)
            return build_.report.error(share, "split_clients: " + quoted(share.text) + " is no share",
                                       "write 0.01% to 100%, with two digits behind the point at most, or *");
        if (split_.rest || (share.text != "*" && total_ + *part > hundred_percent))
            return build_.report.error(share, "split_clients: the shares are more than 100% together",
                                       "\"*\" stands last and takes what is left");
        if (share.text == "*") {
            split_.rest = line.arguments[0].text;
            return;
        }
        total_ += *part;
        // As nginx rounds it, so that the same clients get the same values.
        end_ += *part * std::uint64_t{0xffffffff} / hundred_percent;
        split_.parts.push_back({static_cast<std::uint32_t>(end_), line.arguments[0].text});
    }

    static constexpr std::uint32_t hundred_percent = 10000;
    static constexpr std::uint32_t rest_of_all = 0;

    const Directive& directive_;
    Build& build_;
    SplitClients split_;
    std::uint32_t total_ = 0;  // hundredths of a percent
    std::uint64_t end_ = 0;
};

void set_split_clients(const Directive& directive, Level&, Build& build) {
    const Token& name = directive.arguments[1];
    const auto variable = read_computed_variable(directive, name, build);
    auto source = read_template(directive, directive.arguments[0], build);
    SplitClients split = SplitReader{directive, build}.read();
    if (!variable || !source) return;
    split.source = std::move(*source);
    build.computed.emplace(*variable, Computed{std::move(split), &name});
}

// "example.org/path": the name, and what the Referer's path has to begin with.
void add_referer(const Directive& directive, const Token& token, Referers& referers, Build& build) {
    if (token.text.find("://") != std::string::npos)
        return build.report.warning(
            token, directive.name.text + ": no Referer fits " + quoted(token.text),
            "leave the scheme out: " + token.text.substr(token.text.find("://") + std::string_view{"://"}.size()));
    const std::size_t slash = std::min(token.text.find('/'), token.text.size());
    const auto index = static_cast<std::uint32_t>(referers.paths.size());
    switch (referers.names.add(std::string_view{token.text}.substr(0, slash), index)) {
        case HostTable::Added::yes: referers.paths.push_back(token.text.substr(slash)); return;
        case HostTable::Added::twice:
            return build.report.error(token, directive.name.text + ": " + quoted(token.text) + " names a host again",
                                      "keep one of them; for several paths of a host use a regular expression (~)");
        case HostTable::Added::malformed:
            return build.report.error(
                token, directive.name.text + ": " + quoted(token.text) + " is no host name",
                "write example.org, *.example.org, example.*, a name with a path, or ~expression");
    }
}

void set_valid_referers(const Directive& directive, Level& level, Build& build) {
    std::shared_ptr<const Referers>& kept = level.settings().referers;
    auto referers =
        level.starts_list(directive) || !kept ? std::make_shared<Referers>() : std::make_shared<Referers>(*kept);
    for (const Token& token : directive.arguments) {
        if (token.text.empty()) {
            build.report.error(token, "valid_referers: the name is empty", "for requests without Referer write none");
        } else if (token.text == "none") {
            referers->none = true;
        } else if (token.text == "blocked") {
            referers->blocked = true;
        } else if (token.text == "server_names") {
            referers->server_names = true;
        } else if (token.text.starts_with('~')) {
            auto regex = checked(base::Regex::compile(std::string_view{token.text}.substr(1), base::Regex::Case::blind),
                                 directive, token, build);
            if (regex) referers->expressions.push_back(std::move(*regex));
        } else {
            add_referer(directive, token, *referers, build);
        }
    }
    kept = std::move(referers);
}

constexpr auto rows = std::to_array<DirectiveRow>({
    {
        .name = "map",
        .contexts = {http},
        .least = 2,
        .most = 2,
        .form = Form::block,
        .repeat = Repeat::allowed,
        .set = set_map,
        .syntax = "map source $variable { [hostnames;] [volatile;] text value; ~expression value; default value; ... }",
        .doc = "Makes a variable whose value the source chooses, when somebody asks for it and once for each request "
               "(volatile: each time). A text fits in any case; ~ begins a regular expression, ~* one in any case, "
               "whose groups the value may hold. With hostnames also *.example.org, .example.org and example.* fit. "
               "The exact text goes first, then the longest name with * in front, the longest with * behind, the first "
               "regular expression, and default, which is empty where it isn't given. A backslash in front makes "
               "special words plain: \\default. include takes in a file.",
        .example = "map $status $loggable { ~^[23] 0; default 1; }",
    },
    {
        .name = "geo",
        .contexts = {http},
        .most = 2,
        .form = Form::block,
        .repeat = Repeat::allowed,
        .set = set_geo,
        .syntax = "geo [$address] $variable { [ranges;] network value; default value; delete network; ... }",
        .doc = "Makes a variable whose value the client's address chooses, or the address in the variable that is "
               "named first. The longest network that holds it counts: 10.0.0.0/8, 2001:db8::/32, single addresses. "
               "After ranges, the lines are 10.0.0.1-10.0.0.9 instead. What is no IP address counts as "
               "255.255.255.255. Values are taken as they stand: geo $dollar { default \"$\"; } is how a dollar gets "
               "into other texts. include takes in a file.",
        .example = "geo $office { default 0; 10.0.0.0/8 1; 2001:db8::/32 1; }",
    },
    {
        .name = "split_clients",
        .contexts = {http},
        .least = 2,
        .most = 2,
        .form = Form::block,
        .repeat = Repeat::allowed,
        .set = set_split_clients,
        .syntax = "split_clients text $variable { share% value; ... * value; }",
        .doc = "Makes a variable that has each of the values for its share of all texts: equal texts get equal "
               "values, the same as from nginx (MurmurHash2). Shares have up to two digits behind the point; * takes "
               "what is left. Values are taken as they stand.",
        .example = "split_clients \"$remote_addr$http_user_agent\" $variant { 0.5% .one; 2% .two; * \"\"; }",
    },
    {
        .name = "valid_referers",
        .contexts = {server, location},
        .most = any_number,
        .repeat = Repeat::allowed,
        .set = set_valid_referers,
        .syntax = "valid_referers none | blocked | server_names | name[/path] | ~expression ...;",
        .doc = "Where $invalid_referer is empty; it is \"1\" for any other Referer. none: there is none; blocked: it "
               "begins with neither http:// nor https://; server_names: it names this server; a name, maybe with * in "
               "front or behind and with the beginning of a path; a regular expression, in any case, on what follows "
               "the scheme. Anybody can send any Referer: this keeps honest pages from embedding files, no more.",
        .example = "valid_referers none blocked server_names *.example.org ~\\.google\\.;",
    },
});

}  // namespace

std::span<const DirectiveRow> map_directives() { return rows; }

}  // namespace config

// The table: every directive is one row with its place, its arguments, the function that carries it out, and its
// documentation. What checks a configuration, what prints help and what writes conf/README.md all read these rows. The
// rows themselves live with their functions, one room a theme (config/directives_*).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/settings.hpp"
#include "config/syntax.hpp"
#include "config/values.hpp"

namespace config {

// The blocks that directives stand in.
enum class Context : std::uint8_t { main, events, http, server, location, if_in_server, if_in_location, limit_except };
inline constexpr unsigned context_count = 8;

class ContextSet {
public:
    constexpr ContextSet() = default;
    constexpr ContextSet(std::initializer_list<Context> contexts) {
        for (Context context : contexts) bits_ |= 1U << static_cast<unsigned>(context);
    }
    constexpr bool contains(Context context) const { return (bits_ >> static_cast<unsigned>(context) & 1U) != 0; }
    constexpr bool meets(ContextSet other) const { return (bits_ & other.bits_) != 0; }

    friend constexpr bool operator==(ContextSet, ContextSet) = default;

    std::string to_string() const;  // "http, server or location"

private:
    unsigned bits_ = 0;
};

// One `listen`, read.
struct Listen {
    os::Endpoint endpoint;
    os::ListenOptions options;
    bool options_given = false;
    bool default_server = false;
    const Token* at = nullptr;
};

// One block while it is read. It begins as a copy of the block around it, whose own directives have all been carried
// out by then wherever they stand: that is inheritance.
struct Level {
    ContextSet contexts;  // of a file without http { }, the top is main, events and http in one
    Server server;        // outside of a server block: what servers there begin with. `settings` is that of the level.
    std::map<std::string_view, const Token*> first_uses;  // directive -> where it stands first in this very block
    std::vector<Listen> listens;
    std::vector<std::pair<ServerName, const Token*>> names;
    Script script;
    std::vector<AddedField> added_fields;             // its own lines of add_header
    Location::Match match = Location::Match::prefix;  // of a location block
    std::string path{};                               // of a location block
    const Directive* limit_except = nullptr;  // whose access rules are read when those of this block are complete

    LocationSettings& settings() { return server.settings; }

    // The same values in a new block.
    Level inside(Context context) const;

    const Token* first_use(std::string_view directive) const;

    // Lists are inherited only where a block has none of its own: its first line starts a new one.
    bool starts_list(const Directive& directive) const { return first_use(directive.name.text) == &directive.name; }
};

// A variable that map, geo or split_clients computes, and where its name stands.
struct Computed {
    Definition definition;
    const Token* at;
};

// What all levels share.
struct Build {
    Settings& settings;
    Report& report;
    const Paths& paths;
    bool check_world = true;     // false: no look at files, users and the kernel
    bool lints = false;          // warnings are given of what is only worth one with -t
    bool keeps_slashes = false;  // a server leaves repeated slashes in paths
    OwnVariables variables{};
    std::map<std::uint32_t, Computed> computed{};       // by index of the variable
    std::map<std::string, const Token*> log_formats{};  // that were asked for before they were made
    std::vector<const Token*> named_locations{};        // "@name": what the server that is being read refers to
    std::vector<std::pair<std::string, const Token*>> user_files{};  // auth_basic_user_file, each path once
};

using Setter = void (*)(const Directive& directive, Level& level, Build& build);

enum class Form : std::uint8_t { simple, block };
enum class Repeat : std::uint8_t { refused, allowed };

struct DirectiveRow {
    std::string_view name;
    ContextSet contexts;
    std::size_t least = 1;  // arguments
    std::size_t most = 1;
    Form form = Form::simple;
    Repeat repeat = Repeat::refused;
    Setter set = nullptr;  // null: the binder goes into the block itself
    std::string_view syntax{};
    std::string_view default_text{};  // empty: none
    std::string_view doc{};           // one paragraph
    std::string_view example{};
};

inline constexpr std::size_t any_number = 10000;  // of arguments

struct Theme {
    std::string_view title;
    std::span<const DirectiveRow> rows;
};

std::span<const Theme> all_themes();
const DirectiveRow* find_directive(std::string_view name);

// Names to suggest to somebody who misspelt one: the rows', and those that are accepted without effect.
std::vector<std::string_view> suggested_names();

// The value of `parsed`, or nullopt after the reason was reported at `token` under the directive's name.
template <class T>
std::optional<T> checked(base::Result<T> parsed, const Directive& directive, const Token& token, Build& build) {
    if (parsed) return std::move(*parsed);
    build.report.error(token, directive.name.text + ": " + parsed.error().message);
    return std::nullopt;
}

// Reports and says true when nginx would expand a variable in `token`.
bool refuse_variable(const Directive& directive, const Token& token, Build& build);

// Reports and says true when this block has the directive `other` too, which says the same thing in another way.
bool refuse_both(const Directive& directive, std::string_view other, const Level& level, Build& build);

// Reports when there is no folder for a file that the server is to write. `path`: the token behind `resolved`.
void check_parent_folder(const Directive& directive, const Token& path, const std::string& resolved, Build& build);

}  // namespace config

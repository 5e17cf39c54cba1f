#include "config/directives_access.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "config/check.hpp"
#include "os/file.hpp"
#include "os/password_file.hpp"

namespace config {

namespace {

using enum Context;
using Whose = AddressRule::Whose;

// Takes away what lies beyond the prefix; false where that was more than zeros.
bool cut_to_prefix(std::array<std::uint8_t, 16>& address, unsigned prefix) {
    bool was_clean = true;
    for (unsigned i = 0; i < address.size(); ++i) {
        const unsigned kept = std::min(prefix - std::min(prefix, i * 8), 8U);
        const auto mask = static_cast<std::uint8_t>(0xFF00U >> kept);
        was_clean = was_clean && (address[i] & ~mask) == 0;
        address[i] &= mask;
    }
    return was_clean;
}

void report_no_address(const Token& token, std::string_view name, Build& build) {
    build.report.error(token, std::string{name} + ": " + quoted(token.text) + " is no address",
                       "write one such as 192.168.1.7, 192.168.0.0/16, 2001:db8::/32, or unix: or all");
}

// address[/bits]
bool read_network(const Directive& directive, const Token& token, AddressRule& rule, Build& build) {
    const std::size_t slash = std::min(token.text.find('/'), token.text.size());
    const auto endpoint = os::Endpoint::parse(token.text.substr(0, slash), 0);
    if (!endpoint) {
        report_no_address(token, directive.name.text, build);
        return false;
    }
    const std::span<const std::uint8_t> address = endpoint.value().address();
    rule.whose = address.size() == 4 ? Whose::ipv4 : Whose::ipv6;
    std::ranges::copy(address, rule.address.begin());
    rule.prefix = static_cast<unsigned>(address.size()) * 8;
    if (slash == token.text.size()) return true;
    const auto bits =
        checked(parse_count(std::string_view{token.text}.substr(slash + 1), 0, rule.prefix), directive, token, build);
    if (!bits) return false;
    rule.prefix = static_cast<unsigned>(*bits);
    if (!cut_to_prefix(rule.address, rule.prefix))
        build.report.warning(token, directive.name.text + ": the low bits of " + quoted(token.text) + " mean nothing",
                             "only the first " + std::to_string(rule.prefix) + " bits are compared");
    return true;
}

// `allow` and `deny` are one list.
bool starts_rules(const Directive& directive, const Level& level) {
    const auto is_first = [&](std::string_view name) {
        const Token* first = level.first_use(name);
        return first == nullptr || first == &directive.name;
    };
    return is_first("allow") && is_first("deny");
}

void set_rule(const Directive& directive, Level& level, Build& build) {
    const Token& token = directive.arguments[0];
    AddressRule rule;
    rule.allows = directive.name.text == "allow";
    if (token.text == "unix:") {
        rule.whose = Whose::unix_socket;
    } else if (token.text != "all" && !read_network(directive, token, rule, build)) {
        return;
    }
    const Origin origin = directive.name.origin();
    rule.text =
        '"' + directive.name.text + ' ' + token.text + "\" at " + origin.file + ':' + std::to_string(origin.line);
    AccessSettings& access = own_access(level);
    if (starts_rules(directive, level)) access.rules.clear();
    access.rules.push_back(std::move(rule));
}

void set_satisfy(const Directive& directive, Level& level, Build& build) {
    const Token& how = directive.arguments[0];
    if (how.text != "all" && how.text != "any")
        return build.report.error(how, "satisfy: " + quoted(how.text) + " is unknown", "write all or any");
    own_access(level).any_is_enough = how.text == "any";
}

void set_auth_basic(const Directive& directive, Level& level, Build& build) {
    const Token& realm = directive.arguments[0];
    if (realm.text == "off") {
        own_access(level).realm.reset();
        return;
    }
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (std::ranges::any_of(realm.text, is_control))
        return build.report.error(realm, "auth_basic: a control character in a realm", "write what people are to read");
    if (auto text = read_template(directive, realm, build)) own_access(level).realm = std::move(*text);
}

// What is wrong with the file now is wrong at the start, not with the first visitor.
void check_user_file(const Token& token, const std::string& path, Build& build) {
    const std::string what = "auth_basic_user_file: ";
    const std::string shown = build.paths.shown(token.text);
    const os::Crypt crypt;
    const base::Result<os::PasswordFile> read = os::read_password_file(path, crypt);
    if (!read) {
        const int code = read.error().code;
        return build.report.warning(
            token, base::Error::from_code(code, "auth_basic_user_file", shown).message,
            code == ENOENT ? "until it is there, everybody gets 403" : "until it can be read, everybody gets 500");
    }
    for (const auto& [name, entry] : read.value().entries) {
        if (!entry.unusable.empty())
            build.report.error(token, what + shown + ':' + std::to_string(entry.line) + ": user " + quoted(name) +
                                          " can't log in: " + entry.unusable);
    }
    for (unsigned line : read.value().lines_without_colon)
        build.report.error(token, what + shown + ':' + std::to_string(line) + " has no \":\"",
                           "a line is a name, \":\" and a hash, as htpasswd(1) makes it; \"#\" begins a comment");
    if (read.value().open_to_everyone)
        build.report.warning(token, what + shown + " can be read by every user of this machine", "chmod o-r " + shown);
}

void set_user_file(const Directive& directive, Level& level, Build& build) {
    const Token& token = directive.arguments[0];
    if (refuse_variable(directive, token, build)) return;
    const std::string path = build.paths.resolve(token.text);
    own_access(level).user_file = path;
    build.settings.checks_passwords = true;
    const bool known = std::ranges::any_of(build.user_files, [&](const auto& one) { return one.first == path; });
    if (known) return;
    build.user_files.emplace_back(path, &token);
    if (build.check_world) check_user_file(token, path, build);
}

// Names that begin with a dot are never served.
bool is_served_beneath(const std::string& folder, const std::string& path) {
    if (folder.empty()) return false;
    const std::string prefix = folder.ends_with('/') ? folder : folder + '/';
    return path.starts_with(prefix) && path.find("/.", prefix.size() - 1) == std::string::npos;
}

bool is_served(const LocationSettings& settings, const std::string& path) {
    const std::string& folder = settings.alias.empty() ? settings.root : settings.alias;
    return !folder.empty() && is_served_beneath(os::real_path(folder).value_or(folder), path);
}

bool is_served(const std::vector<Location>& locations, const std::string& path) {
    return std::ranges::any_of(
        locations, [&](const Location& one) { return is_served(one.settings, path) || is_served(one.nested, path); });
}

constexpr std::array rows = std::to_array<DirectiveRow>({
    {
        .name = "allow",
        .contexts = {http, server, location, limit_except},
        .repeat = Repeat::allowed,
        .set = set_rule,
        .syntax = "allow address | network/bits | unix: | all;",
        .doc = "Who comes from this address may use what is here. The lines of allow and deny are looked through in "
               "their order, and the first that fits decides; where none fits, nobody is kept out. `unix:` is whoever "
               "comes through a unix-domain socket. A client that came over IPv6 with an IPv4 address in it is one of "
               "IPv4. A block with a line of its own takes none of the outer ones. Error pages are subject to the "
               "rules of their own place, and what return answers is subject to none.",
        .example = "location /status { allow 192.168.0.0/16; allow ::1; deny all; }",
    },
    {
        .name = "deny",
        .contexts = {http, server, location, limit_except},
        .repeat = Repeat::allowed,
        .set = set_rule,
        .syntax = "deny address | network/bits | unix: | all;",
        .doc = "Who comes from this address gets 403. See allow.",
        .example = "deny all;",
    },
    {
        .name = "satisfy",
        .contexts = {http, server, location},
        .set = set_satisfy,
        .syntax = "satisfy all | any;",
        .default_text = "satisfy all;",
        .doc = "Where there are both address rules and auth_basic: whether a client has to pass both, or either.",
        .example = "location /admin/ { satisfy any; allow 10.0.0.0/8; deny all; auth_basic \"Admin\"; "
                   "auth_basic_user_file admins; }",
    },
    {
        .name = "auth_basic",
        .contexts = {http, server, location, limit_except},
        .set = set_auth_basic,
        .syntax = "auth_basic realm | off;",
        .default_text = "auth_basic off;",
        .doc = "Asks for a name and a password (RFC 7617); `realm` is what people are told they are for. It may have "
               "variables; a value of off asks for nothing. It needs "
               "auth_basic_user_file: without one, nobody gets in. Passwords travel as they are: let a proxy in front "
               "speak TLS.",
        .example = "auth_basic \"Members\";",
    },
    {
        .name = "auth_basic_user_file",
        .contexts = {http, server, location, limit_except},
        .set = set_user_file,
        .syntax = "auth_basic_user_file file;",
        .doc = "Names and passwords, as htpasswd(1) writes them: `name:hash[:comment]` a line. Hashes are `{SHA}`, "
               "`{SSHA}`, `$apr1$`, `{PLAIN}` with the password itself, and what this machine's libcrypt knows: bcrypt "
               "(`$2y$`), `$y$`, `$6$`, `$5$`, `$1$` and DES. A change of the file counts from the next request on. "
               "Those that take long to check, $apr1$ among them, are checked by a process beside the server, so that "
               "nobody else waits; a login that was right is remembered for five minutes, as long as its hash stays. "
               "No file: 403; one that can't be read: 500.",
        .example = "auth_basic_user_file members.htpasswd;",
    },
});

}  // namespace

std::span<const DirectiveRow> access_directives() { return rows; }

// Levels share the settings of the one around them until they change them. Never in place while shared: thousands of
// `deny` lines would otherwise be copied for each.
AccessSettings& own_access(Level& level) {
    std::shared_ptr<const AccessSettings>& access = level.settings().access;
    if (access != nullptr && access.use_count() == 1) return const_cast<AccessSettings&>(*access);
    auto own = access ? std::make_shared<AccessSettings>(*access) : std::make_shared<AccessSettings>();
    AccessSettings& changeable = *own;
    access = std::move(own);
    return changeable;
}

void forget_limit_except(Level& level) {
    const std::shared_ptr<const AccessSettings>& access = level.settings().access;
    if (access != nullptr && access->for_others != nullptr) own_access(level).for_others.reset();
}

void complete_access(const Directive& block, Level& level, Build& build) {
    if (const Directive* limited = std::exchange(level.limit_except, nullptr)) {
        Level inner = level.inside(limit_except);
        for (const Directive& rule : limited->block) {
            const DirectiveRow* row = checked_row(rule, inner, build);
            if (row == nullptr) continue;
            inner.first_uses.try_emplace(row->name, &rule.name);
            row->set(rule, inner, build);
        }
        complete_access(*limited, inner, build);
        own_access(level).for_others = inner.settings().access;
    }
    const std::shared_ptr<const AccessSettings>& access = level.settings().access;
    if (access && access->realm && access->user_file.empty())
        build.report.warning(block.name, "auth_basic without auth_basic_user_file: nobody gets in here",
                             "name the file of names and passwords, or write \"auth_basic off;\"");
}

void warn_of_served_user_files(Build& build) {
    if (!build.check_world) return;
    for (const auto& [path, token] : build.user_files) {
        const std::string real = os::real_path(path).value_or(path);
        const bool served = std::ranges::any_of(build.settings.servers, [&](const Server& one) {
            return is_served(one.settings, real) || is_served(one.locations, real);
        });
        if (served)
            build.report.warning(*token,
                                 "auth_basic_user_file: " + build.paths.shown(token->text) +
                                     " lies beneath a folder that is served: anybody can fetch it",
                                 "move it elsewhere, or give it a name that begins with a dot");
    }
}

}  // namespace config

#include "config/warnings.hpp"

#include <algorithm>
#include <array>

namespace config {

namespace {

// In the order of the enumeration, which is that of the codes.
constexpr std::array rows = std::to_array<WarningRow>({
    {Warning::add_header_lost, "add-header-lost",
     "A block with an add_header of its own takes none of the outer ones: the fields that are said further out are "
     "missing from its answers.",
     "repeat the outer lines in the block (an include is a good place for them), or write add_header_inherit merge;"},
    {Warning::alias_slash, "alias-slash",
     "The location's path ends with a slash and its alias doesn't, or the other way round. webserv takes whole path "
     "segments and serves the same either way; nginx pastes the texts together: without the alias's slash it looks for "
     "/img/a in /picturesa, and without the location's slash /img../ leaves the folder.",
     "end both with a slash, or neither"},
    {Warning::encoded_path, "encoded-path",
     "The path of a location holds a percent-encoded byte. Paths are compared decoded, so that no request has it.",
     "write the byte itself, in quotes if it is a space"},
    {Warning::error_page_missing, "error-page-missing",
     "The page of an error_page is no file in the folders that this server serves: the built-in page is sent in its "
     "place.",
     "create the file, or correct the path: it is a path of the server, looked up like any other"},
    {Warning::index_after_path, "index-after-path",
     "A name of index that begins with a slash is always taken: what comes after it is never looked for.",
     "put it last"},
    {Warning::location_unreachable, "location-unreachable",
     "No request gets to the location: a return of the server answers all of them, or another location takes what "
     "could "
     "come. Regular expressions are tried in the order of the file, after the longest path was found and in its place, "
     "unless that is written with = or ^~; what is nested is asked within its location alone.",
     "take it out, or put it where requests come by: ^~ before its path, or the expression before the wider one"},
    {Warning::method_unserved, "method-unserved",
     "allow_methods names a method that nothing in the block can serve: files can only be read. It answers 405 as if "
     "it "
     "weren't named.",
     "take the method out, or give the block a return"},
    {Warning::name_conflict, "name-conflict",
     "Two servers on one address have the same name: the second is never chosen for it.",
     "give each a name of its own, or take one of them out"},
    {Warning::nothing_to_serve, "nothing-to-serve", "Neither a folder nor a return: every request gets 404.",
     "give it a root or a return"},
    {Warning::protection_bypassed, "protection-bypassed",
     "A location is guarded by deny, auth_basic, internal or an answer such as 403, but a regular expression beside it "
     "takes some of its paths and has no guard: whoever asks for a name that fits gets it. In nginx, too, expressions "
     "go before paths.",
     "write ^~ before the path, or repeat the guard where the expression is; auth_basic off; or allow all; there says "
     "that it is meant"},
    {Warning::regex_shadows_prefix, "regex-shadows-prefix",
     "A location has a root or alias of its own, but a regular expression beside it takes some of its paths, and looks "
     "for their files elsewhere.",
     "write ^~ before the path, or put the expression into the location, or the root further out"},
    {Warning::return_unreached, "return-unreached", "An earlier return answers before this one is reached.",
     "take one of them out"},
    {Warning::rewrite_cycle, "rewrite-cycle",
     "What a rewrite makes of a path comes back to the same location and is rewritten again: after ten rounds the "
     "answer "
     "is 500.",
     "end it with break in place of last, or let the expression leave out what is rewritten already"},
    {Warning::root_above_configuration, "root-above-configuration",
     "The configuration file lies in a folder that is served: everybody can read it, and what lies beside it "
     "(passwords, logs, keys).",
     "move what is to be served into a folder of its own"},
    {Warning::try_files_loop, "try-files-loop",
     "The last word of a try_files names a path that comes back to the same location, where none of its files is there "
     "either: after ten rounds the answer is 500.",
     "create the file, or end with a code such as =404"},
    {Warning::type_twice, "type-twice", "types gives one extension two media types: the later line counts.",
     "take one of the lines out"},
    {Warning::unlikely, "unlikely", "Something that works, though hardly as it was meant: the message says why.",
     "do as it says, or leave it"},
    {Warning::unreachable_path, "unreachable-path",
     "The path of a location has repeated slashes or dot segments. These are taken out of a request's path before it "
     "is "
     "compared, so that no request reaches the location.",
     "write the path without them"},
    {Warning::user_ignored, "user-ignored",
     "user stands in the configuration of a server that root didn't start: it stays who it is.",
     "start it as root, or take the line out"},
});

constexpr bool in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].warning != static_cast<Warning>(i)) return false;
    return true;
}
static_assert(in_order() && rows.size() == static_cast<std::size_t>(Warning::user_ignored) + 1);
static_assert(std::ranges::is_sorted(rows, {}, &WarningRow::code));

}  // namespace

std::span<const WarningRow> all_warnings() { return rows; }

const WarningRow& row_of(Warning warning) { return rows[static_cast<std::size_t>(warning)]; }

const WarningRow* find_warning(std::string_view code) {
    const auto row = std::ranges::find(rows, code, &WarningRow::code);
    return row == rows.end() ? nullptr : &*row;
}

}  // namespace config

// The warnings that `webserv -t` gives, each with a code that stays the same: one row says what is behind it and what
// to do. conf/README.md and `webserv --help CODE` are made of these rows.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace config {

enum class Warning : std::uint8_t {
    add_header_lost,
    alias_slash,
    encoded_path,
    error_page_missing,
    index_after_path,
    location_unreachable,
    method_unserved,
    name_conflict,
    nothing_to_serve,
    protection_bypassed,
    regex_shadows_prefix,
    return_unreached,
    rewrite_cycle,
    root_above_configuration,
    try_files_loop,
    type_twice,
    unlikely,
    unreachable_path,
    user_ignored,
};

struct WarningRow {
    Warning warning;
    std::string_view code;
    std::string_view what;  // one sentence or two: what was found, and why it is hardly meant
    std::string_view cure;
};

std::span<const WarningRow> all_warnings();

const WarningRow& row_of(Warning warning);
const WarningRow* find_warning(std::string_view code);

}  // namespace config

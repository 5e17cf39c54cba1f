// Tree x table -> settings: finds each directive's row, checks its place, form, number of arguments and repetition,
// lets the row carry it out, and hands values down into nested blocks. Whatever is wrong is reported, and binding goes
// on.
#pragma once

#include <cstdint>

#include "config/directives.hpp"
#include "config/syntax.hpp"

namespace config {

// Fills build.settings, which are complete when build.report has not failed. The tree must outlive the call only.
void bind(const Tree& tree, const std::string& main_file, Build& build);

// Where a server without `listen` listens. As in nginx: who may not open port 80 gets 8000.
std::uint16_t default_listen_port();

}  // namespace config

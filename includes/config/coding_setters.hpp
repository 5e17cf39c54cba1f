// Carries out the directives about content codings, whose rows are in config/directives_codings: each of these takes
// one directive, of whichever coding its name begins with.
#pragma once

#include "config/directives.hpp"

namespace config {

void set_compresses(const Directive& directive, Level& level, Build& build);
void set_sidecars(const Directive& directive, Level& level, Build& build);
void set_coded_types(const Directive& directive, Level& level, Build& build);
void set_min_length(const Directive& directive, Level& level, Build& build);
void set_comp_level(const Directive& directive, Level& level, Build& build);
void set_window(const Directive& directive, Level& level, Build& build);
void set_vary(const Directive& directive, Level& level, Build& build);
void set_gzip_version(const Directive& directive, Level& level, Build& build);
void set_gzip_proxied(const Directive& directive, Level& level, Build& build);
void set_gzip_disable(const Directive& directive, Level& level, Build& build);
void set_compression_limits(const Directive& directive, Level& level, Build& build);

}  // namespace config

// A configuration from file to settings in one call: read, parse, bind, and everything that is to be said about it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/settings.hpp"

namespace config {

struct Loaded {
    std::shared_ptr<const Settings> settings;  // null when any diagnostic is an error
    std::vector<Diagnostic> diagnostics;       // errors, warnings, notes, in the order of the files' lines
};

// Looks at the folders, users and included files that the configuration names; changes nothing.
Loaded load(const std::string& path);

// The same for a text in memory, on its own: `include` is not carried out, and nothing outside of the text is looked
// at.
Loaded load_text(const std::string& name, std::string text);

}  // namespace config

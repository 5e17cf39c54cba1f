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
    std::string effective;                     // config/effective, where it was asked for and there are settings
};

struct LoadOptions {
    bool lint = false;       // also say what works, though hardly as meant, and takes a look at the whole to see
    bool tolerant = false;   // leave out what is refused, and list it
    bool effective = false;  // fill Loaded::effective
};

// Looks at the folders, users and included files that the configuration names; changes nothing.
Loaded load(const std::string& path, LoadOptions options = {});

// The same for a text in memory, on its own: `include` is not carried out, and nothing outside of the text is looked
// at.
Loaded load_text(const std::string& name, std::string text, LoadOptions options = {});

// Whether the file's first word is a directive that may stand at the top of a configuration.
bool begins_with_directive(const std::string& path);

}  // namespace config

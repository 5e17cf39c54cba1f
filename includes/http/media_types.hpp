// Which media type a file name's extension stands for, built in; a `types` block in the configuration replaces it.
#pragma once

#include <string_view>

namespace http {

// By the part after the last dot, case-blind; empty when it is unknown or there is none. No charset parameter.
std::string_view builtin_media_type(std::string_view file_name);

// The extension: "tar.gz" gives "gz", ".profile" and "README" give "". Of a path only the last segment counts.
std::string_view extension_of(std::string_view file_name);

// Whether a charset parameter belongs on this type: text/*, and JavaScript under its old name. Not on JSON (RFC 8259 11
// defines no charset for it), nor on XML, SVG and web manifests under application/* and image/*, which say it by
// themselves; nor on a type that has parameters already.
bool takes_charset(std::string_view media_type);

}  // namespace http

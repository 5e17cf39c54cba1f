// Who may go where in the file system, in words.
#pragma once

#include <string>

namespace os {

// "/srv/www/a.html: a file of 12 bytes, root:root -rw-r--r--"; or, where the way ends before: "/srv/www/b: permission
// denied; /srv/www is alice:alice drwx------, and this process is www-data". `path` is absolute.
std::string describe_way(const std::string& path);

}  // namespace os

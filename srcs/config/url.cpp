#include "config/url.hpp"

#include <algorithm>

namespace config {

bool refuse_bytes_of_no_url(const Directive& directive, const Token& url, Build& build) {
    const auto wrong = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; };
    if (std::ranges::none_of(url.text, wrong)) return false;
    build.report.error(url, directive.name.text + ": a space or control byte in a URL",
                       "write it percent-encoded, such as %20");
    return true;
}

}  // namespace config

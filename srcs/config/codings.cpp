#include "config/codings.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace config {

bool Coding::takes_type(std::string_view media_type) const {
    if (all_types) return true;
    const std::string_view type = base::trim_ows(media_type.substr(0, media_type.find(';')));
    const auto is = [&](std::string_view one) { return base::equals_ignoring_case(type, one); };
    return is("text/html") || std::ranges::any_of(types, is);
}

std::string_view program_for(http::ContentCoding coding) {
    switch (coding) {
        case http::ContentCoding::identity: break;
        case http::ContentCoding::gzip: return "gzip";
        case http::ContentCoding::br: return "brotli";
        case http::ContentCoding::zstd: return "zstd";
    }
    return {};
}

}  // namespace config

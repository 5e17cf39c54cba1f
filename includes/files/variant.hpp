// One version of a file in another content coding: what tells versions and codings apart in the cache.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "files/entry.hpp"
#include "http/content_coding.hpp"
#include "os/unique_fd.hpp"

namespace files {

// Names the version of `original`'s file and the coding: by all that tells versions apart, since what is found under
// this name is sent in its place.
class VariantKey {
public:
    VariantKey(const Entry& original, http::ContentCoding coding);

    std::string_view bytes() const { return {reinterpret_cast<const char*>(parts_.data()), sizeof parts_}; }

private:
    std::array<std::uint64_t, 9> parts_;
};

// What came of compressing it: content in memory, or in a file where it is large, or nothing that would be smaller.
struct VariantContent {
    std::unique_ptr<char[]> memory;  // Entry::head_room bytes, and the content
    os::UniqueFd file;               // that nobody changes any more
    std::uint64_t size = 0;          // bytes of content; 0: it isn't worth it
    std::string etag;
};

}  // namespace files

// What the configuration says of content codings: which of them a location's files are served in, and by what programs
// they are compressed.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/regex.hpp"
#include "http/content_coding.hpp"
#include "http/message.hpp"

namespace config {

// gzip_static and its like: whether the file beside the one that is asked for (FILE.gz) is served in its place.
enum class Sidecars : std::uint8_t {
    off,
    on,      // to who takes it
    always,  // to everybody
};

// gzip_proxied: to whom of those that come through a proxy (Via) gzip is given.
enum class Proxied : std::uint8_t { expired, no_cache, no_store, private_, no_last_modified, no_etag, auth, any };

class ProxiedSet {
public:
    constexpr void add(Proxied one) { bits_ = static_cast<std::uint8_t>(bits_ | 1U << static_cast<unsigned>(one)); }
    constexpr bool contains(Proxied one) const { return (bits_ >> static_cast<unsigned>(one) & 1U) != 0; }
    constexpr bool meets(ProxiedSet other) const { return (bits_ & other.bits_) != 0; }
    constexpr bool empty() const { return bits_ == 0; }  // off

private:
    std::uint8_t bits_ = 0;
};

// One coding in one location.
struct Coding {
    Sidecars sidecars = Sidecars::off;
    bool compresses = false;  // by ourselves, once for each version of a file
    unsigned level = 6;
    unsigned window = 0;            // the logarithm of its size in bytes; 0: the program's own choice
    std::uint64_t min_length = 20;  // bytes of a file that is worth it
    // In lower case; text/html besides.
    std::vector<std::string> types;
    bool all_types = false;

    bool takes_type(std::string_view media_type) const;
};

struct Codings {
    std::array<Coding, http::coding_count> all{
        Coding{.level = 3, .types = {}},
        Coding{.window = 19, .types = {}},
        Coding{.types = {}},
    };
    bool in_use = false;  // whether any of them is on
    bool vary = true;     // whether answers say that they depend on Accept-Encoding
    // What follows is about gzip alone, as in nginx.
    http::Version least_version = http::Version::http_1_1;
    ProxiedSet proxied;
    bool not_for_msie6 = false;
    std::vector<base::Regex> not_for;  // of User-Agent

    Coding& of(http::ContentCoding coding) { return all[http::index_of(coding)]; }
    const Coding& of(http::ContentCoding coding) const { return all[http::index_of(coding)]; }
};

// The programs that compress, and what they may use: the same for all.
struct Compression {
    std::array<std::string, http::coding_count> programs;  // absolute paths; empty: there is none, or it isn't wanted
    std::array<bool, http::coding_count> wanted{};
    std::size_t children = 2;  // at once
    std::size_t queue = 64;    // files that wait for one of them
    base::Duration timeout = std::chrono::seconds{60};
    std::uint64_t largest = 16 * 1024 * 1024;  // bytes of a file that is compressed
};

// What the program of this coding is called: "gzip", "brotli", "zstd".
std::string_view program_for(http::ContentCoding coding);

}  // namespace config

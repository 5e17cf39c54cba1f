// How long an answer may be kept, as `expires` and `cache_control` say it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace config {

struct Expiry {
    enum class Kind : std::uint8_t {
        off,
        epoch,               // it is stale already
        max,                 // ten years
        after_access,        // so long from now
        after_modification,  // so long from the last change of the file
        daily,               // until this time of the day comes again
    };
    Kind kind = Kind::off;
    // May be negative; of `daily` since midnight, by the local clock.
    std::int64_t seconds = 0;

    friend bool operator==(const Expiry&, const Expiry&) = default;
};

// 30d, 1y6M, -1, +1h, @15h30m, epoch, max, off. `modified`: the word stood before it, and only a time may follow.
base::Result<Expiry> parse_expiry(std::string_view text, bool modified);

struct CacheControl {
    std::string value;  // of the field
    bool is_immutable = false;
    std::vector<std::string> unknown;  // directives that nobody has registered
};

// immutable, revalidate, or the field's value.
base::Result<CacheControl> parse_cache_control(std::string_view text);

// What there is to write, for "did you mean".
std::vector<std::string_view> names_of_cache_control();

}  // namespace config

// How fast an answer may go out, as the configuration has it for one request: `set $limit_rate`, else limit_rate.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "routing/request.hpp"

namespace routing {

// Whether anything was said.
inline bool limits_rate(const Request& request) {
    return request.route.settings->rate != nullptr || (request.variation && request.variation->limit_rate);
}

// `text` is a size; what is none changes nothing.
void set_limit_rate(std::string_view text, Request& request);

// Bytes a second; 0: as many as possible. `problem`, where it is null, becomes what is wrong with the value.
std::uint64_t limit_rate(const Request& request, std::shared_ptr<const std::string>& problem);

// Bytes that go ahead of that.
std::uint64_t limit_rate_after(const Request& request, std::shared_ptr<const std::string>& problem);

}  // namespace routing

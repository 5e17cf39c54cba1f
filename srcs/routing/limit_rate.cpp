#include "routing/limit_rate.hpp"

#include "base/ascii.hpp"
#include "config/values.hpp"
#include "routing/variables.hpp"

namespace routing {

namespace {

// Nothing where variables have no value; 0 with a `problem` where that is no size.
std::uint64_t size_of(const config::Template& text, std::string_view directive, const Request& request,
                      std::shared_ptr<const std::string>& problem) {
    const std::string value = value_of(text, request);
    if (value.empty()) return 0;
    const base::Result<std::uint64_t> size = config::parse_size(value);
    if (size) return size.value();
    if (problem != nullptr) return 0;
    std::string sentence{directive};
    sentence.append(": \"");
    base::append_log_escaped(sentence, value);
    problem = std::make_shared<const std::string>(sentence.append("\" is no size, so nothing is limited"));
    return 0;
}

}  // namespace

void set_limit_rate(std::string_view text, Request& request) {
    if (const base::Result<std::uint64_t> size = config::parse_size(text)) request.vary().limit_rate = size.value();
}

std::uint64_t limit_rate(const Request& request, std::shared_ptr<const std::string>& problem) {
    if (request.variation && request.variation->limit_rate) return *request.variation->limit_rate;
    return size_of(request.route.settings->rate->limit, "limit_rate", request, problem);
}

std::uint64_t limit_rate_after(const Request& request, std::shared_ptr<const std::string>& problem) {
    if (request.route.settings->rate == nullptr) return 0;
    return size_of(request.route.settings->rate->after, "limit_rate_after", request, problem);
}

}  // namespace routing

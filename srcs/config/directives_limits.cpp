#include "config/directives_limits.hpp"

#include <array>

namespace config {

namespace {

using enum Context;

// One line of a request may be long, but not so long that it is an attack on memory by configuration.
constexpr std::uint64_t largest_head_buffer = 1024 * 1024;
constexpr std::uint64_t smallest_head_buffer = 64;
constexpr std::uint64_t most_head_buffers = 1024;

void set_client_max_body_size(const Directive& directive, Level& level, Build& build) {
    const Token& value = directive.arguments[0];
    if (const auto size = checked(parse_offset(value.text), directive, value, build))
        level.settings().client_max_body_size = *size;
}

template <base::Duration LocationSettings::*Member>
void set_time(const Directive& directive, Level& level, Build& build) {
    const Token& value = directive.arguments[0];
    if (const auto time = checked(parse_duration(value.text), directive, value, build))
        level.settings().*Member = *time;
}

void set_keepalive_timeout(const Directive& directive, Level& level, Build& build) {
    if (directive.arguments.size() == 2)
        return build.report.error(directive.arguments[1],
                                  "keepalive_timeout: the second time (a Keep-Alive field) is not supported",
                                  "leave it out: browsers take no notice of that field");
    set_time<&LocationSettings::keepalive_timeout>(directive, level, build);
}

void set_client_header_timeout(const Directive& directive, Level& level, Build& build) {
    const Token& value = directive.arguments[0];
    if (const auto time = checked(parse_duration(value.text), directive, value, build))
        level.server.client_header_timeout = *time;
}

void set_keepalive_requests(const Directive& directive, Level& level, Build& build) {
    constexpr std::uint64_t most = 1'000'000'000;
    const Token& value = directive.arguments[0];
    if (const auto count = checked(parse_count(value.text, 1, most), directive, value, build))
        level.settings().keepalive_requests = *count;
}

std::optional<std::size_t> head_buffer_size(const Directive& directive, const Token& value, Build& build) {
    const auto size = checked(parse_size(value.text), directive, value, build);
    if (!size) return std::nullopt;
    if (*size >= smallest_head_buffer && *size <= largest_head_buffer) return static_cast<std::size_t>(*size);
    build.report.error(value, directive.name.text + ": " + quoted(value.text) + " is out of range",
                       "write a size from 64 to 1m");
    return std::nullopt;
}

void set_client_header_buffer_size(const Directive& directive, Level& level, Build& build) {
    if (const auto size = head_buffer_size(directive, directive.arguments[0], build))
        level.server.client_header_buffer_size = *size;
}

void set_large_client_header_buffers(const Directive& directive, Level& level, Build& build) {
    const Token& number = directive.arguments[0];
    const auto count = checked(parse_count(number.text, 1, most_head_buffers), directive, number, build);
    const auto size = head_buffer_size(directive, directive.arguments[1], build);
    if (!count || !size) return;
    level.server.large_client_header_buffers = static_cast<std::size_t>(*count);
    level.server.large_client_header_buffer_size = *size;
}

// 100k, or $variables whose value is one.
template <Template RateSettings::*Member>
void set_rate(const Directive& directive, Level& level, Build& build) {
    const Token& value = directive.arguments[0];
    if (!has_variable(value.text) && !checked(parse_size(value.text), directive, value, build)) return;
    auto size = read_template(directive, value, build);
    if (!size) return;
    std::shared_ptr<const RateSettings>& rate = level.settings().rate;
    auto own = rate ? std::make_shared<RateSettings>(*rate) : std::make_shared<RateSettings>();
    (*own).*Member = std::move(*size);
    const bool limits_nothing = own->limit.is_constant() && own->limit.text() == "0" && own->after.is_constant();
    rate = limits_nothing ? nullptr : std::move(own);
}

constexpr std::array rows = std::to_array<DirectiveRow>({
    {
        .name = "client_max_body_size",
        .contexts = {http, server, location},
        .set = set_client_max_body_size,
        .syntax = "client_max_body_size size;",
        .default_text = "client_max_body_size 1m;",
        .doc = "How large a request's content may be, in bytes or with k, m or g; 0 means any size. More answers "
               "413.",
        .example = "client_max_body_size 10m;",
    },
    {
        .name = "client_header_timeout",
        .contexts = {http, server},
        .set = set_client_header_timeout,
        .syntax = "client_header_timeout time;",
        .default_text = "client_header_timeout 60s;",
        .doc = "In what time the whole head of a request must be there, counted from its first byte; later answers "
               "408. A connection on which no first byte comes in that time is closed.",
        .example = "client_header_timeout 15s;",
    },
    {
        .name = "client_body_timeout",
        .contexts = {http, server, location},
        .set = set_time<&LocationSettings::client_body_timeout>,
        .syntax = "client_body_timeout time;",
        .default_text = "client_body_timeout 60s;",
        .doc =
            "How long the server waits between two pieces of a request's content; longer answers 408. On the whole the "
            "content may take that long and a second more for every 500 bytes.",
        .example = "client_body_timeout 30s;",
    },
    {
        .name = "send_timeout",
        .contexts = {http, server, location},
        .set = set_time<&LocationSettings::send_timeout>,
        .syntax = "send_timeout time;",
        .default_text = "send_timeout 60s;",
        .doc = "How long the server waits for a client to take more of a response; then it closes the connection.",
        .example = "send_timeout 30s;",
    },
    {
        .name = "keepalive_timeout",
        .contexts = {http, server, location},
        .most = 2,
        .set = set_keepalive_timeout,
        .syntax = "keepalive_timeout time;",
        .default_text = "keepalive_timeout 75s;",
        .doc = "How long a connection stays open after a response without another request; 0 closes it after each "
               "response. For the first request, client_header_timeout counts.",
        .example = "keepalive_timeout 30s;",
    },
    {
        .name = "keepalive_requests",
        .contexts = {http, server, location},
        .set = set_keepalive_requests,
        .syntax = "keepalive_requests number;",
        .default_text = "keepalive_requests 1000;",
        .doc = "How many requests one connection may carry.",
        .example = "keepalive_requests 10000;",
    },
    {
        .name = "limit_rate",
        .contexts = {http, server, location, if_in_location},
        .set = set_rate<&RateSettings::limit>,
        .syntax = "limit_rate size;",
        .default_text = "limit_rate 0;",
        .doc = "How many bytes of an answer's content go out in a second; 0 is as many as possible. It is a limit of "
               "each answer: two connections get twice as much. What one second allows goes out at once. With "
               "variables, a value that is no size limits nothing. `set $limit_rate 50k;` goes before it.",
        .example = "limit_rate 500k;",
    },
    {
        .name = "limit_rate_after",
        .contexts = {http, server, location, if_in_location},
        .set = set_rate<&RateSettings::after>,
        .syntax = "limit_rate_after size;",
        .default_text = "limit_rate_after 0;",
        .doc = "How many bytes of an answer go out before limit_rate counts.",
        .example = "limit_rate_after 1m;",
    },
    {
        .name = "lingering_timeout",
        .contexts = {http, server, location},
        .set = set_time<&LocationSettings::lingering_timeout>,
        .syntax = "lingering_timeout time;",
        .default_text = "lingering_timeout 5s;",
        .doc = "After an answer that came before all of the request was read: how long the server waits for more of "
               "it to throw away, so that the client gets to read the answer.",
        .example = "lingering_timeout 2s;",
    },
    {
        .name = "lingering_time",
        .contexts = {http, server, location},
        .set = set_time<&LocationSettings::lingering_time>,
        .syntax = "lingering_time time;",
        .default_text = "lingering_time 30s;",
        .doc = "How long that goes on at the most, however much the client sends.",
        .example = "lingering_time 10s;",
    },
    {
        .name = "client_header_buffer_size",
        .contexts = {http, server},
        .set = set_client_header_buffer_size,
        .syntax = "client_header_buffer_size size;",
        .default_text = "client_header_buffer_size 1k;",
        .doc = "The room for an ordinary request head, 64 bytes to 1m. A larger one takes "
               "large_client_header_buffers.",
        .example = "client_header_buffer_size 2k;",
    },
    {
        .name = "large_client_header_buffers",
        .contexts = {http, server},
        .least = 2,
        .most = 2,
        .set = set_large_client_header_buffers,
        .syntax = "large_client_header_buffers number size;",
        .default_text = "large_client_header_buffers 4 8k;",
        .doc = "How many further buffers a request head may take, and how large one is. No line may be longer than "
               "one buffer: a longer request line answers 414, a longer field line, or too many of them, 431.",
        .example = "large_client_header_buffers 4 16k;",
    },
});

}  // namespace

std::span<const DirectiveRow> limit_directives() { return rows; }

}  // namespace config

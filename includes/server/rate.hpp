// How fast the content of one answer may go out (limit_rate): what was earned by waiting and not spent yet. Content
// goes out in pieces, eight a second, so that neither the client nor the server has bursts. Pure arithmetic over the
// clock.
#pragma once

#include <cstdint>

#include "base/clock.hpp"
#include "handlers/handler.hpp"

namespace server {

class Rate {
public:
    static constexpr std::uint64_t unlimited = UINT64_MAX;

    // The first `after` bytes are free; 0 bytes a second, and more than `most`: nothing is limited.
    void begin(std::uint64_t bytes_a_second, std::uint64_t after, base::Instant now);
    void end() { *this = {}; }

    bool limits() const { return rate_ != 0; }

    // Bytes that may go out now; at least one, unless due() lies in the future.
    std::uint64_t allowance(base::Instant now);

    // So many went out, perhaps more than were allowed, which takes the longer to earn; `remaining` are to follow.
    void spend(std::uint64_t bytes, std::uint64_t remaining, base::Instant now);

    // When the next piece may go out; the beginning of time where nothing has to be waited for.
    base::Instant due() const { return due_; }
    // The wait is over. False: there was none.
    bool release();

private:
    static constexpr std::int64_t unit = 1000;           // of `earned_` in a byte: a millisecond earns whole ones
    static constexpr std::uint64_t pieces_a_second = 8;  // as long as that are bytes
    static constexpr std::uint64_t most = UINT32_MAX;    // bytes a second
    static constexpr std::int64_t longest = INT32_MAX;   // milliseconds that are counted at once
    static constexpr std::int64_t keeps_for = 1000;      // milliseconds: who took nothing meanwhile gets no more

    void earn(base::Instant now);

    std::uint64_t rate_ = 0;   // bytes a second
    std::uint64_t free_ = 0;   // bytes that are left of `after`
    std::int64_t earned_ = 0;  // units; below 0: still to be earned
    base::Instant counted_at_{};
    base::Instant due_ = base::Instant::min();
};

// Begins `rate` as the configuration has it for this request; what one second allows goes out at once all the same.
// Gives the bytes a second that were asked for. Precondition: routing::limits_rate().
std::uint64_t limit_rate(Rate& rate, const handlers::Request& request, handlers::Response& response, base::Instant now);

}  // namespace server

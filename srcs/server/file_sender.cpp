#include "server/file_sender.hpp"

#include <algorithm>
#include <utility>

#include "os/page_cache.hpp"
#include "server/services.hpp"

namespace server {

namespace {

std::uint32_t at_most(std::uint32_t limit, std::uint64_t bytes) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(limit, bytes));
}

}  // namespace

void FileSender::reset() {
    warming_.withdraw();
    warm_ = fetching_ = 0;
    fruitless_ = 0;
    cold_ = waits_ = false;
}

FileSender::Step FileSender::step(net::Transport& transport, body::FileRange& range, std::uint64_t most,
                                  Services& services, const config::LocationSettings& settings) {
    if (body::state_of(range) == body::FileState::broken) return {.failed = true};
    std::uint64_t count = std::min({range.remaining, most, std::uint64_t{quantum}});
    const bool waited = std::exchange(waits_, false);
    if (settings.aio_threads) {
        prepare(transport, range, services.warmer, services.clock.now());
        waits_ = warm_ == 0;
        if (waits_) return {.waited = true};
        count = std::min<std::uint64_t>(count, warm_);
    }
    const os::Transfer transfer =
        transport.send_file(range.entry->file(), range.offset, static_cast<std::size_t>(count));
    warm_ -= at_most(warm_, transfer.bytes);
    fruitless_ = transfer.bytes > 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(fruitless_ + 1);
    const body::FileState state = body::take_sent(range, transfer.bytes, transfer.used_up);
    if (state == body::FileState::broken || fruitless_ > fruitless_limit) return {transfer.bytes, true, waited};
    // Where the file may be why the transfer was short, the socket may be as ready as before, and no edge would come.
    const bool file_in_doubt = state == body::FileState::changed || transfer.bytes == 0;
    if (transfer.used_up && file_in_doubt) transport.ask_anew();
    return {transfer.bytes, false, waited};
}

// Afterwards `warm_` says how much can be sent; 0: it is being fetched.
void FileSender::prepare(const net::Transport& transport, const body::FileRange& range, net::Warmer& warmer,
                         base::Instant now) {
    if (warming_.pending()) return;
    const auto milliseconds = static_cast<std::uint32_t>(now.time_since_epoch().count());
    if (fetching_ > 0) {
        warm_ += std::exchange(fetching_, 0);
        looked_at_ = milliseconds;
    }
    if (milliseconds - looked_at_ > memory_of_a_look) warm_ = 0;
    if (warm_ >= at_most(cold_ ? window : quantum, range.remaining)) return;
    looked_at_ = milliseconds;
    look_ahead(transport, range, warmer, now);
}

// Looks at the window behind what is known to be there, and has it fetched unless it is there too. Somebody else may
// have looked just now: a file that many ask for is looked at once a second.
void FileSender::look_ahead(const net::Transport& transport, const body::FileRange& range, net::Warmer& warmer,
                            base::Instant now) {
    const int file = range.entry->file();
    const std::uint64_t offset = range.offset + warm_;
    const std::uint32_t length = at_most(window, range.remaining - warm_);
    files::Entry::Residence& seen = range.entry->residence();
    if (now - seen.seen > base::Duration{memory_of_a_look}) seen = {.up_to = 0, .seen = now};
    if (offset + length <= seen.up_to || os::residence_of(file, offset, length) != os::Residence::on_disk) {
        if (offset <= seen.up_to) seen.up_to = std::max(seen.up_to, offset + length);
        warm_ += length;
        return;
    }
    // What somebody waits for comes in a smaller piece, which is there sooner.
    const std::uint32_t piece = warm_ > 0 ? length : at_most(quantum, length);
    cold_ = true;
    if (warming_.ask(warmer, file, offset, piece, transport.ticket())) {
        fetching_ = piece;
    } else {
        warm_ += piece;
    }
}

}  // namespace server

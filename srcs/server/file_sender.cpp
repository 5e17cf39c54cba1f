#include "server/file_sender.hpp"

#include <algorithm>

namespace server {

FileSender::Step FileSender::step(net::Transport& transport, body::FileRange& range) {
    if (body::state_of(range) == body::FileState::broken) return {0, true};
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(range.remaining, quantum));
    const os::Transfer transfer = transport.send_file(range.entry->file(), range.offset, count);
    fruitless_ = transfer.bytes > 0 ? 0 : fruitless_ + 1;
    const body::FileState state = body::take_sent(range, transfer.bytes, transfer.used_up);
    if (state == body::FileState::broken || fruitless_ > fruitless_limit) return {transfer.bytes, true};
    // Where the file may be why the transfer was short, the socket may be as ready as before, and no edge would come.
    const bool file_in_doubt = state == body::FileState::changed || transfer.bytes == 0;
    if (transfer.used_up && file_in_doubt) transport.ask_anew();
    return {transfer.bytes, false};
}

}  // namespace server

#include "server/answer_writer.hpp"

#include <algorithm>
#include <cstring>

#include "http/date.hpp"
#include "http/response_writer.hpp"
#include "server/services.hpp"

namespace server {

namespace {

// Writes the head so that it ends where the content begins.
void make_ready(files::Entry& entry, std::string_view server_token, Timestamps& timestamps) {
    files::PreparedAnswer& prepared = entry.prepared();
    const http::ResponseHead head{
        .server = server_token,
        .date = timestamps.http_date(),
        .fields = prepared.fields,
        .content_length = entry.content().size(),
    };
    constexpr std::size_t largest_head = 8 * 1024;  // bytes
    const std::size_t bound = http::head_size_bound(head);
    if (bound > largest_head) return;
    const std::span<char> memory = entry.head_memory(bound);
    const http::WrittenHead written = http::write_head(memory, head);
    char* const start = memory.data() + memory.size() - written.size;
    std::memmove(start, memory.data(), written.size);
    prepared.head_size = written.size;
    prepared.date = {start + written.date_offset, head.date.size()};
    if (prepared.expires_begin != 0) {
        const std::size_t fields = written.date_offset + head.date.size() + std::string_view{"\r\n"}.size();
        prepared.expires = {start + fields + prepared.expires_begin, http::imf_fixdate_length};
    }
    prepared.date_second = timestamps.second();
    prepared.whole = {start, written.size + entry.content().size()};
}

// Head and content of `entry` in one piece, with `fields` and the present date. Empty where there is none: what is
// prepared has other fields, the head is too long, or others are still sending what would have to be changed. Between
// two turns the date may be written over.
std::string_view ready_answer(files::Entry& entry, std::string_view fields, std::string_view server_token,
                              Timestamps& timestamps) {
    files::PreparedAnswer& prepared = entry.prepared();
    if (prepared.fields.data() != fields.data()) return {};
    if (prepared.whole.empty()) {
        if (entry.may_be_prepared_anew()) make_ready(entry, server_token, timestamps);
        return prepared.whole;
    }
    if (prepared.date_second != timestamps.second()) {
        std::ranges::copy(timestamps.http_date(), prepared.date.begin());
        if (!prepared.expires.empty())
            prepared.fields.copy(prepared.expires.data(), prepared.expires.size(), prepared.expires_begin);
        prepared.date_second = timestamps.second();
    }
    return prepared.whole;
}

void lend(net::Transport& transport, base::Ref<base::Counted> owner, std::string_view answer, std::size_t head_size) {
    if (transport.has_output()) {
        transport.output().append(answer);
    } else {
        transport.lend(std::move(owner), answer, head_size);
    }
}

// The file, in memory, that is the whole of a 200 answer to a GET without further fields; null where the answer is
// something else.
files::Entry* cached_answer(const Exchange& exchange) {
    const handlers::Response& response = exchange.response();
    const bool plain = response.status == http::Status::ok && exchange.request().method == http::Method::get;
    return plain && response.fields.own().empty() ? response.content.whole_entry() : nullptr;
}

// The page, in common with other answers, that is the content of an answer to a GET without fields of its own; else
// null.
const std::shared_ptr<const std::string>* shared_page(const Exchange& exchange) {
    const handlers::Response& response = exchange.response();
    const bool wanted = exchange.request().method == http::Method::get && !http::never_has_content(response.status);
    return wanted && response.fields.own().empty() ? response.content.shared_memory() : nullptr;
}

// Whether the exchange's answer lay ready.
bool lend_answer(Exchange& exchange, net::Transport& transport, ReadyPages& pages, Timestamps& timestamps) {
    const std::string_view server = exchange.request().server_token();
    if (files::Entry* entry = cached_answer(exchange)) {
        const std::string_view answer = ready_answer(*entry, exchange.response().fields.borrowed(), server, timestamps);
        if (answer.empty()) return false;
        lend(transport, files::EntryRef{entry}, answer, entry->prepared().head_size);
        exchange.content_was_written(entry->prepared().head_size);
    } else if (const auto* content = shared_page(exchange)) {
        const handlers::Response& response = exchange.response();
        ReadyPage& page = pages.find({response.status, server, response.fields.borrowed(), *content}, timestamps);
        lend(transport, base::Ref<ReadyPage>{&page}, page.bytes(timestamps), page.head_size());
        exchange.content_was_written(page.head_size());
    } else {
        return false;
    }
    return true;
}

}  // namespace

bool write_answer(Exchange& exchange, net::Transport& transport, bool persists, ReadyPages& pages,
                  Timestamps& timestamps) {
    const bool goes_on = exchange.persistence(persists) == http::Persistence::keep_alive;
    if (goes_on && !exchange.rate().limits() && lend_answer(exchange, transport, pages, timestamps)) return true;
    base::Buffer& output = transport.output();
    const std::size_t size_before = output.size();
    if (exchange.write_response(output, persists, timestamps)) return true;
    output.shorten(size_before);
    return false;
}

FileSender::Step send_more(Exchange& exchange, net::Transport& transport, Services& services) {
    FileSender::Step step;
    if (body::FileRange* range = exchange.remaining_file()) {
        const std::uint64_t most = exchange.rate().allowance(services.clock.now());
        step = exchange.file_sender().step(transport, *range, most, services, exchange.settings());
        exchange.count_sent(step.bytes);
    }
    step.failed = step.failed || !exchange.write_next_part(transport.output());
    return step;
}

}  // namespace server

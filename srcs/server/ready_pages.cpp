#include "server/ready_pages.hpp"

#include <algorithm>

#include "http/response_writer.hpp"

namespace server {

ReadyPage::ReadyPage(Key key, Timestamps& timestamps) : key_(std::move(key)), date_second_(timestamps.second()) {
    const http::ResponseHead head{
        .status = key_.status,
        .server = key_.server,
        .date = timestamps.http_date(),
        .fields = key_.fields,
        .content_length = key_.content->size(),
    };
    bytes_.resize(http::head_size_bound(head));
    const http::WrittenHead written = http::write_head(bytes_, head);
    head_size_ = written.size;
    date_offset_ = written.date_offset;
    bytes_.resize(head_size_);
    bytes_.append(*key_.content);
}

bool ReadyPage::is_for(const Key& key) const {
    return key_.content == key.content && key_.status == key.status && key_.server.data() == key.server.data() &&
           key_.fields.data() == key.fields.data();
}

std::string_view ReadyPage::bytes(Timestamps& timestamps) {
    if (date_second_ != timestamps.second()) {
        date_second_ = timestamps.second();
        std::ranges::copy(timestamps.http_date(), bytes_.begin() + static_cast<std::ptrdiff_t>(date_offset_));
    }
    return bytes_;
}

ReadyPage& ReadyPages::find(const ReadyPage::Key& key, Timestamps& timestamps) {
    for (const base::Ref<ReadyPage>& page : pages_) {
        if (page->is_for(key)) return *page;
    }
    if (pages_.size() == most) pages_.clear();
    return *pages_.emplace_back(base::Ref<ReadyPage>{new ReadyPage{key, timestamps}});
}

}  // namespace server

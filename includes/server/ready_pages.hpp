// Whole answers whose content is a page that many answers share: head and page in one piece, made once and sent again
// and again.
#pragma once

#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/counted.hpp"
#include "http/registry.hpp"
#include "server/timestamps.hpp"

namespace server {

class ReadyPage final : public base::Counted {
public:
    struct Key {
        http::Status status{};
        std::string_view server;                     // a literal
        std::string_view fields;                     // a literal
        std::shared_ptr<const std::string> content;  // the same object each time
    };

    ReadyPage(Key key, Timestamps& timestamps);

    bool is_for(const Key& key) const;

    // With the present date. Between two turns the date may be written over.
    std::string_view bytes(Timestamps& timestamps);
    std::size_t head_size() const { return head_size_; }

private:
    Key key_;
    std::string bytes_;
    std::size_t head_size_ = 0;
    std::size_t date_offset_ = 0;
    std::time_t date_second_ = 0;
};

class ReadyPages {
public:
    // For a connection that goes on.
    ReadyPage& find(const ReadyPage::Key& key, Timestamps& timestamps);

private:
    static constexpr std::size_t most = 64;  // a few statuses, two names of the server

    std::vector<base::Ref<ReadyPage>> pages_;
};

}  // namespace server

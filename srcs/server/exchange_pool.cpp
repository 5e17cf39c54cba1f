#include "server/exchange_pool.hpp"

#include <utility>

namespace server {

std::unique_ptr<Exchange> ExchangePool::take() {
    if (free_.empty()) return std::make_unique<Exchange>();
    std::unique_ptr<Exchange> exchange = std::move(free_.back());
    free_.pop_back();
    return exchange;
}

void ExchangePool::give_back(std::unique_ptr<Exchange> exchange) {
    exchange->forget();
    if (free_.size() < kept) free_.push_back(std::move(exchange));
}

}  // namespace server

// Exchanges for reuse: a busy server needs no memory for the next request.
#pragma once

#include <memory>
#include <vector>

#include "server/exchange.hpp"

namespace server {

// Exchanges that nobody uses at the moment, kept for their memory.
class ExchangePool {
public:
    std::unique_ptr<Exchange> take();
    void give_back(std::unique_ptr<Exchange> exchange);

private:
    static constexpr std::size_t kept = 256;
    std::vector<std::unique_ptr<Exchange>> free_;
};

}  // namespace server

// Answers for a folder with one of its files, where `random_index on` says so; declines otherwise.
#pragma once

#include "handlers/handler.hpp"

namespace handlers {

class RandomIndex final : public Handler {
public:
    Outcome handle(const Request& request, const Context& context, Response& response) const override;
};

}  // namespace handlers

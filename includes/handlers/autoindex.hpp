// Lists a folder that has no index file, where `autoindex on` allows it; declines otherwise.
#pragma once

#include "handlers/handler.hpp"

namespace handlers {

class Autoindex final : public Handler {
public:
    Outcome handle(const Request& request, const Context& context, Response& response) const override;
};

}  // namespace handlers

// `return`: an answer that stands in the configuration, for any method.
#pragma once

#include "handlers/handler.hpp"

namespace handlers {

class Redirect final : public Handler {
public:
    Outcome handle(const Request& request, const Context& context, Response& response) const override;
};

}  // namespace handlers

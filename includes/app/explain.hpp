// What the server would answer to one request, and why: the same code that serves runs through it, without a socket.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/settings.hpp"

namespace app {

struct Question {
    std::string request;              // "GET http://host:port/path", "GET /path"
    std::vector<std::string> fields;  // "Name: value"
    std::optional<std::string> from;  // the client's address; without it 127.0.0.1
};

// The steps, then the head of the response. An Error: the question can't be asked of this configuration.
base::Result<std::string> explain(std::shared_ptr<const config::Settings> settings, const Question& question);

}  // namespace app

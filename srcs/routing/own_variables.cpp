#include "routing/own_variables.hpp"

namespace routing {

namespace {

Variation::Value& value_at(std::uint32_t index, const Request& request) {
    std::vector<Variation::Value>& values = request.vary().values;
    if (values.size() <= index) values.resize(request.routes->settings().variables.size());
    return values[index];
}

}  // namespace

bool append_own_variable(std::string& out, std::uint32_t index, const Request& request) {
    const Variation::Value& value = value_at(index, request);
    if (value.state != Variation::Value::State::known) return false;
    out.append(value.text);
    return true;
}

void set_own_variable(std::uint32_t index, std::string value, const Request& request) {
    value_at(index, request) = {Variation::Value::State::known, std::move(value)};
}

}  // namespace routing

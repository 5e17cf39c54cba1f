#include "routing/own_variables.hpp"

#include "base/ascii.hpp"
#include "routing/maps.hpp"

namespace routing {

namespace {

using State = Variation::Value::State;

Variation::Value& value_at(std::uint32_t index, const Request& request) {
    std::vector<Variation::Value>& values = request.vary().values;
    if (values.size() <= index) values.resize(request.routes->settings().variables.size());
    return values[index];
}

void trace(const config::OwnVariable& variable, std::string_view value, const Request& request) {
    if (request.trace == nullptr) return;
    std::string line = '$' + variable.name + " is \"";
    base::append_log_escaped(line, value);
    request.trace->add(line.append("\""));
}

// The values are asked for by index again each time: what is computed may make more of them.
class Computation {
public:
    Computation(std::string& out, std::uint32_t index, const Request& request, const Reply* reply)
        : out_(out), index_(index), request_(request), reply_(reply) {}

    bool operator()(const config::Assigned&) { return false; }
    bool operator()(const config::Map& map) { return find(map, !map.is_volatile); }
    bool operator()(const config::Geo& geo) { return find(geo, true); }
    bool operator()(const config::SplitClients& split) { return find(split, true); }

private:
    template <class Computed>
    bool find(const Computed& computed, bool keeps) {
        value_at(index_, request_).state = State::being_found;
        const std::size_t begin = out_.size();
        append_computed(out_, computed, request_, reply_);
        const std::string_view found = std::string_view{out_}.substr(begin);
        trace(request_.routes->settings().variables[index_], found, request_);
        Variation::Value& value = value_at(index_, request_);
        if (keeps) value.text = found;
        value.state = keeps ? State::known : State::unknown;
        return true;
    }

    std::string& out_;
    std::uint32_t index_;
    const Request& request_;
    const Reply* reply_;
};

}  // namespace

bool append_own_variable(std::string& out, std::uint32_t index, const Request& request, const Reply* reply) {
    const Variation::Value& value = value_at(index, request);
    switch (value.state) {
        case State::known: out.append(value.text); return true;
        case State::being_found: return false;  // root and $document_root can lead here, by a map
        case State::unknown: break;
    }
    return std::visit(Computation{out, index, request, reply}, request.routes->settings().variables[index].definition);
}

void set_own_variable(std::uint32_t index, std::string value, const Request& request) {
    value_at(index, request) = {State::known, std::move(value)};
}

}  // namespace routing

#include "server/event_line.hpp"

#include "base/ascii.hpp"

namespace server {

namespace {

constexpr std::string_view client_label = ", client: ";
constexpr std::string_view server_label = ", server: ";
constexpr std::string_view request_label = ", request: \"";
constexpr std::string_view host_label = ", host: \"";

void append_exchange(std::string& line, const Exchange& exchange) {
    line.append(server_label).append(exchange.server().names.front().text);
    line.append(request_label);
    base::append_log_escaped(line, exchange.request_line());
    line.push_back('"');
    const auto host = exchange.request().head.fields.first(http::FieldName::host);
    if (!host) return;
    line.append(host_label);
    base::append_log_escaped(line, *host);
    line.push_back('"');
}

}  // namespace

void make_event_line(std::string& line, std::uint64_t number, std::string_view message, const os::Endpoint& peer,
                     const Exchange* exchange) {
    line.assign(1, '*');
    base::append_number(line, number);
    line.push_back(' ');
    line.append(message).append(client_label);
    peer.append_address(line);
    if (exchange != nullptr) append_exchange(line, *exchange);
}

}  // namespace server

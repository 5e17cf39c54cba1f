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

void write_event(Site& site, const config::LocationSettings& settings, os::LogLevel level, std::string_view message,
                 const routing::ConnectionFacts& facts, const Exchange* exchange) {
    os::ErrorLog& log = site.error_log(settings);
    if (!log.takes(level)) return;
    std::string& line = site.scratch();
    line.assign(1, '*');
    base::append_number(line, facts.number);
    line.push_back(' ');
    line.append(message).append(client_label);
    facts.peer.append_address(line);
    if (exchange != nullptr) append_exchange(line, *exchange);
    log.write(level, line);
}

}  // namespace server

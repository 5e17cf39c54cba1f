#include "handlers/access.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "handlers/logins.hpp"
#include "http/credentials.hpp"
#include "routing/variables.hpp"

namespace handlers {

namespace {

using config::AccessSettings;
using config::AddressRule;
using Whose = AddressRule::Whose;

// What holds for this request's method (limit_except).
const AccessSettings& settings_for(const Request& request) {
    const AccessSettings& settings = *request.route.settings->access;
    const bool is_other = settings.for_others != nullptr && !settings.excepted.contains(request.method);
    return is_other ? *settings.for_others : settings;
}

bool in_network(std::span<const std::uint8_t> address, const AddressRule& rule) {
    const std::size_t whole = rule.prefix / 8;
    if (!std::ranges::equal(address.first(whole), std::span{rule.address}.first(whole))) return false;
    const unsigned rest = rule.prefix % 8;
    return rest == 0 || ((address[whole] ^ rule.address[whole]) >> (8 - rest)) == 0;
}

bool fits(const AddressRule& rule, const os::Endpoint& peer) {
    using Family = os::Endpoint::Family;
    switch (rule.whose) {
        case Whose::all: return true;
        case Whose::unix_socket: return peer.family() == Family::unix_path;
        case Whose::ipv4: return peer.family() == Family::ipv4 && in_network(peer.address(), rule);
        case Whose::ipv6: return peer.family() == Family::ipv6 && in_network(peer.address(), rule);
    }
    return false;
}

// What one way of looking at it says of a request.
enum class Opinion : std::uint8_t { none, yes, no, waits };

class Look {
public:
    Look(const Request& request, const Context& context, Response& response)
        : request_(request), context_(context), response_(response), settings_(settings_for(request)) {}

    Opinion by_address();
    Opinion by_password();
    bool either_is_enough() const { return settings_.any_is_enough; }

private:
    // `explain()` gives the sentence; asked for only where somebody reads it.
    template <class Explain>
    Opinion refuse(http::Status status, os::LogLevel level, Explain explain) {
        response_ = failure(status, context_.explains ? explain() : std::string{}, level);
        return Opinion::no;
    }
    template <class Explain>
    Opinion ask_for_password(os::LogLevel level, Explain explain) {
        refuse(http::Status::unauthorized, level, explain);
        response_.fields.add("WWW-Authenticate", http::basic_challenge(routing::value_of(*settings_.realm, request_)));
        return Opinion::no;
    }
    bool is_off(const config::Template& realm) const {
        return !realm.is_constant() && routing::value_of(realm, request_) == "off";
    }
    Opinion judge(const Logins::Answer& answer, const std::string& name);

    const Request& request_;
    const Context& context_;
    Response& response_;
    const AccessSettings& settings_;
};

Opinion Look::by_address() {
    const auto rule = std::ranges::find_if(
        settings_.rules, [&](const AddressRule& one) { return fits(one, request_.connection->peer); });
    if (rule == settings_.rules.end()) return Opinion::none;
    if (rule->allows) return Opinion::yes;
    return refuse(http::Status::forbidden, os::LogLevel::error,
                  [&] { return "access forbidden by rule, " + rule->text; });
}

Opinion Look::by_password() {
    if (!settings_.realm || is_off(*settings_.realm)) return Opinion::none;
    if (settings_.user_file.empty() || context_.logins == nullptr)
        return refuse(http::Status::forbidden, os::LogLevel::error, [] {
            return std::string{"auth_basic without auth_basic_user_file: there is nobody who could log in"};
        });
    const std::optional<http::BasicCredentials> credentials = http::basic_credentials(request_.head.fields);
    if (!credentials || credentials->name.empty())
        return ask_for_password(os::LogLevel::info,
                                [] { return std::string{"no user/password was provided for basic authentication"}; });
    return judge(context_.logins->check(settings_.user_file, *credentials, context_.login), credentials->name);
}

Opinion Look::judge(const Logins::Answer& answer, const std::string& name) {
    using Verdict = Logins::Verdict;
    using enum os::LogLevel;
    const auto user = [&] { return "user \"" + name + '"'; };
    const auto file = [&] { return '"' + settings_.user_file + '"'; };
    const auto line = [&] { return "line " + std::to_string(answer.line) + " of " + file(); };
    switch (answer.verdict) {
        case Verdict::right: return Opinion::yes;
        case Verdict::waits:
            response_ = {};
            response_.awaits_login = true;
            return Opinion::waits;
        case Verdict::unknown_name:
            return ask_for_password(error, [&] { return user() + " was not found in " + file(); });
        case Verdict::wrong_password:
            return ask_for_password(error, [&] { return user() + ": password mismatch, " + line(); });
        case Verdict::no_file:
            return refuse(http::Status::forbidden, error, [&] { return "there is no password file " + file(); });
        case Verdict::unusable_hash:
            return refuse(http::Status::internal_server_error, crit,
                          [&] { return user() + ", " + line() + ": " + answer.reason; });
        case Verdict::unreadable:
            return refuse(http::Status::internal_server_error, crit,
                          [&] { return "the password file can't be read: " + answer.reason; });
        case Verdict::overloaded:
            return refuse(http::Status::service_unavailable, error,
                          [&] { return user() + ": too many passwords wait to be checked"; });
        case Verdict::failed:
            return refuse(http::Status::internal_server_error, error,
                          [&] { return user() + ": the password could not be checked, " + file(); });
    }
    return Opinion::no;
}

}  // namespace

bool refuse_by_rules(const Request& request, const Context& context, Response& response) {
    Look look{request, context, response};
    const Opinion of_address = look.by_address();
    if (look.either_is_enough() ? of_address == Opinion::yes : of_address == Opinion::no)
        return of_address == Opinion::no;
    const Opinion of_password = look.by_password();
    if (of_password == Opinion::waits) return true;
    if (look.either_is_enough() && of_password == Opinion::yes) {
        response = {};
        return false;
    }
    return of_password == Opinion::no || of_address == Opinion::no;
}

}  // namespace handlers

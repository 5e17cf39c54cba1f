#include "routing/rewrite.hpp"

#include "base/ascii.hpp"
#include "os/file.hpp"
#include "routing/explanation.hpp"
#include "routing/limit_rate.hpp"
#include "routing/own_variables.hpp"
#include "routing/variables.hpp"

namespace routing {

namespace {

constexpr int most_rounds = 10;                   // as in nginx
constexpr std::size_t longest_value = 64 * 1024;  // bytes of a path, a query or a variable that was set

class Run {
public:
    explicit Run(Request& request) : request_(request) {}

    // Carries out the steps; true when nothing after them is to run.
    bool run(const config::Script& script);
    bool path_is_new() const { return path_is_new_; }

private:
    bool carry_out(const config::SetStep& step);
    bool carry_out(const config::BreakStep& step);
    bool carry_out(const config::RewriteStep& step);
    bool carry_out(const config::ReturnStep& step);
    bool carry_out(const config::IfStep& step);
    std::string name_of(const config::SetStep& step) const;
    bool holds(const config::IfStep& step) const;
    bool compares(const config::IfStep& step, const std::string& subject) const;
    bool redirect(const config::RewriteStep& step);
    bool is_too_long(const std::string& value) const;
    std::string replacement_path(const config::RewriteStep& step, bool encodes) const;
    std::string replacement_args(const config::Template& args) const;
    // `line` makes the text, where anybody asks for it.
    template <class Line>
    void trace(Line line) const {
        if (request_.trace != nullptr) request_.trace->add(line());
    }

    Request& request_;
    bool path_is_new_ = false;  // a location has to be looked for
};

// As nginx does: what means something in a query, spaces, and what isn't ASCII.
std::string encode_argument(std::string_view value) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view meaning = "#%&+;?";
    std::string out;
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7F && meaning.find(c) == std::string_view::npos) {
            out.push_back(c);
        } else {
            out.append({'%', digits[byte >> 4U], digits[byte & 0xFU]});
        }
    }
    return out;
}

Answer::Kind kind_of(const config::ReturnStep& step) {
    if (step.closes) return Answer::Kind::close;
    if (step.redirects) return Answer::Kind::redirect;
    return step.has_text ? Answer::Kind::text : Answer::Kind::status;
}

void fail(Request& request, std::string problem) {
    request.vary().answer = Answer{.status = http::Status::internal_server_error, .problem = std::move(problem)};
}

// A value that grows with each round would soon be larger than the machine's memory.
bool Run::is_too_long(const std::string& value) const {
    if (value.size() <= longest_value) return false;
    fail(request_, "rewriting made a value of more than 64 KiB");
    return true;
}

bool Run::run(const config::Script& script) {
    for (const config::Step& step : script)
        if (std::visit([this](const auto& what) { return carry_out(what); }, step.what)) return true;
    return false;
}

std::string Run::name_of(const config::SetStep& step) const {
    switch (step.target) {
        case config::SetStep::Target::args: return "args";
        case config::SetStep::Target::limit_rate: return "limit_rate";
        case config::SetStep::Target::own: break;
    }
    return request_.routes->settings().variables[step.variable].name;
}

bool Run::carry_out(const config::SetStep& step) {
    std::string value = value_of(step.value, request_);
    if (is_too_long(value)) return true;
    trace([&] { return "set $" + name_of(step) + " to " + shown(value); });
    using Target = config::SetStep::Target;
    switch (step.target) {
        case Target::args: request_.change_args(std::move(value)); break;
        case Target::own: set_own_variable(step.variable, std::move(value), request_); break;
        case Target::limit_rate: set_limit_rate(value, request_); break;
    }
    return false;
}

bool Run::carry_out(const config::BreakStep&) {
    trace([] { return "break"; });
    path_is_new_ = false;
    return true;
}

bool Run::carry_out(const config::ReturnStep& step) {
    // In its own text $status is what it returns, unless it is the page of another answer.
    const http::Status replaced = request_.replaced_status;
    if (http::code_of(replaced) == 0) request_.replaced_status = step.status;
    Answer answer{kind_of(step), step.status, value_of(step.text, request_), {}};
    request_.replaced_status = replaced;
    trace([&] {
        return "return " + std::to_string(http::code_of(step.status)) + (step.has_text ? ' ' + shown(answer.text) : "");
    });
    request_.vary().answer = std::move(answer);
    return true;
}

// With `encodes` the groups become what a URL may hold; the text between them is a URL already.
std::string Run::replacement_path(const config::RewriteStep& step, bool encodes) const {
    if (!encodes) return value_of(step.path, request_);
    std::string path;
    for (const config::Template::Part& part : step.path.parts()) {
        path.append(part.text);
        if (!part.variable) continue;
        std::string value;
        append_variable(value, *part.variable, request_);
        path.append(part.variable->kind == config::VariableUse::Kind::capture ? base::percent_encode_path(value)
                                                                              : value);
    }
    return path;
}

// The groups come from a decoded path: in a query they are encoded again, lest they end an argument or begin one.
std::string Run::replacement_args(const config::Template& args) const {
    std::string out;
    for (const config::Template::Part& part : args.parts()) {
        out.append(part.text);
        if (!part.variable) continue;
        std::string value;
        append_variable(value, *part.variable, request_);
        out.append(part.variable->kind == config::VariableUse::Kind::capture ? encode_argument(value) : value);
    }
    return out;
}

bool Run::redirect(const config::RewriteStep& step) {
    std::string url = replacement_path(step, true);
    if (step.args && !step.args->source().empty()) url.append("?").append(replacement_args(*step.args));
    if (step.adds_args && !request_.args().empty()) url.append(step.args ? "&" : "?").append(request_.args());
    const bool permanent = step.then == config::RewriteStep::Then::permanent;
    trace([&] { return "rewrite " + step.pattern.regex.pattern() + ": redirects to " + shown(url); });
    request_.vary().answer = Answer{
        Answer::Kind::redirect, permanent ? http::Status::moved_permanently : http::Status::found, std::move(url), {}};
    return true;
}

bool Run::carry_out(const config::RewriteStep& step) {
    if (!request_.match(step.pattern, request_.path)) {
        trace([&] { return "rewrite " + step.pattern.regex.pattern() + ": does not fit " + shown(request_.path); });
        return false;
    }
    using Then = config::RewriteStep::Then;
    if (step.then == Then::redirect || step.then == Then::permanent) return redirect(step);
    std::string path = replacement_path(step, false);
    if (is_too_long(path)) return true;
    if (step.args) {
        std::string args = replacement_args(*step.args);
        if (step.adds_args && !request_.args().empty()) args.append(args.empty() ? "" : "&").append(request_.args());
        if (is_too_long(args)) return true;
        request_.change_args(std::move(args));
    }
    trace([&] {
        return "rewrite " + step.pattern.regex.pattern() + ": " + shown(request_.path) + " becomes " + shown(path);
    });
    if (!path.starts_with('/')) path.insert(0, 1, '/');
    request_.change_path(std::move(path));
    request_.is_internal = true;
    path_is_new_ = step.then != Then::break_;
    return step.then != Then::go_on;
}

bool Run::carry_out(const config::IfStep& step) {
    const bool holds_now = holds(step);
    trace([&] { return "if (" + step.source + "): " + (holds_now ? "holds" : "does not hold"); });
    if (!holds_now) return false;
    if (step.settings) {
        request_.route.settings = step.settings.get();
        request_.route.mapping = request_.routes->mapping_of(*step.settings);
    }
    return run(step.then);
}

bool Run::holds(const config::IfStep& step) const {
    return compares(step, value_of(step.subject, request_)) != step.negated;
}

bool Run::compares(const config::IfStep& step, const std::string& subject) const {
    using Test = config::IfStep::Test;
    using Kind = os::FileStatus::Kind;
    if (step.test == Test::is_set) return !subject.empty() && subject != "0";
    if (step.test == Test::equals) return subject == value_of(step.value, request_);
    if (step.test == Test::matches) return request_.match(*step.pattern, subject);
    const base::Result<os::FileStatus> found = os::status_of(subject);
    if (!found) return false;
    const os::FileStatus& status = found.value();
    switch (step.test) {
        case Test::is_file: return status.kind == Kind::regular;
        case Test::is_folder: return status.kind == Kind::folder;
        case Test::is_executable: return status.executable;
        case Test::exists: return true;
        case Test::is_set:
        case Test::equals:
        case Test::matches: break;
    }
    return false;
}

// False: the path is still to be looked for.
bool run_location(Request& request) {
    if (request.route.settings->internal && !request.is_internal) {
        request.vary().answer =
            Answer{.status = http::Status::not_found, .problem = "the location is internal: clients can't ask for it"};
        return true;
    }
    if (request.route.location == nullptr || request.route.location->script.empty()) return true;
    Run run{request};
    run.run(request.route.location->script);
    return request.answer() != nullptr || !run.path_is_new();
}

void find_location(Request& request) {
    for (int round = 0; round <= most_rounds; ++round) {
        request.route = request.routes->route(request, request.path);
        if (request.trace != nullptr) explain_location(request);
        if (request.route.is_settled || run_location(request)) return;
    }
    fail(request, "the path was rewritten more than 10 times, at last to " + shown(request.path));
}

}  // namespace

void settle(Request& request) {
    const Route& of_server = request.routes->route_of_server(request.server);
    if (!of_server.is_settled) {
        request.route = of_server;
        Run run{request};
        run.run(of_server.server->script);
        if (request.answer() != nullptr) return;
    } else if (request.trace == nullptr) {
        request.route = request.routes->route(request, request.path);
        if (request.route.is_settled) return;
        if (run_location(request)) return;
    }
    find_location(request);
}

void settle_in(const config::Location& location, Request& request) {
    request.route = request.routes->route_of(request.server, location);
    if (!run_location(request)) find_location(request);
}

}  // namespace routing

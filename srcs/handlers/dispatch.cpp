#include "handlers/dispatch.hpp"

#include <array>
#include <span>

#include "handlers/access.hpp"
#include "handlers/added_fields.hpp"
#include "handlers/autoindex.hpp"
#include "handlers/error_page.hpp"
#include "handlers/random_index.hpp"
#include "handlers/redirect.hpp"
#include "handlers/representation.hpp"
#include "handlers/static_file.hpp"
#include "handlers/try_files.hpp"
#include "os/ownership.hpp"
#include "routing/resource.hpp"
#include "routing/rewrite.hpp"
#include "routing/variables.hpp"

namespace handlers {

namespace {

constexpr int internal_redirect_limit = 10;  // as in nginx: an index or error_page that leads back to itself ends here
constexpr http::MethodSet methods_of_files{http::Method::get, http::Method::head, http::Method::options};

http::MethodSet allowed_methods(const Request& request) {
    const std::optional<http::MethodSet>& configured = request.route.settings->methods;
    if (configured && request.answer() != nullptr) return *configured;
    return configured ? *configured & methods_of_files : methods_of_files;
}

// Tunnels are not built, and TRACE would show a script the cookies it may not see: refused whatever the configuration
// says.
bool is_never_allowed(http::Method method) { return method == http::Method::connect || method == http::Method::trace; }

// What a path answers to (RFC 9110 9.3.7), whether or not there is something.
Response options(http::MethodSet methods) {
    Response response;
    response.status = http::Status::no_content;
    response.fields.add("Allow", methods.to_string());
    return response;
}

// Where the path leads in the file system, for who asks.
void trace_file(const Request& request) {
    const std::optional<routing::Resource> resource = routing::resource_for(request, request.path);
    if (!resource) return request.trace->add("file: none, there is no root or alias for this path");
    std::string path = resource->root->path();
    if (!path.ends_with('/') && !resource->relative.empty()) path.push_back('/');
    request.trace->add("file: " + os::describe_way(path.append(resource->relative)));
}

// The first handler that doesn't decline.
Outcome first_answer(const Request& request, const Context& context, Response& response) {
    static constexpr RandomIndex random_index;
    static constexpr StaticFile static_file;
    static constexpr Autoindex autoindex;
    struct Named {
        std::string_view name;
        const Handler* handler;
    };
    static constexpr std::array<Named, 3> all_handlers{{
        {"random_index", &random_index},
        {"static_file", &static_file},
        {"autoindex", &autoindex},
    }};
    if (request.trace != nullptr) trace_file(request);
    const std::span<const Named> handlers{all_handlers};
    const bool at_random = request.route.settings->listing.random_index;
    for (const auto& [name, handler] : handlers.subspan(at_random ? 0 : 1)) {
        Outcome outcome = handler->handle(request, context, response);
        if (std::holds_alternative<Declined>(outcome)) continue;
        if (request.trace != nullptr) request.trace->add("handler: " + std::string{name});
        return outcome;
    }
    const std::optional<routing::Resource> folder = routing::resource_for(request, request.path);
    response = failure(http::Status::forbidden, (folder ? folder->shown() : "\"" + std::string{request.path} + "\"") +
                                                    " is a folder without an index file, and autoindex is off");
    return Answered{};
}

// The request on its way through internal redirects; what it was before is kept, for an answer that has to wait and is
// begun anew.
class Course {
public:
    explicit Course(Request& request) : request_(request) {}

    Request& request() { return request_; }

    void reroute(Reroute to) {
        change();
        if (to.path.starts_with('@')) return enter(to.path);
        if (to.has_args) split_args(to.path);
        if (!to.path.starts_with('/')) to.path.insert(0, 1, '/');
        trace("internal redirect to \"" + to.path + '"');
        request_.change_path(std::move(to.path));
        routing::settle(request_);
    }

    // `shown` is what $status says from now on; none: what answers there.
    void reroute_for_error_page(std::string target, http::Status shown, bool keeps_status) {
        change();
        request_.replaced_status = shown;
        request_.keeps_status = keeps_status;
        ++error_pages_;
        // As in nginx, where the answer failed decides whether one on the way to its page has a page as well.
        may_have_error_page_ = request_.route.settings->recursive_error_pages && error_pages_ < internal_redirect_limit;
        if (!target.starts_with('@')) {
            request_.method = request_.method == http::Method::head ? http::Method::head : http::Method::get;
            request_.is_error_page = true;
        }
        reroute({std::move(target), true});
    }

    bool may_have_error_page() const { return may_have_error_page_; }

    // What is to come may change the request, and the answer may have to wait after that.
    void remember() {
        if (!before_) before_.emplace(request_);
    }

    void begin_anew() {
        if (before_) request_.become(*before_);
    }

private:
    void change() {
        remember();
        request_.is_internal = request_.is_fallback = true;
        if (request_.variation) request_.variation->answer.reset();
    }

    // A location "@name" is one of the server's own: it was checked when the configuration was read.
    void enter(const std::string& name) {
        trace("goes to " + name);
        const config::Location* location = request_.routes->named_location(request_.server, name);
        if (location != nullptr) return routing::settle_in(*location, request_);
        request_.vary().answer =
            routing::Answer{.status = http::Status::internal_server_error, .problem = "there is no location " + name};
    }

    void split_args(std::string& path) {
        const std::size_t question = path.find('?');
        request_.change_args(question == std::string::npos ? std::string{} : path.substr(question + 1));
        path.resize(std::min(question, path.size()));
    }

    void trace(std::string line) {
        if (request_.trace != nullptr) request_.trace->add(std::move(line));
    }

    Request& request_;
    std::optional<Request> before_;
    int error_pages_ = 0;
    bool may_have_error_page_ = true;
};

// One round: an answer, which may still lack its page, or where to go on.
Outcome answer_or_reroute(Course& course, const Context& context, Response& response) {
    Request& request = course.request();
    // nginx's order: what rewriting answers, then who may have it, then what can be done with it.
    if (request.answer() == nullptr && refuse_access(request, context, response)) return Answered{};
    const bool usual = request.method == http::Method::get && !request.route.settings->methods;
    if (auto refused = usual ? std::nullopt : refuse_method(request)) {
        response = std::move(*refused);
        return Answered{};
    }
    if (const routing::Answer* configured = request.answer()) {
        if (request.trace != nullptr) request.trace->add("answered by what the configuration says");
        give(*configured, request, response);
        return Answered{};
    }
    if (request.method == http::Method::options) {
        response = options(allowed_methods(request));
        return Answered{};
    }
    if (request.route.settings->try_files) {
        course.remember();
        Outcome outcome = try_files(request, context, response);
        if (!std::holds_alternative<Declined>(outcome)) return outcome;
    }
    return first_answer(request, context, response);
}

// Follows internal redirects to an answer that may still lack its page. `response` is a new one.
void answer(Course& course, const Context& context, Response& response) {
    for (int i = 0; i <= internal_redirect_limit; ++i) {
        Outcome outcome = answer_or_reroute(course, context, response);
        auto* reroute = std::get_if<Reroute>(&outcome);
        if (reroute == nullptr) return;
        course.reroute(std::move(*reroute));
    }
    response = failure(http::Status::internal_server_error, "more than 10 internal redirects; the last one led to \"" +
                                                                std::string{course.request().path} + "\"");
}

Response with_page(Response response, Course& course, const Context& context);

// What stands in for `original` when its page is missing: that must not hide why it was wanted.
Response without_error_page(Response original, const Response& page, const std::string& target, Course& course,
                            const Context& context) {
    const std::string reason = page.explanation ? ": " + *page.explanation : "";
    const std::string first = original.explanation ? *original.explanation + "; " : "";
    original.explanation = std::make_shared<const std::string>(first + "the error_page \"" + target + "\" answers " +
                                                               std::to_string(http::code_of(page.status)) + reason);
    original.severity = os::LogLevel::error;
    set_built_in_page(original, course.request(), context);
    return original;
}

// The page's own answer in place of `original`, whose status and fields (Allow, Content-Range) stay.
Response serve_error_page(Response original, const config::ErrorPage& configured, const std::string& target,
                          Course& course, const Context& context) {
    const http::Status failed = original.status;
    const bool keeps_status = !configured.status_of_target;
    const http::Status shown = keeps_status ? configured.replacement.value_or(failed) : http::Status{};
    course.reroute_for_error_page(target, shown, keeps_status);
    Response page;
    answer(course, context, page);
    if (page.lacks_page && http::code_of(page.status) >= 400 && course.may_have_error_page() &&
        find_error_page(*course.request().route.settings, page.status) != nullptr)
        return with_page(std::move(page), course, context);  // recursive_error_pages: the last page's status counts
    if (page.awaited || page.awaits_login || page.closes) return page;
    if (page.lacks_page && http::code_of(page.status) >= 400 && !configured.status_of_target)
        return without_error_page(std::move(original), page, target, course, context);
    page.explanation = std::move(original.explanation);
    page.severity = original.severity;
    if (page.lacks_page) {
        set_built_in_page(page, course.request(), context);  // it redirects, or what it answers is what was asked for
        return page;
    }
    if (configured.replacement) page.status = *configured.replacement;
    if (!configured.replacement && !configured.status_of_target) page.status = failed;
    if (page.status == failed) page.fields.add_lines(original.fields);
    return page;
}

Response with_page(Response response, Course& course, const Context& context) {
    Request& request = course.request();
    const config::ErrorPage* configured =
        course.may_have_error_page() ? find_error_page(*request.route.settings, response.status) : nullptr;
    if (configured != nullptr) {
        request.replaced_status = response.status;
        const std::string target = routing::value_of(configured->target, request);
        if (target.starts_with('/') || target.starts_with('@'))
            return serve_error_page(std::move(response), *configured, target, course, context);
        redirect_to_error_page(response, request, *configured, target);
    }
    set_built_in_page(response, request, context);
    return response;
}

}  // namespace

std::optional<Response> refuse_method(const Request& request) {
    if (request.is_error_page || request.head.form == http::TargetForm::asterisk) return std::nullopt;
    const http::MethodSet allowed = allowed_methods(request);
    // What stands in the configuration is there for any method, unless that names some.
    const bool any = request.answer() != nullptr && !request.route.settings->methods;
    if (!is_never_allowed(request.method) && (any || allowed.contains(request.method))) return std::nullopt;
    const std::string allow = allowed.to_string();
    std::string explanation =
        "method " + std::string{http::name_of(request.method)} + " is not allowed here, only " + allow;
    Response response = failure(http::Status::method_not_allowed, std::move(explanation), os::LogLevel::info);
    response.fields.add("Allow", allow);
    return response;
}

void respond(Request& request, const Context& context, Response& response) {
    if (request.head.form == http::TargetForm::asterisk) {
        response = options(methods_of_files);  // of the server as a whole
        return;
    }
    const std::size_t steps = request.trace != nullptr ? request.trace->lines().size() : 0;
    Course course{request};
    answer(course, context, response);
    if (response.content.is_made()) apply_preconditions(request, context.clock.wall().tv_sec, response);
    if (response.lacks_page) response = with_page(std::move(response), course, context);
    if (!response.awaited && !response.awaits_login) {
        if (request.route.settings->added_fields) add_fields(response, request, context.clock.wall().tv_sec);
        return;
    }
    course.begin_anew();
    if (request.trace != nullptr) request.trace->shorten(steps);
}

Response refuse(http::Status status, Request& request, const Context& context) {
    Course course{request};
    if (request.variation) request.variation->answer.reset();
    Response response = with_page(failure(status, Explanation{}), course, context);
    add_fields(response, request, context.clock.wall().tv_sec);
    return response;
}

}  // namespace handlers

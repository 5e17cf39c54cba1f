#include "handlers/dispatch.hpp"

#include <array>

#include "handlers/autoindex.hpp"
#include "handlers/error_page.hpp"
#include "handlers/redirect.hpp"
#include "handlers/static_file.hpp"
#include "routing/resource.hpp"

namespace handlers {

namespace {

constexpr int internal_redirect_limit = 10;  // as in nginx: an index or error_page that leads back to itself ends here
constexpr http::MethodSet methods_of_files{http::Method::get, http::Method::head};

// What may be used here; nullopt: anything.
std::optional<http::MethodSet> allowed_methods(const Request& request) {
    const std::optional<http::MethodSet>& configured = request.route.settings->methods;
    if (request.route.settings->return_) return configured;
    return configured ? *configured & methods_of_files : methods_of_files;
}

// Tunnels are not built, and TRACE would show a script the cookies it may not see: refused whatever the configuration
// says.
bool is_never_allowed(http::Method method) { return method == http::Method::connect || method == http::Method::trace; }

// `OPTIONS *` asks about the server as a whole (RFC 9110 9.3.7).
Response answer_for_server() {
    Response response;
    response.status = http::Status::no_content;
    response.fields.add("Allow", methods_of_files.to_string());
    return response;
}

// The first handler that doesn't decline.
Outcome first_answer(const Request& request, const Context& context, Response& response) {
    static constexpr Redirect redirect;
    static constexpr StaticFile static_file;
    static constexpr Autoindex autoindex;
    static constexpr std::array<const Handler*, 3> handlers{&redirect, &static_file, &autoindex};
    for (const Handler* handler : handlers) {
        Outcome outcome = handler->handle(request, context, response);
        if (!std::holds_alternative<Declined>(outcome)) return outcome;
    }
    const std::optional<routing::Resource> folder = routing::resource_for(request.route, request.path);
    response = failure(http::Status::forbidden, (folder ? folder->shown() : "\"" + std::string{request.path} + "\"") +
                                                    " is a folder without an index file, and autoindex is off");
    return Answered{};
}

// The request as it is being handled: the client's own until an internal redirect changes it.
class Course {
public:
    Course(const Request& original, const Context& context) : original_(original), context_(context) {}

    const Request& request() const { return changed_ ? *changed_ : original_; }

    void reroute(std::string path) {
        Request& request = changed();
        path_ = std::move(path);
        request.path = path_;
        request.route = context_.routes.route(request.server, request.path);
    }

    void reroute_for_error_page(std::string path) {
        Request& request = changed();
        request.method = request.method == http::Method::head ? http::Method::head : http::Method::get;
        request.is_error_page = true;
        reroute(std::move(path));
    }

private:
    Request& changed() {
        if (!changed_) changed_.emplace(original_);
        return *changed_;
    }

    const Request& original_;
    const Context& context_;
    std::optional<Request> changed_;
    std::string path_;  // of `changed_`
};

// Follows internal redirects to an answer that may still lack its page. `response` is a new one.
void answer(Course& course, const Context& context, Response& response) {
    for (int i = 0; i <= internal_redirect_limit; ++i) {
        if (auto refused = refuse_method(course.request())) {
            response = std::move(*refused);
            return;
        }
        Outcome outcome = first_answer(course.request(), context, response);
        auto* reroute = std::get_if<Reroute>(&outcome);
        if (reroute == nullptr) return;
        course.reroute(std::move(reroute->path));
    }
    response = failure(http::Status::internal_server_error, "more than 10 internal redirects; the last one led to \"" +
                                                                std::string{course.request().path} + "\"");
}

// The page's own answer in place of `original`, whose status and fields (Allow, Content-Range) stay.
Response serve_error_page(Response original, const config::ErrorPage& configured, Course& course,
                          const Context& context) {
    const http::Status failed = original.status;
    course.reroute_for_error_page(configured.target);
    Response page;
    answer(course, context, page);
    if (page.awaited) return page;
    if (page.lacks_page && http::code_of(page.status) >= 400) {
        // A missing error page must not hide why it was wanted.
        const std::string reason = page.explanation ? ": " + *page.explanation : "";
        const std::string first = original.explanation ? *original.explanation + "; " : "";
        original.explanation =
            std::make_shared<const std::string>(first + "the error_page \"" + configured.target + "\" answers " +
                                                std::to_string(http::code_of(page.status)) + reason);
        original.severity = os::LogLevel::error;
        set_built_in_page(original, course.request(), context);
        return original;
    }
    page.explanation = std::move(original.explanation);
    page.severity = original.severity;
    if (page.lacks_page) {
        set_built_in_page(page, course.request(), context);  // it redirects: so does the answer
        return page;
    }
    if (configured.replacement) page.status = *configured.replacement;
    if (!configured.replacement && !configured.status_of_target) page.status = failed;
    if (page.status == failed) page.fields.add_lines(original.fields);
    return page;
}

Response with_page(Response response, Course& course, const Context& context) {
    if (const config::ErrorPage* configured = find_error_page(*course.request().route.settings, response.status)) {
        if (configured->target.starts_with('/'))
            return serve_error_page(std::move(response), *configured, course, context);
        redirect_to_error_page(response, *configured);
    }
    set_built_in_page(response, course.request(), context);
    return response;
}

}  // namespace

std::optional<Response> refuse_method(const Request& request) {
    if (request.is_error_page || request.head.form == http::TargetForm::asterisk) return std::nullopt;
    const std::optional<http::MethodSet> allowed = allowed_methods(request);
    if (!is_never_allowed(request.method) && (!allowed || allowed->contains(request.method))) return std::nullopt;
    const std::string allow = allowed.value_or(methods_of_files).to_string();
    std::string explanation =
        "method " + std::string{http::name_of(request.method)} + " is not allowed here, only " + allow;
    Response response = failure(http::Status::method_not_allowed, std::move(explanation), os::LogLevel::info);
    response.fields.add("Allow", allow);
    return response;
}

void respond(const Request& request, const Context& context, Response& response) {
    if (request.head.form == http::TargetForm::asterisk) {
        response = answer_for_server();
        return;
    }
    Course course{request, context};
    answer(course, context, response);
    if (response.lacks_page) response = with_page(std::move(response), course, context);
}

Response refuse(http::Status status, const Request& request, const Context& context) {
    Course course{request, context};
    return with_page(failure(status, Explanation{}), course, context);
}

}  // namespace handlers

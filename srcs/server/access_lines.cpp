#include "server/access_lines.hpp"

#include "base/ascii.hpp"

namespace server {

namespace {

// nginx writes "-" where a field isn't there.
void append_or_dash(std::string& out, std::string_view text) {
    if (text.empty()) {
        out.push_back('-');
    } else {
        base::append_log_escaped(out, text);
    }
}

void append_quoted(std::string& out, std::string_view text) {
    out.push_back('"');
    append_or_dash(out, text);
    out.push_back('"');
}

void append_combined(std::string& out, const AccessRecord& record) {
    const http::Fields& fields = record.request.head.fields;
    record.request.connection->peer.append_address(out);
    out.append(" - ");
    append_or_dash(out, record.request.remote_user);
    out.append(" [").append(record.time).append("] \"");
    base::append_log_escaped(out, record.request_line);
    out.append("\" ");
    base::append_number(out, http::code_of(record.reply.status));
    out.push_back(' ');
    base::append_number(out, record.reply.content_sent);
    out.push_back(' ');
    append_quoted(out, fields.first(http::FieldName::referer).value_or(""));
    out.push_back(' ');
    append_quoted(out, fields.first(http::FieldName::user_agent).value_or(""));
}

// Of a request whose head could not be read there is a line all the same.
bool append_value(std::string& out, const config::VariableUse& variable, const AccessRecord& record) {
    const bool is_line = variable.kind == config::VariableUse::Kind::built_in &&
                         static_cast<config::Variable>(variable.index) == config::Variable::request;
    if (!is_line) return routing::append_variable(out, variable, record.request, &record.reply);
    out.append(record.request_line);
    return !record.request_line.empty();
}

void append_escaped(std::string& out, std::string_view value, bool is_there, config::LogFormat::Escape escape) {
    switch (escape) {
        case config::LogFormat::Escape::plain:
            if (!is_there) out.push_back('-');
            base::append_log_escaped(out, value);
            break;
        case config::LogFormat::Escape::json: base::append_json_escaped(out, value); break;
        case config::LogFormat::Escape::none: out.append(value); break;
    }
}

// Whether `if=` lets the request into this log.
bool is_wanted(const config::AccessLogUse& use, const AccessRecord& record, std::string& scratch) {
    if (use.condition == nullptr) return true;
    scratch.clear();
    routing::append(scratch, *use.condition, record.request, &record.reply);
    return !scratch.empty() && scratch != "0";
}

// One line without its end. `scratch` is memory for a value.
void append_line(std::string& out, const config::LogFormat& format, const AccessRecord& record, std::string& scratch) {
    if (format.text.parts().empty()) return append_combined(out, record);
    for (const config::Template::Part& part : format.text.parts()) {
        out.append(part.text);
        if (!part.variable) continue;
        scratch.clear();
        const bool is_there = append_value(scratch, *part.variable, record);
        append_escaped(out, scratch, is_there, format.escape);
    }
}

}  // namespace

void write_lines(Site& site, const AccessRecord& record) {
    for (const config::AccessLogUse& use : record.request.route.settings->access_logs) {
        if (!is_wanted(use, record, site.scratch())) continue;
        AccessLog* log = site.access_log(use.log, record.request, record.reply);
        if (log == nullptr) continue;
        append_line(log->begin_line(), site.settings().log_formats[use.format], record, site.scratch());
        log->end_line();
    }
}

}  // namespace server

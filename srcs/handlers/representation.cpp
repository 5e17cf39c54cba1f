#include "handlers/representation.hpp"

#include "http/date.hpp"

namespace handlers {

namespace {

// A time that was never set, or lies in the future, would make caches believe what isn't so (RFC 9110 8.8.2.1).
std::optional<std::time_t> last_modified(const os::FileStatus& status, std::time_t now) {
    const std::time_t modified = status.modified.tv_sec;
    if (modified <= 1 || modified > now) return std::nullopt;
    return modified;
}

void append_line(std::string& lines, std::string_view name, std::string_view value) {
    lines.append(name).append(": ").append(value).append("\r\n");
}

// The forms of an answer as numbers: that of identity which never varies is 0.
std::uint8_t number_of(Form form) {
    return static_cast<std::uint8_t>(static_cast<unsigned>(form.coding) << 1 | (form.varies ? 1U : 0U));
}

files::PreparedAnswer make(const files::Entry& entry, std::string_view file_name, Form form,
                           const config::LocationSettings& settings, std::time_t now) {
    files::PreparedAnswer made;
    made.variant = &settings;
    made.form = number_of(form);
    http::ResponseFields type;  // its values come from the configuration
    type.add("Content-Type", media_type_of(file_name, settings));
    made.fields = type.own();
    const bool is_coded = form.coding != http::ContentCoding::identity;
    if (is_coded) append_line(made.fields, "Content-Encoding", http::name_of(form.coding));
    made.validators_begin = made.fields.size();
    const std::time_t modified = entry.status().modified.tv_sec;
    if (const auto date = last_modified(entry.status(), now)) {
        const auto text = http::imf_fixdate(*date);
        append_line(made.fields, "Last-Modified", {text.data(), text.size()});
    } else if (modified > now) {
        made.right_until = modified;
    }
    // Without an ETag the date is what tells a client whose part this is.
    made.etag_begin = settings.validators.etag ? made.fields.size() : made.validators_begin;
    if (settings.validators.etag)
        append_line(made.fields, "ETag", http::CodedEntityTag{entry.etag(), form.coding}.text());
    if (form.varies) append_line(made.fields, "Vary", "Accept-Encoding");
    made.validators_end = made.fields.size();
    if (settings.validators.rules.max_ranges > 0) append_line(made.fields, "Accept-Ranges", "bytes");
    return made;
}

std::string_view part_of(const files::PreparedAnswer& prepared, Extent extent) {
    const std::string_view fields = prepared.fields;
    switch (extent) {
        case Extent::all: return fields;
        case Extent::validators:
            return fields.substr(prepared.validators_begin, prepared.validators_end - prepared.validators_begin);
        case Extent::parts: return fields.substr(prepared.validators_begin);
        case Extent::remainder: return fields.substr(prepared.etag_begin);
    }
    return {};
}

}  // namespace

http::Representation representation_of(const files::Entry& entry, const http::CodedEntityTag& etag,
                                       const config::LocationSettings& settings, std::time_t now) {
    const os::FileStatus& status = entry.status();
    return {
        .size = status.size,
        .last_modified = last_modified(status, now),
        .etag = settings.validators.etag ? etag.text() : std::string_view{},
        .changed = status.changed.tv_sec,
    };
}

Response precondition_failed() {
    return failure(http::Status::precondition_failed, "what is there isn't the version that the request asks for",
                   os::LogLevel::info);
}

void apply_preconditions(const Request& request, std::time_t now, Response& response) {
    if (response.status != http::Status::ok || !http::has_conditions(request.head)) return;
    const http::Selection selection = http::select(request.head, {}, {.max_ranges = 0}, now);
    if (std::holds_alternative<http::NotModified>(selection)) {
        response = {};
        response.status = http::Status::not_modified;
    } else if (std::holds_alternative<http::PreconditionFailed>(selection)) {
        response = precondition_failed();
    }
}

void add_representation_fields(Response& response, files::Entry& entry, Extent extent, std::string_view file_name,
                               Form form, const config::LocationSettings& settings, std::time_t now) {
    files::PreparedAnswer& prepared = entry.prepared();
    const bool is_right = prepared.variant == &settings && prepared.form == number_of(form) &&
                          (prepared.right_until == 0 || now < prepared.right_until);
    if (!is_right && !entry.may_be_prepared_anew()) {
        // Another location's answers are under way with what stands there.
        const files::PreparedAnswer own = make(entry, file_name, form, settings, now);
        return response.fields.add_lines(part_of(own, extent));
    }
    if (!is_right) prepared = make(entry, file_name, form, settings, now);
    response.fields.borrow(extent == Extent::all ? std::string_view{prepared.fields} : part_of(prepared, extent));
}

}  // namespace handlers

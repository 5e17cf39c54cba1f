#include "handlers/representation.hpp"

#include <algorithm>

#include "handlers/added_fields.hpp"
#include "http/date.hpp"

namespace handlers {

namespace {

// A time that was never set, or lies in the future, would make caches believe what isn't so (RFC 9110 8.8.2.1).
std::optional<std::time_t> last_modified(const os::FileStatus& status, std::time_t now) {
    const std::time_t modified = status.modified.tv_sec;
    if (modified <= 1 || modified > now) return std::nullopt;
    return modified;
}

bool is_coded(Form form) { return form.coding != http::ContentCoding::identity; }

// Finds the parts of the fields, however long those are: what is added may have taken the place of a value.
void mark(files::PreparedAnswer& made, Form form, bool accepts_ranges) {
    const std::string_view fields = made.fields;
    const auto behind_line = [&](std::size_t at) { return fields.find("\r\n", at) + 2; };
    // No type is said where default_type is "".
    made.type_end = fields.starts_with("Content-Type:") ? behind_line(0) : 0;
    if (is_coded(form)) made.type_end = behind_line(made.type_end);
    made.validators_begin = accepts_ranges ? behind_line(made.type_end) : made.type_end;
    const std::size_t etag = fields.find("\r\nETag: ", made.validators_begin - 2);
    // Without an ETag the date is what tells a client whose part this is.
    made.etag_begin = etag == std::string_view::npos ? made.validators_begin : etag + 2;
}

// The forms of an answer as numbers: that of identity which never varies is 0.
std::uint8_t number_of(Form form) {
    return static_cast<std::uint8_t>(static_cast<unsigned>(form.coding) << 1 | (form.varies ? 1U : 0U));
}

// Without those that the configuration adds.
files::PreparedAnswer own_fields(const files::Entry& entry, std::string_view file_name, Form form,
                                 const Request& request, std::time_t now) {
    files::PreparedAnswer made;
    const config::LocationSettings& settings = *request.route.settings;
    const bool accepts_ranges = settings.validators.rules.max_ranges > 0;
    made.variant = &settings;
    made.form = number_of(form);
    const std::string type = media_type_of(file_name, request);
    if (!type.empty()) http::append_line(made.fields, "Content-Type", type);
    if (is_coded(form)) http::append_line(made.fields, "Content-Encoding", http::name_of(form.coding));
    if (accepts_ranges) http::append_line(made.fields, "Accept-Ranges", "bytes");
    const std::time_t modified = entry.status().modified.tv_sec;
    if (const auto date = last_modified(entry.status(), now)) {
        const auto text = http::imf_fixdate(*date);
        http::append_line(made.fields, "Last-Modified", {text.data(), text.size()});
    } else if (modified > now) {
        made.right_until = modified;
    }
    if (settings.validators.etag)
        http::append_line(made.fields, "ETag", http::CodedEntityTag{entry.etag(), form.coding}.text());
    if (form.varies) http::append_line(made.fields, "Vary", "Accept-Encoding");
    mark(made, form, accepts_ranges);
    return made;
}

void add_constant_fields(files::PreparedAnswer& made, const config::AddedFields& added, Form form,
                         const Request& request, std::time_t now) {
    add_fields(made.fields, added, {.status = http::Status::ok, .has_file = true, .now = now}, request);
    mark(made, form, request.route.settings->validators.rules.max_ranges > 0);
    if (changes_every_second(added)) made.right_until = now + 1;
    if (const std::optional<std::int64_t> lifetime = moving_expiry(added)) {
        constexpr std::string_view name = "\r\nExpires: ";
        made.lifetime = *lifetime;
        made.expires_second = now;
        made.expires_begin = made.fields.find(name) + name.size();
    }
}

const config::AddedFields* preparable(const Request& request) {
    const config::AddedFields* added = request.route.settings->added_fields.get();
    return added != nullptr && added->is_constant ? added : nullptr;
}

files::PreparedAnswer make(const files::Entry& entry, std::string_view file_name, Form form, const Request& request,
                           std::time_t now) {
    files::PreparedAnswer made = own_fields(entry, file_name, form, request, now);
    if (const config::AddedFields* added = preparable(request)) add_constant_fields(made, *added, form, request, now);
    return made;
}

// Of Expires, as of Date: the same number of bytes, written over.
void renew_expires(files::PreparedAnswer& prepared, std::time_t now) {
    const auto date = http::imf_fixdate(std::max<std::time_t>(now + prepared.lifetime, 0));
    std::ranges::copy(date, prepared.fields.begin() + static_cast<std::ptrdiff_t>(prepared.expires_begin));
    prepared.expires_second = now;
}

std::string_view part_of(const files::PreparedAnswer& prepared, Extent extent) {
    const std::string_view fields = prepared.fields;
    switch (extent) {
        case Extent::all: return fields;
        case Extent::validators: return fields.substr(prepared.validators_begin);
        case Extent::parts: return fields.substr(prepared.type_end);
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
                               Form form, const Request& request, std::time_t now) {
    const config::LocationSettings& settings = *request.route.settings;
    files::PreparedAnswer& prepared = entry.prepared();
    const config::AddedFields* added = preparable(request);
    response.additions = added != nullptr ? Additions::made : Additions::wanted_for_file;
    if (added != nullptr && !is_usual(*added, request)) {
        // Which of them there will be is not known before its status is.
        response.additions = Additions::wanted_for_file;
        return response.fields.add_lines(part_of(own_fields(entry, file_name, form, request, now), extent));
    }
    const bool is_right = prepared.variant == &settings && prepared.form == number_of(form) &&
                          (prepared.right_until == 0 || now < prepared.right_until);
    if (!is_right && (!entry.may_be_prepared_anew() || !settings.charset.is_constant())) {
        // Another location's answers are under way with what stands there, or it is right for this request alone.
        return response.fields.add_lines(part_of(make(entry, file_name, form, request, now), extent));
    }
    if (!is_right) prepared = make(entry, file_name, form, request, now);
    if (prepared.expires_begin != 0 && prepared.expires_second != now) renew_expires(prepared, now);
    response.fields.borrow(part_of(prepared, extent));
}

}  // namespace handlers

// The registered words, and the small tools around them: methods, statuses, field names, media types, chunk heads.
#include "check.hpp"
#include "http/framing.hpp"
#include "http/media_types.hpp"
#include "http/registry.hpp"
#include "http/target.hpp"

#include <limits>
#include <string>

#include "base/ascii.hpp"
#include "http/fields.hpp"

int test_http_tables();

namespace {

void test_methods(Checks& checks) {
    for (unsigned i = 0; i < http::method_count; ++i) {
        const auto method = static_cast<http::Method>(i);
        checks.expect(http::find_method(http::name_of(method)) == method, "each method is found by its name");
    }
    for (std::string_view name : {"", "get", "GETS", "GE", "GET ", "BREW"})
        checks.expect(!http::find_method(name), name);
    checks.expect(http::MethodSet{}.to_string().empty(), "no method");
    checks.expect(http::MethodSet{http::Method::post, http::Method::get}.to_string() == "GET, POST", "Allow, in order");
}

void test_statuses(Checks& checks) {
    checks.expect(http::reason_phrase(http::Status::ok) == "OK", "200");
    checks.expect(http::reason_phrase(http::Status::content_too_large) == "Content Too Large", "413 (RFC 9110)");
    checks.expect(http::reason_phrase(static_cast<http::Status>(511)) == "Network Authentication Required", "511");
    checks.expect(http::reason_phrase(static_cast<http::Status>(299)).empty(), "not registered");
    checks.expect(http::reason_phrase(static_cast<http::Status>(599)).empty(), "behind the last row");
}

void test_field_names(Checks& checks) {
    for (unsigned i = 0; i < http::known_field_count; ++i) {
        const auto known = static_cast<http::FieldName>(i);
        const std::string_view name = http::name_of(known);
        std::string upper{name};
        for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        checks.expect(http::find_field_name(name) == known, name);
        checks.expect(http::find_field_name(upper) == known, upper);
        checks.expect(http::find_field_name(base::lower_case(name)) == known, name);
        // One byte off, anywhere: another name.
        for (std::size_t at = 0; at < name.size(); ++at) {
            std::string other{name};
            other[at] = other[at] == 'q' ? 'z' : 'q';
            checks.expect(http::find_field_name(other) == http::FieldName::other, other);
        }
        checks.expect(http::find_field_name(name.substr(1)) != known, name);
    }
    checks.expect(http::find_field_name("") == http::FieldName::other, "an empty name");
}

void test_field_values(Checks& checks) {
    for (int byte = 0; byte < 256; ++byte) {
        const bool allowed = byte == '\t' || (byte >= 0x20 && byte != 0x7F);  // RFC 9110 5.5
        for (std::size_t at = 0; at < 20; ++at) {
            std::string value(20, 'a');
            value[at] = static_cast<char>(byte);
            checks.expect(http::is_field_value(value) == allowed, "at every place, byte " + std::to_string(byte));
        }
    }
    checks.expect(http::is_field_value(""), "an empty value");
}

void test_fields(Checks& checks) {
    constexpr std::string_view bytes = "AcceptacceptX-One1, two,three";
    http::Fields fields;
    fields.bind(bytes.data());
    fields.add(http::FieldName::accept, {0, 6}, {17, 1});
    fields.add(http::FieldName::other, {12, 5}, {20, 3});
    fields.add(http::FieldName::accept, {6, 6}, {20, 9});
    checks.expect(fields.size() == 3 && fields.count(http::FieldName::accept) == 2, "counted");
    checks.expect(fields.first(http::FieldName::accept) == "1", "the first line");
    checks.expect(!fields.first(http::FieldName::host), "none");
    checks.expect(fields.find("x-one") == "two" && !fields.find("X-Two"), "by any name");
    checks.expect(fields.list_contains(http::FieldName::accept, "THREE"), "in the second line's list");
    checks.expect(!fields.list_contains(http::FieldName::accept, "thre"), "whole elements only");
    checks.expect(!fields.list_contains(http::FieldName::host, "a"), "no line, no element");
    const std::string moved{bytes};
    fields.bind(moved.data());
    checks.expect(fields[2].value.data() == moved.data() + 20, "values follow the bytes");
    fields.clear();
    checks.expect(fields.size() == 0 && !fields.has(http::FieldName::accept), "cleared");
}

void test_media_types(Checks& checks) {
    checks.expect(http::builtin_media_type("index.html") == "text/html", "html");
    checks.expect(http::builtin_media_type("a.b.MJS") == "text/javascript", "RFC 9239 6, case-blind");
    checks.expect(http::builtin_media_type("/a.css/b.wasm") == "application/wasm", "a path");
    checks.expect(http::builtin_media_type("7z.7z") == "application/x-7z-compressed", "the first row");
    checks.expect(http::builtin_media_type("a.zst") == "application/zstd", "the last row");
    for (std::string_view name : {"", "README", ".html", "a.", "a.html/b", "a.html ", "a.unknown", "a.webmanifests"})
        checks.expect(http::builtin_media_type(name).empty(), name);
    checks.expect(http::extension_of("a.tar.gz") == "gz" && http::extension_of("x/.profile").empty(), "extensions");
    checks.expect(http::extension_of(".a.txt") == "txt", "a hidden file has one all the same");
    for (std::string_view type : {"text/html", "TEXT/plain", "text/javascript", "application/javascript"})
        checks.expect(http::takes_charset(type), type);
    for (std::string_view type : {"application/json", "image/svg+xml", "application/manifest+json", "font/woff2", "",
                                  "text/html; charset=latin1", "texture/a"})
        checks.expect(!http::takes_charset(type), type);
}

void test_chunk_heads(Checks& checks) {
    checks.expect(http::chunk_head(1) == "1\r\n", "one byte");
    checks.expect(http::chunk_head(0x1a2b) == "1a2b\r\n", "hexadecimal");
    checks.expect(http::chunk_head(std::numeric_limits<std::uint64_t>::max()) == "ffffffffffffffff\r\n", "the largest");
}

void test_redirect_targets(Checks& checks) {
    checks.expect(http::encode_path_and_query("/a b/\"c\"/", "x=%20&y", true) == "/a%20b/%22c%22/?x=%20&y", "both");
    checks.expect(http::encode_path_and_query("/a\r\nX: y", "", false) == "/a%0D%0AX%3A%20y", "no line end survives");
    checks.expect(http::encode_path_and_query("/a", "", true) == "/a?", "an empty query");
}

}  // namespace

int test_http_tables() {
    Checks checks;
    test_methods(checks);
    test_statuses(checks);
    test_field_names(checks);
    test_field_values(checks);
    test_fields(checks);
    test_media_types(checks);
    test_chunk_heads(checks);
    test_redirect_targets(checks);
    return checks.failures();
}

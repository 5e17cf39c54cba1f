// Accept-Encoding against what there is (RFC 9110 12.5.3), as a table.
#include "http/content_coding.hpp"
#include "check.hpp"

#include <string>

#include "http/request_parser.hpp"

int test_content_coding();

namespace {

using http::ContentCoding;

constexpr const char* no_field = nullptr;

// Which of the codings in `there` ("gzip br", or each with a size: "gzip=10 br=20") answers to these field values, one
// line for each part between two `|`.
std::string choose(const char* accept_encoding, const std::string& there, const char* insisted = "") {
    std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
    std::string_view rest = accept_encoding != nullptr ? accept_encoding : "";
    while (accept_encoding != nullptr) {
        const std::size_t bar = rest.find('|');
        text.append("Accept-Encoding: ").append(rest.substr(0, bar)).append("\r\n");
        if (bar == std::string_view::npos) break;
        rest.remove_prefix(bar + 1);
    }
    text.append("\r\n");
    http::RequestHead head;
    http::RequestParser parser;
    parser.start({});
    if (parser.feed(text, head) != http::RequestParser::Verdict::complete) return "no request";
    http::AcceptedCodings accepted{head.fields};
    http::CodedSizes sizes;
    for (ContentCoding coding : http::content_codings) {
        const std::string name{http::name_of(coding)};
        const std::size_t at = there.find(name);
        if (at == std::string::npos) continue;
        const std::size_t number = at + name.size() + 1;
        const bool sized = number < there.size() && there[number - 1] == '=';
        sizes[http::index_of(coding)] = sized ? std::stoull(there.substr(number)) : 10;
        if (name == insisted) accepted.insist_on(coding);
    }
    return std::string{http::name_of(http::choose_coding(accepted, sizes))};
}

struct Row {
    const char* accept_encoding;
    const char* there;
    const char* chosen;
};

constexpr Row rows[] = {
    // No field, an empty one, or one without a coding of ours.
    {no_field, "gzip br zstd", "identity"},
    {"", "gzip br zstd", "identity"},
    {"deflate, compress", "gzip br zstd", "identity"},
    {"identity", "gzip br zstd", "identity"},
    // Plain names, whatever their case, in lists and in several lines.
    {"gzip", "gzip br zstd", "gzip"},
    {"GZip", "gzip", "gzip"},
    {"x-gzip", "gzip", "gzip"},
    {"X-GZIP;q=0.1", "gzip", "gzip"},
    {"br", "gzip br zstd", "br"},
    {"zstd", "gzip br zstd", "zstd"},
    {"deflate, gzip", "gzip", "gzip"},
    {",, gzip ,", "gzip", "gzip"},
    {"deflate|gzip", "gzip", "gzip"},
    {"gzip;q=0.1|br", "gzip br", "br"},
    {"gzipped, xgzip, brr", "gzip br zstd", "identity"},
    // What is taken isn't there.
    {"br", "gzip", "identity"},
    {"gzip", "", "identity"},
    // Weights.
    {"gzip;q=0", "gzip", "identity"},
    {"gzip;q=0.000", "gzip", "identity"},
    {"gzip;q=0.001", "gzip", "gzip"},
    {"gzip;q=1.000", "gzip", "gzip"},
    {"gzip ; q=0.5", "gzip", "gzip"},
    {"gzip;\tQ=0.5", "gzip", "gzip"},
    {"gzip;q=0.5, br;q=0.4", "gzip br", "gzip"},
    {"gzip;q=0.4, br;q=0.5", "gzip br", "br"},
    {"gzip;q=0.501, br;q=0.5", "gzip br", "gzip"},
    {"br;q=0, gzip", "gzip br", "gzip"},
    {"gzip, gzip;q=0", "gzip", "gzip"},
    // Malformed ones are as if they weren't there.
    {"gzip;q=2", "gzip", "identity"},
    {"gzip;q=1.001", "gzip", "identity"},
    {"gzip;q=0.1234", "gzip", "identity"},
    {"gzip;q=", "gzip", "identity"},
    {"gzip;q=-1", "gzip", "identity"},
    {"gzip;q=0.x", "gzip", "identity"},
    {"gzip;level=9", "gzip", "identity"},
    {";q=1", "gzip", "identity"},
    {"gzip;q=2, br", "gzip br", "br"},
    // identity by name.
    {"identity;q=1, gzip;q=0.5", "gzip", "identity"},
    {"identity;q=0.5, gzip;q=1", "gzip", "gzip"},
    {"identity;q=0.5, gzip;q=0.5", "gzip", "gzip"},
    {"identity;q=0, gzip;q=0.1", "gzip", "gzip"},
    {"identity;q=0", "gzip", "identity"},  // nothing is acceptable: it is served all the same
    {"identity;q=0", "", "identity"},
    // `*` is every coding that isn't named, identity too.
    {"*", "gzip", "gzip"},
    {"*", "", "identity"},
    {"*;q=0", "gzip", "identity"},
    {"gzip, *;q=0", "gzip br", "gzip"},
    {"gzip;q=0, *", "gzip br", "br"},
    {"gzip;q=0.5, *;q=1", "gzip", "identity"},
    {"gzip;q=0.5, *;q=1", "gzip br", "br"},
    {"gzip;q=1, *;q=0.5", "gzip", "gzip"},
    // Of equal weights the smallest; of equal sizes zstd, br, gzip.
    {"gzip, br, zstd", "gzip br zstd", "zstd"},
    {"gzip, br", "gzip br", "br"},
    {"gzip, br, zstd", "gzip=10 br=11 zstd=12", "gzip"},
    {"gzip, br, zstd", "gzip=12 br=11 zstd=13", "br"},
    {"gzip, br;q=0.9", "gzip=12 br=11", "gzip"},
};

void check_tags(Checks& checks) {
    using http::CodedEntityTag;
    checks.expect(CodedEntityTag{"\"a\"", ContentCoding::gzip}.text() == "\"a-gzip\"", "gzip's tag");
    checks.expect(CodedEntityTag{"\"a\"", ContentCoding::br}.text() == "\"a-br\"", "br's tag");
    checks.expect(CodedEntityTag{"\"a\"", ContentCoding::zstd}.text() == "\"a-zstd\"", "zstd's tag");
    checks.expect(CodedEntityTag{"\"a\"", ContentCoding::identity}.text() == "\"a\"", "identity's tag");
    checks.expect(CodedEntityTag{"", ContentCoding::gzip}.text().empty(), "no tag stays none");
    const std::string longest = "\"" + std::string(57, 'x') + "\"";
    checks.expect(CodedEntityTag{longest, ContentCoding::gzip}.text().size() == 64, "the longest that fits");
}

}  // namespace

int test_content_coding() {
    Checks checks;
    for (const Row& row : rows) {
        const std::string chosen = choose(row.accept_encoding, row.there);
        const std::string said = row.accept_encoding != nullptr ? row.accept_encoding : "(none)";
        checks.expect(chosen == row.chosen, said + " for " + row.there + ": " + chosen + ", not " + row.chosen);
    }
    checks.expect(choose(no_field, "gzip", "gzip") == "gzip", "always: whatever the client says");
    checks.expect(choose("gzip;q=0", "gzip", "gzip") == "gzip", "always: even where the client doesn't take it");
    checks.expect(choose("br", "gzip br", "gzip") == "br", "always: after what the client takes");
    check_tags(checks);
    return checks.failures();
}

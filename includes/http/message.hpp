// A request head as plain values. Texts are slices of the bytes it was parsed from; bind() follows those bytes when
// they move, so that a head can outlive the buffer it arrived in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/fields.hpp"
#include "http/registry.hpp"
#include "http/target.hpp"

namespace http {

// The HTTP versions spoken here. A 1.x above 1.1 counts as 1.1 (RFC 9110 2.5).
enum class Version : std::uint8_t { http_1_0, http_1_1 };

struct RequestHead {
    Method method = Method::get;
    Version version = Version::http_1_1;
    TargetForm form = TargetForm::origin;
    bool has_query = false;
    std::string path;  // see Target::path
    std::string host;  // see HostName; an authority in the target wins over Host (RFC 9112 3.2.2)
    Fields fields;

    // The positions behind the views below; for the parser.
    Slice request_line_slice;
    Slice target_slice;
    Slice query_slice;

    const char* base = nullptr;

    std::string_view request_line() const { return request_line_slice.in(base); }  // without its line end
    std::string_view target() const { return target_slice.in(base); }              // as it was sent
    std::string_view query() const { return query_slice.in(base); }                // without `?`

    // The same bytes now stand at `bytes`.
    void bind(const char* bytes) {
        base = bytes;
        fields.bind(bytes);
    }
    void clear();  // keeps the memory of its strings for the next head

    // Whether the client lets the connection go on after this exchange (RFC 9112 9.3): 1.1 unless it says close, 1.0
    // only when it says keep-alive, and not close.
    bool wants_keep_alive() const;
};

}  // namespace http

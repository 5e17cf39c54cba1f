#include "config/directives_codings.hpp"

#include <array>

#include "config/coding_setters.hpp"

namespace config {

namespace {

using enum Context;

constexpr ContextSet anywhere{http, server, location};

constexpr std::array rows = std::to_array<DirectiveRow>({
    {
        .name = "gzip",
        .contexts = {http, server, location, if_in_location},
        .set = set_compresses,
        .syntax = "gzip on | off;",
        .default_text = "gzip off;",
        .doc = "Whether files are compressed for clients that take gzip (Accept-Encoding). Once for each version of a "
               "file, the machine's own program `gzip`, found in PATH at the start, does that as a child at the lowest "
               "priority; until it is done, and where the result isn't smaller, the file is served as it is. The "
               "result is kept in the cache (open_file_cache) while its memory has room, by each worker process for "
               "itself. Only files are compressed, no listings and no built-in pages. Each coding has an ETag of its "
               "own, made of the encoded bytes, and ranges are of these. Of several codings that a client takes "
               "equally well, it gets the smallest that is ready. Without the program everything is served as it is, "
               "and the error log and `-t` say so.",
        .example = "gzip on;",
    },
    {
        .name = "gzip_static",
        .contexts = anywhere,
        .set = set_sidecars,
        .syntax = "gzip_static on | off | always;",
        .default_text = "gzip_static off;",
        .doc = "Whether the file beside the one that is asked for, with .gz behind its name, is served to clients that "
               "take gzip; with `always` to all of them, even where the file itself isn't there. One that is older "
               "than its file is not used: who writes both "
               "writes it last, or gives it the same time (gzip does). It goes before compression by `gzip on`.",
        .example = "gzip_static on;",
    },
    {
        .name = "gzip_types",
        .contexts = anywhere,
        .most = any_number,
        .set = set_coded_types,
        .syntax = "gzip_types media/type ... | *;",
        .default_text = "gzip_types text/html;",
        .doc = "The types of the files that `gzip on` compresses, besides text/html; `*` is all of them.",
        .example = "gzip_types text/css application/javascript image/svg+xml;",
    },
    {
        .name = "gzip_min_length",
        .contexts = anywhere,
        .set = set_min_length,
        .syntax = "gzip_min_length size;",
        .default_text = "gzip_min_length 20;",
        .doc = "Files with fewer bytes are not compressed.",
        .example = "gzip_min_length 1k;",
    },
    {
        .name = "gzip_comp_level",
        .contexts = anywhere,
        .set = set_comp_level,
        .syntax = "gzip_comp_level level;",
        .default_text = "gzip_comp_level 6;",
        .doc = "How much work goes into making a file small, 1 to 9. It is done once, so more of it than nginx's 1 is "
               "well spent.",
        .example = "gzip_comp_level 9;",
    },
    {
        .name = "gzip_vary",
        .contexts = anywhere,
        .set = set_vary,
        .syntax = "gzip_vary on | off;",
        .default_text = "gzip_vary on;",
        .doc = "Whether an answer that depends on Accept-Encoding says so with `Vary: Accept-Encoding`, whatever its "
               "coding (RFC 9110 12.5.5). In nginx it is off: then a cache gives what one client takes to another one "
               "that can't read it.",
        .example = "gzip_vary off;",
    },
    {
        .name = "gzip_proxied",
        .contexts = anywhere,
        .most = any_number,
        .set = set_gzip_proxied,
        .syntax = "gzip_proxied off | any | expired | no-cache | no-store | private | no_last_modified | no_etag | "
                  "auth ...;",
        .default_text = "gzip_proxied off;",
        .doc = "When a request that came through a proxy (it has a Via field) is answered with gzip: never, always, or "
               "when one of these is so: the answer has expired, or its Cache-Control says so, it has no "
               "Last-Modified, no ETag, or the request has an Authorization field.",
        .example = "gzip_proxied any;",
    },
    {
        .name = "gzip_disable",
        .contexts = anywhere,
        .most = any_number,
        .set = set_gzip_disable,
        .syntax = "gzip_disable regex ... | msie6;",
        .doc = "Clients whose User-Agent matches one of these regular expressions get no gzip. `msie6` stands for "
               "Internet Explorer 4 to 6, but for 6 with Service Pack 1 of its system.",
        .example = "gzip_disable msie6;",
    },
    {
        .name = "gzip_http_version",
        .contexts = anywhere,
        .set = set_gzip_version,
        .syntax = "gzip_http_version 1.0 | 1.1;",
        .default_text = "gzip_http_version 1.1;",
        .doc = "The least version of HTTP that a request has to be of to be answered with gzip.",
        .example = "gzip_http_version 1.0;",
    },
    {
        .name = "brotli",
        .contexts = {http, server, location, if_in_location},
        .set = set_compresses,
        .syntax = "brotli on | off;",
        .default_text = "brotli off;",
        .doc = "As `gzip`, with the program `brotli` for clients that take br. Most browsers do only over TLS.",
        .example = "brotli on;",
    },
    {
        .name = "brotli_static",
        .contexts = anywhere,
        .set = set_sidecars,
        .syntax = "brotli_static on | off | always;",
        .default_text = "brotli_static off;",
        .doc = "As `gzip_static`, for files with .br behind their names.",
        .example = "brotli_static on;",
    },
    {
        .name = "brotli_types",
        .contexts = anywhere,
        .most = any_number,
        .set = set_coded_types,
        .syntax = "brotli_types media/type ... | *;",
        .default_text = "brotli_types text/html;",
        .doc = "The types of the files that `brotli on` compresses, besides text/html; `*` is all of them.",
        .example = "brotli_types text/css application/javascript;",
    },
    {
        .name = "brotli_min_length",
        .contexts = anywhere,
        .set = set_min_length,
        .syntax = "brotli_min_length size;",
        .default_text = "brotli_min_length 20;",
        .doc = "Files with fewer bytes are not compressed.",
        .example = "brotli_min_length 1k;",
    },
    {
        .name = "brotli_comp_level",
        .contexts = anywhere,
        .set = set_comp_level,
        .syntax = "brotli_comp_level level;",
        .default_text = "brotli_comp_level 6;",
        .doc = "How much work goes into making a file small, 0 to 11.",
        .example = "brotli_comp_level 11;",
    },
    {
        .name = "brotli_window",
        .contexts = anywhere,
        .set = set_window,
        .syntax = "brotli_window size;",
        .default_text = "brotli_window 512k;",
        .doc = "How far back repetitions are looked for: a power of two from 1k to 16m. Clients need as much memory.",
        .example = "brotli_window 4m;",
    },
    {
        .name = "zstd",
        .contexts = {http, server, location, if_in_location},
        .set = set_compresses,
        .syntax = "zstd on | off;",
        .default_text = "zstd off;",
        .doc = "As `gzip`, with the program `zstd` for clients that take zstd (RFC 8878).",
        .example = "zstd on;",
    },
    {
        .name = "zstd_static",
        .contexts = anywhere,
        .set = set_sidecars,
        .syntax = "zstd_static on | off | always;",
        .default_text = "zstd_static off;",
        .doc = "As `gzip_static`, for files with .zst behind their names.",
        .example = "zstd_static on;",
    },
    {
        .name = "zstd_types",
        .contexts = anywhere,
        .most = any_number,
        .set = set_coded_types,
        .syntax = "zstd_types media/type ... | *;",
        .default_text = "zstd_types text/html;",
        .doc = "The types of the files that `zstd on` compresses, besides text/html; `*` is all of them.",
        .example = "zstd_types text/css application/javascript;",
    },
    {
        .name = "zstd_min_length",
        .contexts = anywhere,
        .set = set_min_length,
        .syntax = "zstd_min_length size;",
        .default_text = "zstd_min_length 20;",
        .doc = "Files with fewer bytes are not compressed.",
        .example = "zstd_min_length 1k;",
    },
    {
        .name = "zstd_comp_level",
        .contexts = anywhere,
        .set = set_comp_level,
        .syntax = "zstd_comp_level level;",
        .default_text = "zstd_comp_level 3;",
        .doc = "How much work goes into making a file small, 1 to 22. From 20 on the window stays at the 8 MiB that "
               "every client has to take (RFC 9659).",
        .example = "zstd_comp_level 19;",
    },
    {
        .name = "compression_limits",
        .contexts = {main, http},
        .most = 4,
        .set = set_compression_limits,
        .syntax = "compression_limits [children=number] [queue=number] [timeout=time] [largest=size];",
        .default_text = "compression_limits children=2 queue=64 timeout=60s largest=16m;",
        .doc = "What compressing may use in each process: how many `children` run at once, how many files wait for one "
               "of them, the time after which one is killed, and the `largest` file that is compressed. Results above "
               "an eighth of the cache's memory (open_file_cache, `bytes`) are not kept. Not part of nginx.",
        .example = "compression_limits children=1 largest=4m;",
    },
});

}  // namespace

std::span<const DirectiveRow> coding_directives() { return rows; }

}  // namespace config

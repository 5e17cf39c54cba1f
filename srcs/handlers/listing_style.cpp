#include "handlers/listing_style.hpp"

#include <algorithm>
#include <array>

#include "http/media_types.hpp"

namespace handlers {

namespace {

constexpr std::string_view style = R"css(
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--paper:#fbfbf9;--card:#fff;--line:#e4e4df;--hover:#eef2f7;
  --accent:#0b6bcb}
@media(prefers-color-scheme:dark){:root{--ink:#e4e7eb;--soft:#9aa5b3;--paper:#15181d;--card:#1a1e24;--line:#2a2f37;
  --hover:#1e232b;--accent:#6cb2ff}}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
body>*{max-width:62rem;margin:0 auto}
main{padding:0 1.5rem}
h1,.bar{padding-left:.75rem;padding-right:.75rem}
h1{margin:2.5rem 0 0;font-size:1.5rem;line-height:1.35;font-weight:600;overflow-wrap:anywhere}
h1 a{unicode-bidi:isolate;color:var(--accent);text-decoration:none}
h1 a[aria-current]{color:inherit}
h1 a:hover{text-decoration:underline}
.bar{display:flex;align-items:center;justify-content:space-between;gap:1rem;min-height:2.25rem;margin:.25rem 0 1rem}
.total,footer{color:var(--soft);font-size:.875rem}
.total{margin:0}
input{width:15rem;max-width:60%;padding:.3125rem .75rem;border:1px solid var(--line);border-radius:6px;
  background:var(--card);color:inherit;font:inherit;font-size:.875rem}
input::placeholder{color:var(--soft);opacity:1}
input:focus{border-color:var(--accent);outline:1px solid var(--accent)}
footer{display:flex;justify-content:space-between;gap:1rem;padding:1.5rem 2.25rem 2.5rem}
footer a{color:inherit}
table{width:100%;border-collapse:collapse}
th{position:sticky;top:0;z-index:1;padding:0;background:var(--paper);box-shadow:inset 0 -1px var(--line);
  font-size:.8125rem;font-weight:600;text-align:left;white-space:nowrap}
th a{display:block;padding:.5rem .75rem;color:var(--soft);text-decoration:none}
th a:hover,th[aria-sort] a{color:var(--ink)}
th[aria-sort] a::after{margin-left:.25rem;color:var(--accent);content:"\2191"/""}
th[aria-sort=descending] a::after{content:"\2193"/""}
td{padding:0;border-bottom:1px solid var(--line);vertical-align:top}
td+td{padding:.4375rem .75rem;color:var(--soft);font-size:.875rem;line-height:1.5rem;
  font-variant-numeric:tabular-nums;white-space:nowrap}
th+th,td+td{width:1%}
th:nth-child(2),td:nth-child(2){text-align:right}
tbody tr:hover{background:var(--hover)}
td a{display:block;padding:.4375rem .75rem .4375rem 2.5rem;background:.75rem .625rem/1.125rem no-repeat;
  color:var(--ink);text-decoration:none;white-space:pre-wrap;overflow-wrap:anywhere}
td a:hover,h2 a:hover{color:var(--accent);text-decoration:underline}
a:focus-visible{outline:2px solid var(--accent);outline-offset:-2px;border-radius:4px}
td.none,td.none:first-child{padding:3rem 1rem;color:var(--soft);text-align:center}
section{margin-top:2rem;border:1px solid var(--line);border-radius:8px;background:var(--card);overflow:hidden}
h2{margin:0;border-bottom:1px solid var(--line);font-size:.875rem;font-weight:600}
h2 a{display:block;padding:.5rem .75rem .5rem 2.5rem;background:.75rem .5625rem/1.125rem no-repeat;color:inherit;
  text-decoration:none;overflow-wrap:anywhere}
pre{margin:0;padding:1rem .75rem;font:.8125rem/1.6 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;
  tab-size:4}
@media(max-width:36rem){
main{padding:0 1rem}
h1,.bar{padding:0 .25rem}
h1{margin-top:1.5rem;font-size:1.25rem}
.bar{flex-wrap:wrap;gap:.5rem;margin-bottom:.5rem}
input{width:100%;max-width:none;padding:.5rem .75rem;font-size:1rem}
footer{padding:1.5rem 1.25rem 2rem}
tr{display:flex;flex-wrap:wrap;border-bottom:1px solid var(--line)}
thead tr{position:sticky;top:0;z-index:1;border:0;background:var(--paper);box-shadow:inset 0 -1px var(--line)}
th,th+th{position:static;width:auto;background:none;box-shadow:none}
th:first-child{flex:1}
th a{padding-left:.25rem;padding-right:.25rem}
th+th a{padding-left:.75rem}
td,td+td{width:auto;border:0}
td:first-child{flex:0 0 100%}
td+td{padding:0 .25rem .4375rem 0;font-size:.8125rem}
td a{padding:.4375rem .25rem .0625rem 2rem;background-position-x:.25rem}
td:nth-child(2){min-width:6.5rem;padding:0 .75rem .4375rem 2rem;text-align:left}
td:empty+td{padding-left:2rem}
td:empty{display:none}
td:first-child:has(+td:empty+td:empty){padding-bottom:.375rem}
}
)css";

// A link's class in the page, and the background image that it gets there, drawn on a 16 by 16 field.
struct Drawing {
    std::string_view css_class;
    std::string_view fill;
    std::string_view stroke;
    std::string_view path;
};

// In the order of Icon. The colours are readable on light and dark paper.
constexpr std::array drawings = std::to_array<Drawing>({
    {"u", "none", "%238a94a3", "M8 13V4M4 8l4-4 4 4"},
    {"d", "%23549be8", "none",
     "M1 3.5A1.5 1.5 0 0 1 2.5 2h3.2l1.6 2h6.2A1.5 1.5 0 0 1 15 5.5v7a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 1 12.5z"},
    {"f", "none", "%238a94a3", "M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3"},
    {"t", "none", "%238a94a3", "M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3M5.5 7.5h5M5.5 9.5h5M5.5 11.5h3"},
    {"c", "none", "%235f8fbf", "M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5M9 3L7 13"},
    {"p", "none", "%23cf5f5f", "M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3M5.5 11.5v-4h1.5a1 1 0 0 1 0 2.25H5.5"},
    {"i", "none", "%234aa37c", "M1.5 2.5h13v11h-13zM1.5 12l4-4 3 3 2-2 4 4M9.5 5.5h2v1h-2z"},
    {"a", "none", "%23a678c9",
     "M6.5 12V3.5l6-1.5v8.5M6.5 12a2 1.5 0 1 1-4 0 2 1.5 0 1 1 4 0M12.5 10.5a2 1.5 0 1 1-4 0 2 1.5 0 1 1 4 0"},
    {"v", "none", "%23c9785e", "M1.5 3.5h13v9h-13zM6.5 6v4l3.5-2z"},
    {"z", "none", "%23b08a3c", "M2.5 5.5h11v8h-11zM1.5 2.5h13v3h-13zM6.5 8h3"},
});
static_assert(drawings.size() == static_cast<std::size_t>(Icon::archive) + 1);

// How the media types end that stand for each.
constexpr std::array code_endings =
    std::to_array<std::string_view>({"json", "xml", "javascript", "/html", "/css", "wasm", "yaml", "toml"});
constexpr std::array document_endings = std::to_array<std::string_view>(
    {"/pdf", "/postscript", "msword", "/rtf", "wordprocessingml.document", "opendocument.text", "epub+zip"});
constexpr std::array archive_endings = std::to_array<std::string_view>(
    {"zip", "gzip", "x-tar", "zstd", "x-xz", "x-bzip2", "x-7z-compressed", "rar", "java-archive"});

// The media types don't tell: most are served as text.
constexpr std::array code_extensions = std::to_array<std::string_view>(
    {"c", "cc", "cpp", "go", "h", "hpp", "java", "js", "lua", "mjs", "php", "pl", "py", "rb", "rs", "sh", "sql", "ts"});
static_assert(std::ranges::is_sorted(code_extensions));

}  // namespace

Icon icon_for(std::string_view name, bool is_directory) {
    if (is_directory) return Icon::directory;
    const std::string_view type = http::builtin_media_type(name);
    const auto ends_with = [type](std::string_view ending) { return type.ends_with(ending); };
    if (type.starts_with("image/")) return Icon::picture;
    if (type.starts_with("audio/")) return Icon::sound;
    if (type.starts_with("video/")) return Icon::film;
    if (std::ranges::binary_search(code_extensions, http::extension_of(name))) return Icon::code;
    if (std::ranges::any_of(code_endings, ends_with)) return Icon::code;
    if (std::ranges::any_of(document_endings, ends_with)) return Icon::document;
    if (type.starts_with("text/")) return Icon::text;
    return std::ranges::any_of(archive_endings, ends_with) ? Icon::archive : Icon::file;
}

std::string_view icon_class(Icon icon) { return drawings[static_cast<std::size_t>(icon)].css_class; }

void append_listing_style(std::string& out) {
    out.append("<style>").append(style);
    for (const Drawing& drawing : drawings) {
        out.append(".").append(drawing.css_class).append("{background-image:url(\"data:image/svg+xml,");
        out.append("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><path fill='").append(drawing.fill);
        out.append("' stroke='").append(drawing.stroke).append("' stroke-linejoin='round' d='").append(drawing.path);
        out.append("'/></svg>\")}\n");
    }
    out.append("</style>\n");
}

}  // namespace handlers

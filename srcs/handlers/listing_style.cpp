#include "handlers/listing_style.hpp"

#include <algorithm>
#include <array>

#include "http/media_types.hpp"

namespace handlers {

namespace {

constexpr std::string_view style = R"css(
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--paper:#fbfbf9;--line:#e4e4df;--hover:#eef2f7;
  --accent:#0b6bcb}
@media(prefers-color-scheme:dark){:root{--ink:#e4e7eb;--soft:#9aa5b3;--paper:#15181d;--line:#2a2f37;--hover:#1e232b;
  --accent:#6cb2ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
body>*{max-width:62rem;margin:0 auto}
main{padding:0 1.5rem}
h1,.total{padding-left:.75rem;padding-right:.75rem}
h1{margin:2.5rem 0 0;font-size:1.5rem;line-height:1.35;font-weight:600;overflow-wrap:anywhere}
h1 a{unicode-bidi:isolate;color:var(--accent);text-decoration:none}
h1 a[aria-current]{color:inherit}
h1 a:hover{text-decoration:underline}
.total,footer{color:var(--soft);font-size:.875rem}
.total{margin:.25rem 0 1.5rem}
footer{padding:1.5rem 2.25rem 2.5rem}
table{width:100%;border-collapse:collapse}
th{position:sticky;top:0;z-index:1;padding:0;background:var(--paper);box-shadow:inset 0 -1px var(--line);
  font-size:.8125rem;font-weight:600;text-align:left;white-space:nowrap}
th a{display:block;padding:.5rem .75rem;color:var(--soft);text-decoration:none}
th a:hover,th[aria-sort] a{color:var(--ink)}
th span{margin-left:.25rem;color:var(--accent)}
td{padding:0;border-bottom:1px solid var(--line);vertical-align:top}
td+td{padding:.4375rem .75rem;color:var(--soft);font-size:.875rem;line-height:1.5rem;
  font-variant-numeric:tabular-nums;white-space:nowrap}
th+th,td+td{width:1%}
th:nth-child(2),td:nth-child(2){text-align:right}
tbody tr:hover{background:var(--hover)}
td a{display:block;padding:.4375rem .75rem .4375rem 2.5rem;background:.75rem .625rem/1.125rem no-repeat;
  color:var(--ink);text-decoration:none;white-space:pre-wrap;overflow-wrap:anywhere}
td a:hover{color:var(--accent);text-decoration:underline}
a:focus-visible{outline:2px solid var(--accent);outline-offset:-2px;border-radius:4px}
td.none,td.none:first-child{padding:3rem 1rem;color:var(--soft);text-align:center}
@media(max-width:36rem){
main{padding:0 1rem}
h1,.total{padding:0 .25rem}
footer{padding-left:1.25rem}
h1{margin-top:1.5rem;font-size:1.25rem}
tr{display:flex;flex-wrap:wrap}
thead tr{position:sticky;top:0;z-index:1;background:var(--paper)}
th,th+th{position:static;width:auto}
th:first-child{flex:1}
th a{padding-left:.5rem;padding-right:.25rem}
th:first-child a{padding-left:.25rem}
tbody tr{padding:.25rem 0;border-bottom:1px solid var(--line)}
td,td+td{border:0;width:auto;padding:0 0 .25rem}
td:first-child{flex:1 0 100%;padding:0}
td a{padding:.3125rem .25rem .0625rem 2rem;background-position-x:.25rem}
td:nth-child(2){min-width:7rem;padding-left:2rem;text-align:left}
td:empty+td{padding-left:2rem}
td:empty{display:none}
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
    {"i", "none", "%234aa37c", "M1.5 2.5h13v11h-13zM1.5 12l4-4 3 3 2-2 4 4M9.5 5.5h2v1h-2z"},
    {"a", "none", "%23a678c9",
     "M6.5 12V3.5l6-1.5v8.5M6.5 12a2 1.5 0 1 1-4 0 2 1.5 0 1 1 4 0M12.5 10.5a2 1.5 0 1 1-4 0 2 1.5 0 1 1 4 0"},
    {"v", "none", "%23c9785e", "M1.5 3.5h13v9h-13zM6.5 6v4l3.5-2z"},
    {"z", "none", "%23b08a3c", "M2.5 5.5h11v8h-11zM1.5 2.5h13v3h-13zM6.5 8h3"},
});
static_assert(drawings.size() == static_cast<std::size_t>(Icon::archive) + 1);

// How the media types end that are text, or archives, under another name.
constexpr std::array text_endings = std::to_array<std::string_view>({"json", "xml", "javascript"});
constexpr std::array archive_endings =
    std::to_array<std::string_view>({"zip", "gzip", "x-tar", "zstd", "x-xz", "x-bzip2", "x-7z-compressed", "rar"});

}  // namespace

Icon icon_for(std::string_view name, bool is_directory) {
    if (is_directory) return Icon::directory;
    const std::string_view type = http::builtin_media_type(name);
    if (type.starts_with("image/")) return Icon::picture;
    if (type.starts_with("audio/")) return Icon::sound;
    if (type.starts_with("video/")) return Icon::film;
    const auto ends_with = [type](std::string_view ending) { return type.ends_with(ending); };
    if (type.starts_with("text/") || std::ranges::any_of(text_endings, ends_with)) return Icon::text;
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

#include "http/media_types.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace http {

namespace {

struct MediaTypeRow {
    std::string_view extension;  // lower case
    std::string_view type;
};

// IANA's registry where it knows the format (JavaScript: RFC 9239 6, Matroska: RFC 9559), else the name that browsers
// know (WAV among these). Source code is text/plain, so that a browser shows it; XML is text/xml, as in nginx.
constexpr auto media_type_rows = std::to_array<MediaTypeRow>({
    {"3gp", "video/3gpp"},
    {"7z", "application/x-7z-compressed"},
    {"aac", "audio/aac"},
    {"aif", "audio/aiff"},
    {"aiff", "audio/aiff"},
    {"apk", "application/vnd.android.package-archive"},
    {"apng", "image/apng"},
    {"atom", "application/atom+xml"},
    {"avi", "video/vnd.avi"},
    {"avif", "image/avif"},
    {"bin", "application/octet-stream"},
    {"bmp", "image/bmp"},
    {"br", "application/octet-stream"},
    {"bz2", "application/x-bzip2"},
    {"c", "text/plain"},
    {"cc", "text/plain"},
    {"cfg", "text/plain"},
    {"cjs", "text/javascript"},
    {"conf", "text/plain"},
    {"cpp", "text/plain"},
    {"crt", "application/x-x509-ca-cert"},
    {"css", "text/css"},
    {"csv", "text/csv"},
    {"cur", "image/vnd.microsoft.icon"},
    {"deb", "application/vnd.debian.binary-package"},
    {"der", "application/x-x509-ca-cert"},
    {"diff", "text/plain"},
    {"dll", "application/vnd.microsoft.portable-executable"},
    {"dmg", "application/octet-stream"},
    {"doc", "application/msword"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"dtd", "application/xml-dtd"},
    {"eml", "message/rfc822"},
    {"eot", "application/vnd.ms-fontobject"},
    {"eps", "application/postscript"},
    {"epub", "application/epub+zip"},
    {"exe", "application/vnd.microsoft.portable-executable"},
    {"flac", "audio/flac"},
    {"flv", "video/x-flv"},
    {"geojson", "application/geo+json"},
    {"gif", "image/gif"},
    {"glb", "model/gltf-binary"},
    {"gltf", "model/gltf+json"},
    {"go", "text/plain"},
    {"gz", "application/gzip"},
    {"h", "text/plain"},
    {"heic", "image/heic"},
    {"heif", "image/heif"},
    {"hpp", "text/plain"},
    {"htm", "text/html"},
    {"html", "text/html"},
    {"ico", "image/vnd.microsoft.icon"},
    {"ics", "text/calendar"},
    {"img", "application/octet-stream"},
    {"ini", "text/plain"},
    {"iso", "application/octet-stream"},
    {"jar", "application/java-archive"},
    {"java", "text/plain"},
    {"jfif", "image/jpeg"},
    {"jp2", "image/jp2"},
    {"jpe", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript"},
    {"json", "application/json"},
    {"jsonld", "application/ld+json"},
    {"jxl", "image/jxl"},
    {"kml", "application/vnd.google-earth.kml+xml"},
    {"kmz", "application/vnd.google-earth.kmz"},
    {"ktx2", "image/ktx2"},
    {"log", "text/plain"},
    {"lua", "text/plain"},
    {"m3u", "audio/mpegurl"},
    {"m3u8", "application/vnd.apple.mpegurl"},
    {"m4a", "audio/mp4"},
    {"m4v", "video/mp4"},
    {"map", "application/json"},
    {"markdown", "text/markdown"},
    {"md", "text/markdown"},
    {"mid", "audio/midi"},
    {"midi", "audio/midi"},
    {"mjs", "text/javascript"},
    {"mkv", "video/matroska"},
    {"mov", "video/quicktime"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"mpd", "application/dash+xml"},
    {"mpeg", "video/mpeg"},
    {"mpg", "video/mpeg"},
    {"msi", "application/octet-stream"},
    {"mtl", "model/mtl"},
    {"ndjson", "application/x-ndjson"},
    {"obj", "model/obj"},
    {"odg", "application/vnd.oasis.opendocument.graphics"},
    {"odp", "application/vnd.oasis.opendocument.presentation"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"oga", "audio/ogg"},
    {"ogg", "audio/ogg"},
    {"ogv", "video/ogg"},
    {"opus", "audio/ogg"},
    {"otf", "font/otf"},
    {"p7s", "application/pkcs7-signature"},
    {"patch", "text/plain"},
    {"pdf", "application/pdf"},
    {"pem", "application/x-x509-ca-cert"},
    {"pl", "text/plain"},
    {"png", "image/png"},
    {"ppt", "application/vnd.ms-powerpoint"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"ps", "application/postscript"},
    {"py", "text/plain"},
    {"rar", "application/vnd.rar"},
    {"rb", "text/plain"},
    {"rpm", "application/x-rpm"},
    {"rs", "text/plain"},
    {"rss", "application/rss+xml"},
    {"rtf", "application/rtf"},
    {"sh", "text/plain"},
    {"shtml", "text/html"},
    {"sql", "application/sql"},
    {"srt", "application/x-subrip"},
    {"stl", "model/stl"},
    {"svg", "image/svg+xml"},
    {"svgz", "image/svg+xml"},
    {"tar", "application/x-tar"},
    {"text", "text/plain"},
    {"tgz", "application/gzip"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"toml", "application/toml"},
    {"torrent", "application/x-bittorrent"},
    {"ts", "video/mp2t"},
    {"tsv", "text/tab-separated-values"},
    {"ttc", "font/collection"},
    {"ttf", "font/ttf"},
    {"txt", "text/plain"},
    {"usdz", "model/vnd.usdz+zip"},
    {"vcf", "text/vcard"},
    {"vtt", "text/vtt"},
    {"war", "application/java-archive"},
    {"wasm", "application/wasm"},
    {"wav", "audio/wav"},
    {"weba", "audio/webm"},
    {"webm", "video/webm"},
    {"webmanifest", "application/manifest+json"},
    {"webp", "image/webp"},
    {"wmv", "video/x-ms-wmv"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"xhtml", "application/xhtml+xml"},
    {"xls", "application/vnd.ms-excel"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"xml", "text/xml"},
    {"xsd", "text/xml"},
    {"xsl", "text/xml"},
    {"xz", "application/x-xz"},
    {"yaml", "application/yaml"},
    {"yml", "application/yaml"},
    {"zip", "application/zip"},
    {"zst", "application/zstd"},
});
static_assert(std::ranges::is_sorted(media_type_rows, {}, &MediaTypeRow::extension));

constexpr std::size_t longest_extension = std::ranges::max(media_type_rows, {}, [](const MediaTypeRow& row) {
                                              return row.extension.size();
                                          }).extension.size();

}  // namespace

std::string_view builtin_media_type(std::string_view file_name) {
    const std::string_view extension = extension_of(file_name);
    if (extension.empty() || extension.size() > longest_extension) return {};
    std::array<char, longest_extension> lower;
    const auto end = std::ranges::transform(extension, lower.begin(), base::to_lower).out;
    const std::string_view wanted{lower.begin(), end};
    const auto row = std::ranges::lower_bound(media_type_rows, wanted, {}, &MediaTypeRow::extension);
    return row != media_type_rows.end() && row->extension == wanted ? row->type : std::string_view{};
}

std::string_view extension_of(std::string_view file_name) {
    const std::string_view last = file_name.substr(file_name.rfind('/') + 1);  // npos + 1 is 0
    const std::size_t dot = last.rfind('.');
    return dot == std::string_view::npos || dot == 0 ? std::string_view{} : last.substr(dot + 1);
}

bool takes_charset(std::string_view media_type) {
    if (media_type.find(';') != std::string_view::npos) return false;  // it has its parameters already
    return base::equals_ignoring_case(media_type.substr(0, 5), "text/") ||
           base::equals_ignoring_case(media_type, "application/javascript") ||
           base::equals_ignoring_case(media_type, "application/rss+xml");
}

}  // namespace http

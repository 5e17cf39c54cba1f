#include "handlers/listing_data.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "http/date.hpp"

namespace handlers {

namespace {

constexpr std::size_t row_size = 128;  // with a name of some 30 bytes
constexpr std::string_view replacement_character = "\uFFFD";

void append_control_for_json(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto value = static_cast<unsigned char>(c);
    switch (c) {
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: out.append("\\u00").append({digits[value / 16], digits[value % 16]});
    }
}

// The inside of a JSON string (RFC 8259 7), with the escapes that nginx chooses.
void append_json(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const char c = text.front();
        const std::size_t length = base::utf8_length(text);
        if (length == 0) {
            out += replacement_character;
        } else if (c == '"' || c == '\\') {
            out.append({'\\', c});
        } else if (static_cast<unsigned char>(c) < 0x20) {
            append_control_for_json(out, c);
        } else {
            out.append(text.substr(0, length));
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
}

// XML 1.0 (2.2): of the control characters it has tab and line end, and not the last two of the first plane.
bool is_for_xml(std::string_view character) {
    const auto c = static_cast<unsigned char>(character.front());
    return (c >= 0x20 || c == '\t' || c == '\n' || c == '\r') && character != "\uFFFE" && character != "\uFFFF";
}

// Character data, with the escapes that nginx chooses; and a carriage return, which a parser would take for a line end.
void append_xml(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = base::utf8_length(text);
        const std::string_view character = text.substr(0, length);
        if (length == 0 || !is_for_xml(character)) {
            out += replacement_character;
        } else {
            switch (text.front()) {
                case '&': out += "&amp;"; break;
                case '<': out += "&lt;"; break;
                case '>': out += "&gt;"; break;
                case '"': out += "&quot;"; break;
                case '\r': out += "&#13;"; break;
                default: out += character;
            }
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
}

// "2001-09-09T01:46:40Z", from "Sun, 09 Sep 2001 01:46:40 GMT".
void append_xml_time(std::string& out, std::time_t seconds) {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto text = http::imf_fixdate(seconds);
    const std::string_view date{text.data(), text.size()};
    const std::size_t month = months.find(date.substr(8, 3)) / 3 + 1;
    out.append(date.substr(12, 4)).append({'-', month < 10 ? '0' : '1', static_cast<char>('0' + month % 10), '-'});
    out.append(date.substr(5, 2)).append("T").append(date.substr(17, 8)).append("Z");
}

void append_json_array(std::string& out, const std::vector<Entry>& entries) {
    out.append("[");
    bool first = true;
    for (const Entry& entry : entries) {
        out.append(first ? "\r\n{ \"name\":\"" : ",\r\n{ \"name\":\"");
        first = false;
        append_json(out, entry.name);
        out.append(entry.is_directory ? "\", \"type\":\"directory\", \"mtime\":\""
                                      : "\", \"type\":\"file\", \"mtime\":\"");
        const auto date = http::imf_fixdate(entry.modified);
        out.append(date.data(), date.size()).append("\"");
        if (!entry.is_directory) {
            out.append(", \"size\":");
            base::append_number(out, entry.size);
        }
        out.append(" }");
    }
    out.append("\r\n]");
}

}  // namespace

std::string listing_json(const std::vector<Entry>& entries) {
    std::string text;
    text.reserve(entries.size() * row_size);
    append_json_array(text, entries);
    return text;
}

std::string listing_jsonp(const std::vector<Entry>& entries, std::string_view callback) {
    std::string text;
    text.reserve(entries.size() * row_size);
    // The comment keeps the callback's name from being the first bytes, which some program might take for a file's.
    text.append("/* callback */\r\n").append(callback).append("(");
    append_json_array(text, entries);
    return text.append(");");
}

std::string listing_xml(const std::vector<Entry>& entries) {
    std::string text;
    text.reserve(entries.size() * row_size);
    text.append("<?xml version=\"1.0\"?>\r\n<list>\r\n");
    for (const Entry& entry : entries) {
        text.append(entry.is_directory ? "<directory mtime=\"" : "<file mtime=\"");
        append_xml_time(text, entry.modified);
        if (!entry.is_directory) {
            text.append("\" size=\"");
            base::append_number(text, entry.size);
        }
        text.append("\">");
        append_xml(text, entry.name);
        text.append(entry.is_directory ? "</directory>\r\n" : "</file>\r\n");
    }
    return text.append("</list>\r\n");
}

std::optional<std::string_view> callback_of(std::string_view query) {
    static constexpr std::string_view name = "callback=";
    static constexpr std::size_t longest = 128;  // bytes, nginx's limit
    static constexpr base::ByteSet allowed =
        base::ByteSet{"_."}.insert_range('a', 'z').insert_range('A', 'Z').insert_range('0', '9');
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view argument = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (!base::equals_ignoring_case(argument.substr(0, name.size()), name)) continue;
        const std::string_view value = argument.substr(name.size());
        if (value.size() > longest || !std::ranges::all_of(value, [](char c) { return allowed[c]; }))
            return std::nullopt;
        return value;
    }
    return std::string_view{};
}

}  // namespace handlers

#include "config/source.hpp"

#include <algorithm>

namespace config {

std::string Origin::to_string() const {
    if (line == 0) return file;
    return file + ':' + std::to_string(line) + ':' + std::to_string(column);
}

std::string_view Source::line_at(std::size_t offset) const {
    const std::string_view all{text};
    offset = std::min(offset, all.size());
    const std::size_t before = offset == 0 ? std::string_view::npos : all.rfind('\n', offset - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    std::string_view line = all.substr(begin, all.find('\n', begin) - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

Origin Token::origin() const { return {source == nullptr ? std::string{} : source->name, line, column}; }

Token end_of(const Token& token) {
    Token end = token;
    end.text.clear();
    end.length = 1;
    if (token.source == nullptr || token.length == 0) return end;
    end.offset = token.offset + token.length - 1;
    // A quoted token may span lines.
    const std::string_view inside = std::string_view{token.source->text}.substr(token.offset, token.length - 1);
    const auto line_ends = std::ranges::count(inside, '\n');
    end.line = token.line + static_cast<unsigned>(line_ends);
    const std::size_t last = inside.rfind('\n');
    end.column = last == std::string_view::npos ? token.column + static_cast<unsigned>(token.length - 1)
                                                : static_cast<unsigned>(inside.size() - last);
    return end;
}

Token part_of(const Token& token, std::size_t offset, std::size_t length) {
    // Escapes and quotes move the bytes: then the whole token is the best place there is.
    if (token.length != token.text.size() || offset > token.text.size()) return token;
    Token part = token;
    part.text = token.text.substr(offset, length);
    part.offset += offset;
    part.column += static_cast<unsigned>(offset);
    part.length = part.text.size();
    return part;
}

}  // namespace config

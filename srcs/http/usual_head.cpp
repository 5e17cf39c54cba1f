#include "http/usual_head.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/scan.hpp"

namespace http {

namespace {

using base::Block;
using base::BlockBits;

constexpr std::string_view line_end = "\r\n";

Slice slice(std::size_t begin, std::size_t end) {
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end - begin)};
}

// The bytes that follow a byte of a kind, block after block.
class Followers {
public:
    BlockBits of(BlockBits kind) {
        const BlockBits followers = kind << 1 | carried_;
        carried_ = kind >> (Block::size - 1);
        return followers;
    }

private:
    BlockBits carried_ = 0;
};

}  // namespace

// Within the bounds of one line no line is too long. Nor are there too many: the shortest is "a:" and a line feed.
UsualHead::UsualHead(std::string_view input, std::size_t at, std::size_t longest_line) {
    const std::size_t bound = std::min({input.size(), at + longest_line, 3 * Fields::max_lines});
    if (bound >= Block::size) input_ = {input.data(), bound};
}

bool UsualHead::starts_with(std::string_view text, std::size_t at) const {
    return at + text.size() <= input_.size() && std::memcmp(input_.data() + at, text.data(), text.size()) == 0;
}

// Where the bytes end that stand for themselves in a path, or a segment is empty or begins with a dot.
std::size_t UsualHead::end_of_path(std::size_t at) const {
    Followers after_slash;
    return base::find_bit<Block>(input_, at, [&](Block block) {
        const BlockBits plain = block.within('&', '~').bits();  // neither `#` nor `%`
        const BlockBits odd = (plain ^ base::all_block_bits) | block.equal_to('?').bits();
        return odd | (after_slash.of(block.equal_to('/').bits()) & block.within('.', '/').bits());
    });
}

std::size_t UsualHead::take_request_line(std::size_t at, RequestHead& head) const {
    if (!starts_with("GET /", at)) return at;
    const std::size_t path = at + 4;
    const std::size_t path_end = end_of_path(path);
    std::size_t end = path_end;
    const bool has_query = starts_with("?", end);
    if (has_query) end = base::find_first_not(input_, end + 1, [](Block block) { return block.within('$', '~'); });

    constexpr std::string_view version_1_1 = " HTTP/1.1\r\n";
    constexpr std::string_view version_1_0 = " HTTP/1.0\r\n";
    if (!starts_with(version_1_1, end)) {
        if (!starts_with(version_1_0, end)) return at;
        head.version = Version::http_1_0;
    }
    const std::size_t next = end + version_1_1.size();
    head.has_query = has_query;
    head.request_line_slice = slice(at, next - line_end.size());
    head.target_slice = slice(path, end);
    if (has_query) head.query_slice = slice(path_end + 1, end);
    head.path.append(input_.data() + path, path_end - path);
    return next;
}

std::size_t UsualHead::take_field_lines(std::size_t at, RequestHead& head) const {
    while (at < input_.size() && input_[at] != '\r') {
        const std::size_t colon = base::find_first_not(
            input_, at, [](Block block) { return block.without_case().within('a', 'z') | block.equal_to('-'); });
        if (colon == input_.size() || input_[colon] != ':' || colon == at) break;
        const FieldName known = find_field_name({input_.data() + at, colon - at});
        std::size_t begin = colon + 1;
        std::size_t end = base::find_first_not(input_, begin, [](Block block) { return block.within(' ', '~'); });
        if (!starts_with(line_end, end)) break;
        const std::size_t next = end + line_end.size();
        while (input_[begin] == ' ') ++begin;  // stops at the line end at the latest
        while (end > begin && input_[end - 1] == ' ') --end;
        head.fields.add(known, slice(at, colon), slice(begin, end));
        at = next;
    }
    return at;
}

// Where the bytes of a name in lower case end, or a label is empty.
std::size_t UsualHead::end_of_host(std::size_t at) const {
    Followers after_dot;
    return base::find_bit<Block>(input_, at, [&](Block block) {
        const BlockBits dots = block.equal_to('.').bits();
        const BlockBits plain = (block.within('a', 'z') | block.within('-', '9')).bits();
        const BlockBits odd = (plain ^ base::all_block_bits) | block.equal_to('/').bits();
        return odd | (after_dot.of(dots) & dots);
    });
}

bool UsualHead::is_port(std::size_t begin, std::size_t end) const {
    if (end - begin > 5 || (end - begin == 5 && input_[begin] > '5')) return false;  // what may be above 65535
    return base::find_first_not(input_, begin, [](Block block) { return block.within('0', '9'); }) == end;
}

bool UsualHead::take_end(std::size_t at, RequestHead& head) const {
    if (!starts_with(line_end, at) || head.form != TargetForm::origin) return false;
    if (head.fields.count(FieldName::host) != 1) return false;
    const std::string_view value = *head.fields.first(FieldName::host);
    const auto begin = static_cast<std::size_t>(value.data() - input_.data());
    const std::size_t end = begin + value.size();
    const std::size_t name_end = end_of_host(begin);
    if (name_end == begin || input_[name_end - 1] == '.') return false;
    if (name_end != end && (input_[name_end] != ':' || !is_port(name_end + 1, end))) return false;
    head.host.append(input_.data() + begin, name_end - begin);
    return true;
}

}  // namespace http

#include "http/content_coding.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace http {

namespace {

constexpr std::array<std::string_view, coding_count + 1> names{"identity", "zstd", "br", "gzip"};
static_assert(names[static_cast<std::size_t>(ContentCoding::gzip)] == "gzip");

constexpr unsigned full_weight = 1000;

// qvalue = "0" [ "." 0*3DIGIT ] / "1" [ "." 0*3"0" ] (RFC 9110 12.4.2), in thousandths.
std::optional<std::uint16_t> qvalue(std::string_view text) {
    constexpr std::size_t longest = 5;  // "0.999"
    if (text.empty() || text.size() > longest || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    if (text.size() > 1 && text[1] != '.') return std::nullopt;
    unsigned value = text[0] == '1' ? full_weight : 0;
    unsigned place = full_weight / 10;
    for (std::size_t i = 2; i < text.size(); ++i, place /= 10) {
        if (!base::is_digit(text[i])) return std::nullopt;
        value += static_cast<unsigned>(text[i] - '0') * place;
    }
    if (value > full_weight) return std::nullopt;
    return static_cast<std::uint16_t>(value);
}

struct Element {
    std::string_view coding;
    std::uint16_t weight = full_weight;
};

// codings [ OWS ";" OWS "q=" qvalue ]
std::optional<Element> read_element(std::string_view text) {
    const std::size_t semicolon = text.find(';');
    Element element{.coding = base::trim_ows(text.substr(0, semicolon))};
    if (element.coding.empty()) return std::nullopt;
    if (semicolon == std::string_view::npos) return element;
    const std::string_view parameter = base::trim_ows(text.substr(semicolon + 1));
    if (parameter.size() < 2 || base::to_lower(parameter[0]) != 'q' || parameter[1] != '=') return std::nullopt;
    const std::optional<std::uint16_t> weight = qvalue(parameter.substr(2));
    if (!weight) return std::nullopt;
    element.weight = *weight;
    return element;
}

// x-gzip is the same as gzip (RFC 9110 8.4.1.3).
std::optional<ContentCoding> find_coding(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (base::equals_ignoring_case(name, names[i])) return static_cast<ContentCoding>(i);
    }
    if (base::equals_ignoring_case(name, "x-gzip")) return ContentCoding::gzip;
    return std::nullopt;
}

}  // namespace

std::string_view name_of(ContentCoding coding) { return names[static_cast<std::size_t>(coding)]; }

AcceptedCodings::AcceptedCodings(const Fields& fields) {
    constexpr std::size_t identity = 0;
    weights_[identity] = least;
    if (!fields.has(FieldName::accept_encoding)) return;
    std::array<std::optional<std::uint16_t>, coding_count + 1> said;
    std::optional<std::uint16_t> others;  // `*`
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const Fields::Line line = fields[i];
        if (line.known != FieldName::accept_encoding) continue;
        ListReader list{line.value};
        while (const auto text = list.next()) {
            const std::optional<Element> element = read_element(*text);
            if (!element) continue;
            const std::optional<ContentCoding> coding = find_coding(element->coding);
            if (!coding && element->coding != "*") continue;
            std::optional<std::uint16_t>& place = coding ? said[static_cast<std::size_t>(*coding)] : others;
            if (!place) place = element->weight;
        }
    }
    for (std::size_t i = 0; i < weights_.size(); ++i) {
        const std::uint16_t unsaid = i == identity ? least : std::uint16_t{0};
        weights_[i] = said[i].value_or(others.value_or(unsaid));
    }
}

void AcceptedCodings::insist_on(ContentCoding coding) {
    std::uint16_t& weight = weights_[static_cast<std::size_t>(coding)];
    weight = std::max(weight, least);
    weights_[static_cast<std::size_t>(ContentCoding::identity)] = 0;
}

ContentCoding choose_coding(const AcceptedCodings& accepted, const CodedSizes& sizes) {
    ContentCoding best = ContentCoding::identity;
    for (ContentCoding coding : content_codings) {
        const std::optional<std::uint64_t>& size = sizes[index_of(coding)];
        const unsigned weight = accepted.weight(coding);
        if (!size || weight == 0 || weight < accepted.weight(best)) continue;
        const bool equal = best != ContentCoding::identity && weight == accepted.weight(best);
        if (!equal || *size < *sizes[index_of(best)]) best = coding;
    }
    return best;
}

CodedEntityTag::CodedEntityTag(std::string_view tag, ContentCoding coding) : text_(tag) {
    const std::string_view name = name_of(coding);
    const std::size_t size = tag.size() + 1 + name.size();
    if (coding == ContentCoding::identity || !tag.ends_with('"') || size > memory_.size()) return;
    char* end = std::ranges::copy(tag.substr(0, tag.size() - 1), memory_.data()).out;
    *end++ = '-';
    end = std::ranges::copy(name, end).out;
    *end++ = '"';
    text_ = {memory_.data(), size};
}

}  // namespace http

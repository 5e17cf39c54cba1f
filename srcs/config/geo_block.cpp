#include "config/geo_block.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "config/definitions.hpp"

namespace config {

namespace {

template <class Address>
using Ranges = std::map<AddressRange<Address>, std::uint32_t>;

template <class Address>
AddressTable<Address> table_of(const Ranges<Address>& ranges) {
    std::vector<typename AddressTable<Address>::Entry> entries;
    entries.reserve(ranges.size());
    for (const auto& [range, value] : ranges) entries.push_back({range, value});
    return {std::move(entries), 0};
}

class GeoReader {
public:
    GeoReader(const Directive& directive, Build& build) : directive_(directive), build_(build) {}

    Geo read();

private:
    // A line of the block: "10.0.0.0/8 value;", "delete 10.0.0.0/8;".
    struct Line {
        const Token& key;
        const Token& value;
        bool deletes;
        const Token& where() const { return deletes ? value : key; }
    };

    void read_word(const Token& word);
    void read_line(const Directive& line);
    void read_default(const Line& line);
    void read_network(const Line& line);
    void read_range(const Line& line);
    void insert_range(const AddressRange<Address4>& range, const Line& line);
    void replace(Ranges<Address4>::iterator outer, const AddressRange<Address4>& inner, std::uint32_t value);
    template <class Address>
    void change(Ranges<Address>& ranges, const AddressRange<Address>& range, const Line& line);
    std::optional<unsigned> prefix_length(const Token& token, std::string_view digits, unsigned most);
    std::uint32_t value_index(const std::string& value);
    void warn_of_twice(const Line& line);
    void warn_of_nothing(const Line& line);
    void refuse_proxies(const Token& at) {
        build_.report.refusal(Lack::later, at, "geo: addresses that proxies tell of are not looked at yet",
                              "take the line out; the address of the connection counts");
    }
    void error(const Token& at, const std::string& what, std::string hint) {
        build_.report.error(at, "geo: " + what, std::move(hint));
    }

    const Directive& directive_;
    Build& build_;
    std::vector<std::string> values_{std::string{}};
    std::unordered_map<std::string, std::uint32_t> known_values_;
    Ranges<Address4> ipv4_;
    Ranges<Address6> ipv6_;
    bool has_default_ = false;
    bool has_lines_ = false;
    bool ranges_ = false;
};

Geo GeoReader::read() {
    for (const Directive& line : directive_.block) {
        if (build_.report.full()) break;
        if (!line.has_block && line.arguments.empty())
            read_word(line.name);
        else
            read_line(line);
        has_lines_ = true;
    }
    return {{}, std::move(values_), table_of(ipv4_), table_of(ipv6_), ranges_};
}

void GeoReader::read_word(const Token& word) {
    if (word.text == "proxy_recursive") return refuse_proxies(word);
    if (word.text != "ranges") return error(word, quoted(word.text) + " has no value", "write \"10.0.0.0/8 value;\"");
    if (has_lines_) return error(word, "\"ranges\" does not stand first", "move it to the front of the block");
    ranges_ = true;
}

void GeoReader::read_line(const Directive& line) {
    if (line.has_block || line.arguments.size() != 1) {
        if (line.name.text == "include") return;
        return error(line.name, "a line is an address and its value, not " + quoted(line.name.text) + " and more",
                     "write \"10.0.0.0/8 value;\"; a value with spaces needs quotes");
    }
    if (line.name.text == "include") return;  // carried out where files are read at all
    if (line.name.text == "proxy") return refuse_proxies(line.name);
    const Line read{line.name, line.arguments[0], line.name.text == "delete"};
    if (read.key.text == "default") return read_default(read);
    if (ranges_) return read_range(read);
    read_network(read);
}

void GeoReader::read_default(const Line& line) {
    if (has_default_) warn_of_twice(line);
    has_default_ = true;
    values_[0] = line.value.text;
}

void GeoReader::read_network(const Line& line) {
    const Token& token = line.where();
    const std::size_t slash = std::min(token.text.find('/'), token.text.size());
    auto address = os::Endpoint::parse(token.text.substr(0, slash), 0);
    if (!address)
        return error(token, quoted(token.text) + " is no network",
                     "write 192.168.0.0/16, 2001:db8::/32, a single address, or default");
    const bool is_ipv6 = address->family() == os::Endpoint::Family::ipv6;
    const unsigned most = is_ipv6 ? 128 : 32;
    const auto length = slash == token.text.size()
                            ? std::optional{most}
                            : prefix_length(token, std::string_view{token.text}.substr(slash + 1), most);
    if (!length) return;
    const std::string_view bytes = address->address_bytes();
    bool is_exact = false;
    if (is_ipv6) {
        const AddressRange<Address6> range = network_of(address6_of(bytes), *length);
        is_exact = range.first == address6_of(bytes);
        change(ipv6_, range, line);
    } else {
        const AddressRange<Address4> range = network_of(address4_of(bytes), *length);
        is_exact = range.first == address4_of(bytes);
        change(ipv4_, range, line);
    }
    if (!is_exact)
        build_.report.warning(token, "geo: the network " + quoted(token.text) + " begins before this address",
                              "the bits behind the first " + std::to_string(*length) + " say nothing");
}

std::optional<unsigned> GeoReader::prefix_length(const Token& token, std::string_view digits, unsigned most) {
    auto length = parse_count(digits, 0, most);
    if (length) return static_cast<unsigned>(*length);
    error(token, quoted(token.text) + " is no network", "the number behind the \"/\" is 0 to " + std::to_string(most));
    return std::nullopt;
}

template <class Address>
void GeoReader::change(Ranges<Address>& ranges, const AddressRange<Address>& range, const Line& line) {
    if (line.deletes) {
        if (ranges.erase(range) == 0) warn_of_nothing(line);
        return;
    }
    const std::uint32_t value = value_index(line.value.text);
    const auto [entry, is_new] = ranges.try_emplace(range, value);
    if (!is_new) warn_of_twice(line);
    entry->second = value;
}

void GeoReader::read_range(const Line& line) {
    const Token& token = line.where();
    const std::size_t dash = token.text.find('-');
    const bool has_dash = dash != std::string::npos;
    auto first = os::Endpoint::parse(token.text.substr(0, dash), 0);
    auto last = os::Endpoint::parse(has_dash ? token.text.substr(dash + 1) : std::string{}, 0);
    using enum os::Endpoint::Family;
    if (!first || !last || first->family() != ipv4 || last->family() != ipv4)
        return error(token, quoted(token.text) + " is no range of IPv4 addresses",
                     "after \"ranges\", write 10.0.0.1-10.0.0.9; a single address is its own first and last");
    const AddressRange<Address4> range{address4_of(first->address_bytes()), address4_of(last->address_bytes())};
    if (range.first > range.last)
        return error(token, "the range " + quoted(token.text) + " ends before it begins",
                     "the lower address goes first");
    if (line.deletes) {
        if (ipv4_.erase(range) == 0) warn_of_nothing(line);
        return;
    }
    insert_range(range, line);
}

// The ranges so far lie apart from each other; one that lies inside another takes its part of it.
void GeoReader::insert_range(const AddressRange<Address4>& range, const Line& line) {
    const std::uint32_t value = value_index(line.value.text);
    auto behind = ipv4_.upper_bound({range.last, ~Address4{0}});
    if (behind == ipv4_.begin() || std::prev(behind)->first.last < range.first) {
        ipv4_.emplace(range, value);
        return;
    }
    const auto near = std::prev(behind);
    const AddressRange<Address4>& outer = near->first;
    if (outer.first > range.first || outer.last < range.last)
        return error(line.key, "the range " + quoted(line.key.text) + " overlaps an earlier one",
                     "a range inside another one comes after that");
    if (outer == range) warn_of_twice(line);
    replace(near, range, value);
}

void GeoReader::replace(Ranges<Address4>::iterator outer, const AddressRange<Address4>& inner, std::uint32_t value) {
    const auto [range, outer_value] = *outer;
    ipv4_.erase(outer);
    if (range.first < inner.first)
        ipv4_.emplace(AddressRange<Address4>{range.first, previous(inner.first)}, outer_value);
    ipv4_.emplace(inner, value);
    if (inner.last < range.last) ipv4_.emplace(AddressRange<Address4>{next(inner.last), range.last}, outer_value);
}

std::uint32_t GeoReader::value_index(const std::string& value) {
    const auto [entry, is_new] = known_values_.try_emplace(value, static_cast<std::uint32_t>(values_.size()));
    if (is_new) values_.push_back(value);
    return entry->second;
}

void GeoReader::warn_of_twice(const Line& line) {
    build_.report.warning(line.key, "geo: " + quoted(line.key.text) + " has a value already",
                          "this one takes its place");
}

void GeoReader::warn_of_nothing(const Line& line) {
    build_.report.warning(line.value, "geo: there is no " + quoted(line.value.text) + " to delete",
                          "delete takes what an earlier line has, as it stands there");
}

}  // namespace

void set_geo(const Directive& directive, Level&, Build& build) {
    const Token& name = directive.arguments.back();
    const auto variable = read_computed_variable(directive, name, build);
    std::optional<Template> address;
    if (directive.arguments.size() == 2) {
        const Token& source = directive.arguments[0];
        address = read_template(directive, source, build);
        if (address &&
            (address->parts().size() != 1 || !address->parts()[0].variable || !address->parts()[0].text.empty()))
            build.report.error(source, "geo: " + quoted(source.text) + " is no variable",
                               "name the variable that holds the address, such as $arg_ip, or leave it out");
    }
    Geo geo = GeoReader{directive, build}.read();
    geo.address = std::move(address);
    if (variable) build.computed.emplace(*variable, Computed{std::move(geo), &name});
}

}  // namespace config

#include "config/address_table.hpp"

#include <algorithm>

namespace config {

namespace {

std::uint64_t number_of(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char byte : bytes) number = number << 8U | static_cast<std::uint8_t>(byte);
    return number;
}

// The lowest `count` of 64 bits.
constexpr std::uint64_t low_bits(unsigned count) { return count >= 64 ? ~0ULL : (1ULL << count) - 1; }

}  // namespace

Address4 address4_of(std::string_view bytes) { return static_cast<Address4>(number_of(bytes)); }

Address6 address6_of(std::string_view bytes) { return {number_of(bytes.substr(0, 8)), number_of(bytes.substr(8))}; }

AddressRange<Address4> network_of(Address4 address, unsigned prefix_length) {
    const auto inside = static_cast<Address4>(low_bits(32 - prefix_length));
    return {address & ~inside, address | inside};
}

AddressRange<Address6> network_of(const Address6& address, unsigned prefix_length) {
    const std::uint64_t high = low_bits(prefix_length >= 64 ? 0 : 64 - prefix_length);
    const std::uint64_t low = low_bits(std::min(128 - prefix_length, 64U));
    return {{address.high & ~high, address.low & ~low}, {address.high | high, address.low | low}};
}

Address4 next(Address4 address) { return address + 1; }

Address6 next(const Address6& address) { return {address.high + (address.low == ~0ULL ? 1 : 0), address.low + 1}; }

Address4 previous(Address4 address) { return address - 1; }

Address6 previous(const Address6& address) { return {address.high - (address.low == 0 ? 1 : 0), address.low - 1}; }

template <class Address>
AddressTable<Address>::AddressTable(std::vector<Entry> entries, std::uint32_t otherwise) {
    // Outer ranges before those inside them.
    std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
        return a.range.first != b.range.first ? a.range.first < b.range.first : a.range.last > b.range.last;
    });
    std::vector<const Entry*> open;  // each inside the one before it
    const auto close_innermost = [&] {
        const Address behind = next(open.back()->range.last);
        open.pop_back();
        if (behind != Address{}) begin_at(behind, open.empty() ? otherwise : open.back()->value);
    };
    begin_at(Address{}, otherwise);
    for (const Entry& entry : entries) {
        while (!open.empty() && open.back()->range.last < entry.range.first) close_innermost();
        begin_at(entry.range.first, entry.value);
        open.push_back(&entry);
    }
    while (!open.empty()) close_innermost();
    borders_.shrink_to_fit();
}

template <class Address>
void AddressTable<Address>::begin_at(const Address& first, std::uint32_t value) {
    if (!borders_.empty() && borders_.back().first == first)
        borders_.back().value = value;
    else if (borders_.empty() || borders_.back().value != value)
        borders_.push_back({first, value});
}

template <class Address>
std::uint32_t AddressTable<Address>::find(const Address& address) const {
    const auto behind = std::ranges::upper_bound(borders_, address, {}, &Border::first);
    return behind == borders_.begin() ? 0 : std::prev(behind)->value;
}

template class AddressTable<Address4>;
template class AddressTable<Address6>;

}  // namespace config

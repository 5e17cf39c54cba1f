// Which range an address lies in, found in a sorted table by halving: 100,000 networks take 17 steps and about as many
// times eight bytes. Knows no text.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

namespace config {

// Addresses as numbers, so that one lies between others.
using Address4 = std::uint32_t;
struct Address6 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend auto operator<=>(const Address6&, const Address6&) = default;
};

// Of 4 and of 16 bytes in network order.
Address4 address4_of(std::string_view bytes);
Address6 address6_of(std::string_view bytes);

template <class Address>
struct AddressRange {
    Address first{};
    Address last{};
    friend auto operator<=>(const AddressRange&, const AddressRange&) = default;
};

// The first and last address of the network that `address` is in.
AddressRange<Address4> network_of(Address4 address, unsigned prefix_length);
AddressRange<Address6> network_of(const Address6& address, unsigned prefix_length);

Address4 next(Address4 address);
Address6 next(const Address6& address);
Address4 previous(Address4 address);
Address6 previous(const Address6& address);

template <class Address>
class AddressTable {
public:
    struct Entry {
        AddressRange<Address> range;
        std::uint32_t value;
    };

    AddressTable() = default;
    // `entries` lie apart from each other or one inside the other, where the inner one counts; `otherwise` is the
    // value of what lies in none.
    AddressTable(std::vector<Entry> entries, std::uint32_t otherwise);

    std::uint32_t find(const Address& address) const;

private:
    struct Border {
        Address first;  // from here to the next one's
        std::uint32_t value;
    };
    void begin_at(const Address& first, std::uint32_t value);

    std::vector<Border> borders_;  // by address; empty: all is 0
};

extern template class AddressTable<Address4>;
extern template class AddressTable<Address6>;

}  // namespace config

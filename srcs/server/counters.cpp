#include "server/counters.hpp"

#include <memory>
#include <utility>

namespace server {

base::Result<CounterTable> CounterTable::open(std::size_t places) {
    base::Result<os::SharedMemory> memory = os::SharedMemory::map(places * sizeof(Counters));
    if (!memory) return memory.error();
    return CounterTable{std::move(memory).value(), places};
}

CounterTable::CounterTable(os::SharedMemory memory, std::size_t places)
    : memory_(std::move(memory)), slots_(static_cast<Counters*>(memory_.begin()), places) {
    std::uninitialized_value_construct(slots_.begin(), slots_.end());
}

std::string to_string(const Totals& totals) {
    return "served " + std::to_string(totals.requests) + " requests on " + std::to_string(totals.accepted) +
           " connections";
}

Totals CounterTable::sum() const {
    Totals totals;
    for (const Counters& slot : slots_) {
        totals.accepted += slot.accepted.value();
        totals.open += slot.open.value();
        totals.requests += slot.requests.value();
        totals.content_bytes += slot.content_bytes.value();
        totals.replaced += slot.replaced.value();
    }
    return totals;
}

}  // namespace server

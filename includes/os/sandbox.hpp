// What the process may do and how much it may have: the user it runs as, the number of descriptors.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace os {

// Sees to it that descriptors 0 to 2 are open, on /dev/null where they were not: else the first socket would get the
// number that messages are written to. False: even that failed.
bool ensure_standard_descriptors();

// Sets the soft limit of open descriptors to `wanted`, or to the hard limit where nothing is wanted. Gives the limit
// in force.
base::Result<std::uint64_t> raise_descriptor_limit(std::optional<std::uint64_t> wanted);

// Gives up root for good: supplementary groups, group, user. An empty `group` is the user's own. Only root can do it.
base::Result<void> switch_user(const std::string& user, const std::string& group);

// Does `work` with the rights of this user on files, and is root again afterwards. For a process that stays root but
// opens files where that user may write: a link that he put there leads no further than he could go himself.
base::Result<void> work_as_user(const std::string& user, const std::string& group, const std::function<void()>& work);

// A few descriptors that stand by: where the limit is reached, one is given up so that a connection that is already
// there can still open its file. Made early, so that their numbers are low and stay below a limit that is lowered
// later.
class DescriptorReserve {
public:
    static constexpr std::size_t capacity = 16;

    DescriptorReserve() { refill(); }

    // Closes one, so that the next open succeeds. False: none is left.
    bool give_up_one();

    // Takes back what it can get. True: the reserve is full.
    bool refill();

private:
    std::vector<UniqueFd> standing_by_;
};

}  // namespace os

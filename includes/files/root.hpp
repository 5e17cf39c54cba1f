// A document root: the folder beneath which paths are resolved and which none of them leaves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "os/file.hpp"
#include "os/sandbox.hpp"
#include "os/unique_fd.hpp"

namespace files {

// Which symbolic links are followed on the way to a file.
struct LinkPolicy {
    os::Links links = os::Links::beneath;
    // For same_owner and none, which judge the whole path from `/` on, the root's own included: where a path begins
    // with this, as nginx compares it, no link within this part is judged.
    std::string unjudged{};

    bool judges_each() const { return links == os::Links::same_owner || links == os::Links::none; }
    friend auto operator<=>(const LinkPolicy&, const LinkPolicy&) = default;
};

class Root {
public:
    // `path` is absolute. A folder that can't be opened now is tried again at each use. `reserve` helps out when
    // descriptors run short.
    Root(std::string path, LinkPolicy policy, os::DescriptorReserve& reserve);

    const std::string& path() const { return path_; }
    const LinkPolicy& policy() const { return policy_; }

    // The folder behind path() is looked up again at most once a second: a root that is a switched symbolic link is
    // followed that soon. An Error: there is none at the moment.
    base::Result<void> refresh(base::Instant now);

    // The same at this very moment.
    base::Result<void> look_again(base::Instant now);

    // Valid after a refresh() that succeeded, until the next one.
    int folder() const { return folder_.fd(); }

    // Another number when another folder stands behind path() than before.
    std::uint64_t generation() const { return generation_; }

    // Opens `relative` ("" is the root itself) for reading: see os::open_beneath, and the policy, for what is refused.
    base::Result<os::UniqueFd> open(std::string_view relative, base::Instant now);

    // What stands at `relative`, without opening it: a FIFO's writer, a device, notice nothing.
    base::Result<os::FileStatus> look_at(std::string_view relative, base::Instant now);

    // The same to compare with what was opened, never to open something: links may lead anywhere, unless the policy
    // judges each.
    base::Result<os::FileStatus> glance_at(const std::string& relative);

private:
    // Tries `action` on a path beneath the folder: with the reserve's help, and along the way it really goes.
    template <class Action>
    auto reach(Action action, std::string_view relative, base::Instant now)
        -> decltype(action(0, relative, os::Links::beneath));
    template <class Action>
    auto reach_judged(Action action, std::string_view relative) -> decltype(action(0, relative, os::Links::beneath));
    void forget_folder();
    std::optional<std::string> real_path_inside(std::string_view relative) const;

    std::string path_;
    LinkPolicy policy_;
    os::DescriptorReserve& reserve_;
    os::UniqueFd folder_;
    os::FileStatus identity_;
    base::Instant looked_at_{};
    std::uint64_t generation_ = 0;
};

// Whether a component of `relative` begins with a dot and isn't `.well-known` (RFC 8615): such files are never served.
bool has_hidden_component(std::string_view relative);

}  // namespace files

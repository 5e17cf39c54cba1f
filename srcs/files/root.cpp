#include "files/root.hpp"

#include <algorithm>
#include <cerrno>

namespace files {

namespace {

constexpr base::Duration revalidation_interval{1000};

bool is_out_of_descriptors(const base::Error& error) { return error.code == EMFILE || error.code == ENFILE; }

// Tries again with a descriptor of the reserve when there is none left.
template <class Action>
auto sparingly(os::DescriptorReserve& reserve, Action action) -> decltype(action()) {
    auto result = action();
    while (!result && is_out_of_descriptors(result.error()) && reserve.give_up_one()) result = action();
    return result;
}

// How much of `path` begins with `unjudged` and ends where a component does: nginx's rule for disable_symlinks from=.
std::size_t unjudged_length(std::string_view path, std::string_view unjudged) {
    if (unjudged.empty() || !path.starts_with(unjudged)) return 0;
    if (path.size() == unjudged.size() || path[unjudged.size()] == '/') return unjudged.size();
    return unjudged.ends_with('/') ? unjudged.size() - 1 : 0;
}

bool leads_out(std::string_view relative) {
    return relative.starts_with('/') || relative == ".." || relative.starts_with("../") || relative.ends_with("/..") ||
           relative.find("/../") != std::string_view::npos;
}

base::Result<os::UniqueFd> open_by(int folder, std::string_view path, os::Links links) {
    return os::open_beneath(folder, path, links);
}

base::Result<os::FileStatus> look_by(int folder, std::string_view path, os::Links links) {
    return os::look_beneath(folder, path, links);
}

}  // namespace

Root::Root(std::string path, LinkPolicy policy, os::DescriptorReserve& reserve)
    : path_(std::move(path)), policy_(std::move(policy)), reserve_(reserve) {
    static_cast<void>(refresh(base::Instant{}));
}

base::Result<os::UniqueFd> Root::open(std::string_view relative, base::Instant now) {
    return reach(open_by, relative, now);
}

base::Result<os::FileStatus> Root::look_at(std::string_view relative, base::Instant now) {
    return reach(look_by, relative, now);
}

base::Result<os::FileStatus> Root::glance_at(const std::string& relative) {
    if (policy_.judges_each()) return reach_judged(look_by, relative);
    return os::glance_beneath(folder_.fd(), relative);
}

template <class Action>
auto Root::reach(Action action, std::string_view relative, base::Instant now)
    -> decltype(action(0, relative, os::Links::beneath)) {
    if (auto refreshed = refresh(now); !refreshed) return refreshed.error();
    if (policy_.judges_each()) return reach_judged(action, relative);
    // Where links may lead anywhere the kernel doesn't look after `..`, nor after a path of the machine's own.
    if (policy_.links == os::Links::anywhere && leads_out(relative)) return base::Error::from_code(EXDEV, "open", "..");
    const auto reached_at = [&](std::string_view path) {
        return sparingly(reserve_, [&] { return action(folder_.fd(), path, policy_.links); });
    };
    auto result = reached_at(relative);
    if (result || result.error().code != EXDEV || policy_.links != os::Links::beneath) return result;
    // openat2 takes an absolute link for one that leaves, wherever it leads. The way it really goes is tried once more,
    // beneath the root like every other, so that a link which changes meanwhile gains nothing.
    if (const std::optional<std::string> inside = real_path_inside(relative)) return reached_at(*inside);
    return result;
}

// From where the judging begins, which may be above the root or beneath it.
template <class Action>
auto Root::reach_judged(Action action, std::string_view relative) -> decltype(action(0, relative, os::Links::beneath)) {
    std::string path = path_;
    if (!relative.empty() && !path.ends_with('/')) path.push_back('/');
    path.append(relative);
    if (leads_out(relative)) return base::Error::from_code(EXDEV, "open", path);
    const std::size_t begin = unjudged_length(path, policy_.unjudged);
    const bool all = begin == path.size();
    const auto start =
        sparingly(reserve_, [&] { return os::start_at(all || begin == 0 ? "/" : path.substr(0, begin)); });
    if (!start) return start.error();
    std::string_view judged = path;
    if (!all) judged.remove_prefix(begin);
    judged.remove_prefix(std::min(judged.find_first_not_of('/'), judged.size()));
    return sparingly(reserve_,
                     [&] { return action(start.value().fd(), judged, all ? os::Links::anywhere : policy_.links); });
}

// Where `relative` leads when its links are followed, again relative to the root; nullopt when that is outside. What
// doesn't exist is resolved as far as it does, so that its absence, not its link, will be the reason why it can't be
// opened.
std::optional<std::string> Root::real_path_inside(std::string_view relative) const {
    const std::optional<std::string> root = os::real_path(path_);
    if (!root) return std::nullopt;
    std::string_view existing = relative;
    std::optional<std::string> target = os::real_path(path_ + "/" + std::string{existing});
    while (!target && !existing.empty()) {
        const std::size_t slash = existing.rfind('/');
        existing = slash == std::string_view::npos ? std::string_view{} : existing.substr(0, slash);
        target = os::real_path(path_ + "/" + std::string{existing});
    }
    const std::string prefix = *root == "/" ? *root : *root + "/";
    if (!target || (*target != *root && !target->starts_with(prefix))) return std::nullopt;
    std::string inside = *target == *root ? "" : target->substr(prefix.size());
    std::string_view rest = relative.substr(existing.size());
    if (existing == relative && relative.ends_with('/')) rest = "/";
    if (inside.empty() && rest.starts_with('/')) rest.remove_prefix(1);
    return inside.append(rest);
}

base::Result<void> Root::refresh(base::Instant now) {
    if (folder_ && now - looked_at_ < revalidation_interval) return {};
    return look_again(now);
}

base::Result<void> Root::look_again(base::Instant now) {
    const base::Result<os::FileStatus> current = os::status_of(path_);
    if (!current) {
        forget_folder();
        return current.error();
    }
    looked_at_ = now;
    const os::FileStatus& status = current.value();
    if (folder_ && status.device == identity_.device && status.inode == identity_.inode) return {};
    base::Result<os::UniqueFd> folder = sparingly(reserve_, [&] { return os::open_folder(path_); });
    if (!folder) {
        forget_folder();
        return folder.error();
    }
    folder_ = std::move(folder).value();
    ++generation_;
    identity_ = status;
    return {};
}

void Root::forget_folder() {
    if (folder_) ++generation_;
    folder_.reset();
}

bool has_hidden_component(std::string_view relative) {
    while (!relative.empty()) {
        const std::size_t slash = relative.find('/');
        const std::string_view component = relative.substr(0, slash);
        if (component.starts_with('.') && component != ".well-known") return true;
        if (slash == std::string_view::npos) return false;
        relative.remove_prefix(slash + 1);
    }
    return false;
}

}  // namespace files

#include "files/root.hpp"

#include <cerrno>

namespace files {

namespace {

constexpr base::Duration revalidation_interval{1000};

bool is_out_of_descriptors(const base::Error& error) { return error.code == EMFILE || error.code == ENFILE; }

}  // namespace

Root::Root(std::string path, os::DescriptorReserve& reserve) : path_(std::move(path)), reserve_(reserve) {
    static_cast<void>(refresh(base::Instant{}));
}

base::Result<os::UniqueFd> Root::open(std::string_view relative, base::Instant now) {
    return reach([](int folder, std::string_view path) { return os::open_beneath(folder, path); }, relative, now);
}

base::Result<os::FileStatus> Root::look_at(std::string_view relative, base::Instant now) {
    return reach([](int folder, std::string_view path) { return os::look_beneath(folder, path); }, relative, now);
}

template <class Action>
auto Root::reach(Action action, std::string_view relative, base::Instant now) -> decltype(action(0, relative)) {
    if (auto refreshed = refresh(now); !refreshed) return refreshed.error();
    const auto sparingly = [&](std::string_view path) {
        auto result = action(folder_.fd(), path);
        while (!result && is_out_of_descriptors(result.error()) && reserve_.give_up_one()) {
            result = action(folder_.fd(), path);
        }
        return result;
    };
    auto result = sparingly(relative);
    if (result || result.error().code != EXDEV) return result;
    // openat2 takes an absolute link for one that leaves, wherever it leads. The way it really goes is tried once more,
    // beneath the root like every other, so that a link which changes meanwhile gains nothing.
    if (const std::optional<std::string> inside = real_path_inside(relative)) return sparingly(*inside);
    return result;
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
    base::Result<os::UniqueFd> folder = os::open_folder(path_);
    while (!folder && is_out_of_descriptors(folder.error()) && reserve_.give_up_one()) folder = os::open_folder(path_);
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

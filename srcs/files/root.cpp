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
    if (auto refreshed = refresh(now); !refreshed) return refreshed.error();
    base::Result<os::UniqueFd> file = open_sparingly(relative);
    if (file || file.error().code != EXDEV) return file;
    // openat2 takes an absolute link for one that leaves, wherever it leads. The way it really goes is tried once
    // more, beneath the root like every other, so that a link which changes meanwhile gains nothing.
    if (const std::optional<std::string> inside = real_path_inside(relative)) return open_sparingly(*inside);
    return file;
}

base::Result<os::FileStatus> Root::look_at(std::string_view relative, base::Instant now) {
    if (auto refreshed = refresh(now); !refreshed) return refreshed.error();
    base::Result<os::FileStatus> status = os::look_beneath(folder_.fd(), relative);
    if (status || status.error().code != EXDEV) return status;
    if (const std::optional<std::string> inside = real_path_inside(relative))
        return os::look_beneath(folder_.fd(), *inside);
    return status;
}

base::Result<os::UniqueFd> Root::open_sparingly(std::string_view relative) {
    base::Result<os::UniqueFd> file = os::open_beneath(folder_.fd(), relative);
    while (!file && is_out_of_descriptors(file.error()) && reserve_.give_up_one()) {
        file = os::open_beneath(folder_.fd(), relative);
    }
    return file;
}

std::optional<std::string> Root::real_path_inside(std::string_view relative) const {
    const std::optional<std::string> root = os::real_path(path_);
    const std::optional<std::string> target = os::real_path(path_ + "/" + std::string{relative});
    if (!root || !target) return std::nullopt;
    if (*target == *root) return "";
    const std::string prefix = *root == "/" ? *root : *root + "/";
    if (!target->starts_with(prefix)) return std::nullopt;
    return target->substr(prefix.size());
}

base::Result<void> Root::refresh(base::Instant now) {
    if (folder_ && now - looked_at_ < revalidation_interval) return {};
    const base::Result<os::FileStatus> current = os::status_of(path_);
    if (!current) {
        folder_.reset();
        return current.error();
    }
    looked_at_ = now;
    const os::FileStatus& status = current.value();
    if (folder_ && status.device == identity_.device && status.inode == identity_.inode) return {};
    base::Result<os::UniqueFd> folder = os::open_folder(path_);
    while (!folder && is_out_of_descriptors(folder.error()) && reserve_.give_up_one()) folder = os::open_folder(path_);
    if (!folder) {
        folder_.reset();
        return folder.error();
    }
    folder_ = std::move(folder).value();
    identity_ = status;
    return {};
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

#include "files/trail.hpp"

#include <optional>
#include <string>

#include "os/file.hpp"

namespace files {

namespace {

constexpr int most_links = 40;  // as many as the kernel follows (path_resolution(7))

// Takes the next component off the front of `path`, with the slashes around it.
std::string take_component(std::string& path) {
    const std::size_t begin = std::min(path.find_first_not_of('/'), path.size());
    const std::size_t end = std::min(path.find('/', begin), path.size());
    std::string component = path.substr(begin, end - begin);
    path.erase(0, std::min(path.find_first_not_of('/', end), path.size()));
    return component;
}

std::string parent_of(const std::string& folder) {
    const std::size_t slash = folder.rfind('/');
    return slash == std::string::npos ? std::string{} : folder.substr(0, slash);
}

// An absolute link's target, relative to the root; nullopt: it leads out of it.
std::optional<std::string> beneath(const Root& root, const std::string& target) {
    const std::optional<std::string> real_root = os::real_path(root.path());
    if (!real_root) return std::nullopt;
    if (target == *real_root) return "";
    const std::string prefix = *real_root == "/" ? *real_root : *real_root + "/";
    if (!target.starts_with(prefix)) return std::nullopt;
    return target.substr(prefix.size());
}

}  // namespace

bool watch_trail(Watcher& watcher, const Root& root, std::string_view relative, Observer& observer,
                 Subscriptions& subscriptions) {
    const auto watch = [&](const std::string& folder, std::string_view name) {
        return watcher.watch_name(root.folder(), folder, name, observer, subscriptions);
    };
    if (watch("", "") != Watcher::Outcome::watched) return false;
    std::string folder;  // where the way has led so far, all links followed
    std::string ahead{relative};
    for (int links = 0; !ahead.empty();) {
        const std::string component = take_component(ahead);
        if (component.empty() || component == ".") continue;
        if (component == "..") {               // only a link's target has it
            if (folder.empty()) return false;  // leaves the root, and perhaps comes back
            folder = parent_of(folder);
            continue;
        }
        switch (watch(folder, component)) {
            case Watcher::Outcome::watched: break;
            case Watcher::Outcome::absent: return true;  // the way ends before; who makes it longer is watched
            case Watcher::Outcome::unwatchable: return false;
        }
        std::string next = folder.empty() ? component : folder + "/" + component;
        const std::optional<std::string> target = os::link_target(root.folder(), next);
        if (!target) {
            folder = std::move(next);
            continue;
        }
        if (++links > most_links) return true;
        const bool absolute = target->starts_with('/');
        const std::optional<std::string> way = absolute ? beneath(root, *target) : target;
        if (!way) return false;
        if (absolute) folder.clear();
        ahead = *way + "/" + ahead;
    }
    return true;
}

}  // namespace files

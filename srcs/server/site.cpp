#include "server/site.hpp"

#include <algorithm>
#include <climits>

#include "os/file.hpp"
#include "routing/resource.hpp"

namespace server {

namespace {

base::Error at(const config::Origin& origin, base::Error error) {
    if (origin.line > 0) error.message = origin.to_string() + ": " + error.message;
    return error;
}

// Most descriptors are for connections.
files::CacheLimits limits_of(const config::FileCache& settings, std::uint64_t descriptors) {
    constexpr std::uint64_t share = 16;
    constexpr std::uint64_t most = 1024;
    return {
        .entries = settings.entries,
        .bytes = settings.bytes,
        .open_files = static_cast<std::size_t>(std::clamp<std::uint64_t>(descriptors / share, 1, most)),
        .inactive = settings.inactive,
    };
}

files::CompressorLimits limits_of(const config::Compression& settings) {
    return {
        .children = settings.children,
        .queue = settings.queue,
        .timeout = settings.timeout,
        .largest = settings.largest,
    };
}

void tell_of_missing_programs(const config::Compression& settings, os::ErrorLog& log) {
    for (http::ContentCoding coding : http::content_codings) {
        const std::size_t index = http::index_of(coding);
        if (!settings.wanted[index] || !settings.programs[index].empty()) continue;
        const std::string program{config::program_for(coding)};
        log.write(os::LogLevel::warn,
                  program + " is on, but there is no program " + program + " in PATH: files are served as they are");
    }
}

}  // namespace

base::Result<Logs> Logs::open(const config::Settings& settings) {
    Logs logs;
    for (const config::ErrorLog& log : settings.error_logs) {
        base::Result<os::LogSink> sink = os::LogSink::open(log.path);
        if (!sink) return at(log.origin, sink.error());
        logs.error_logs.push_back(std::move(sink).value());
    }
    for (const config::AccessLog& log : settings.access_logs) {
        if (log.rest) {
            logs.access_logs.emplace_back();
            continue;
        }
        base::Result<os::LogSink> sink = os::LogSink::open(log.path);
        if (!sink) return at(log.origin, sink.error());
        logs.access_logs.push_back(std::move(sink).value());
    }
    return logs;
}

base::Result<Logs> Logs::open_silent(const config::Settings& settings) {
    Logs logs;
    logs.access_logs.resize(settings.access_logs.size());
    while (logs.error_logs.size() < settings.error_logs.size()) {
        base::Result<os::LogSink> sink = os::LogSink::open("/dev/null");
        if (!sink) return sink.error();
        logs.error_logs.push_back(std::move(sink).value());
    }
    return logs;
}

void Logs::reopen(const std::function<void(const base::Error&)>& complain) {
    const auto reopen_one = [&](os::LogSink& sink) {
        if (auto reopened = sink.reopen(); !reopened) complain(reopened.error());
    };
    for (os::LogSink& sink : error_logs) reopen_one(sink);
    for (std::optional<os::LogSink>& sink : access_logs)
        if (sink) reopen_one(*sink);
}

Site::Site(std::shared_ptr<const config::Settings> settings, const Ground& ground)
    : settings_(std::move(settings)),
      routes_(*settings_, ground.reserve),
      watcher_(ground.loop),
      files_(limits_of(settings_->file_cache, ground.descriptors), watcher_, ground.clock, ground.timers),
      log_files_(settings_->log_file_cache, ground.clock, ground.timers) {
    constexpr std::size_t longest_suffix = 64;
    scratch_.reserve(PATH_MAX + longest_suffix);
}

base::Result<std::unique_ptr<Site>> Site::open(std::shared_ptr<const config::Settings> settings, Logs logs,
                                               const Ground& ground) {
    std::unique_ptr<Site> site{new Site{std::move(settings), ground}};
    for (std::size_t i = 0; i < logs.error_logs.size(); ++i)
        site->error_logs_.push_back(std::make_unique<os::ErrorLog>(std::move(logs.error_logs[i]),
                                                                   site->settings().error_logs[i].level, ground.clock));
    const config::Compression& compression = site->settings().compression;
    tell_of_missing_programs(compression, site->error_log());
    site->compressor_ = std::make_unique<files::Compressor>(
        compression.programs, limits_of(compression),
        files::Compressor::Ground{site->files_, ground.clock, ground.loop, ground.timers, site->error_log()});
    for (std::size_t i = 0; i < logs.access_logs.size(); ++i) {
        std::unique_ptr<AccessLog>& log = site->access_logs_.emplace_back();
        if (!logs.access_logs[i]) continue;
        log = std::make_unique<AccessLog>(std::move(*logs.access_logs[i]), site->settings().access_logs[i],
                                          ground.clock, ground.timers, site->error_log());
    }
    if (site->settings().checks_passwords)
        site->logins_ = std::make_unique<handlers::Logins>(ground.loop, ground.timers, ground.clock, site->error_log());
    return site;
}

AccessLog* Site::access_log(std::size_t index, const routing::Request& request, const routing::Reply& reply) {
    if (access_logs_[index]) return access_logs_[index].get();
    const config::AccessLog& settings = settings_->access_logs[index];
    std::string path = settings.path + "/";
    for (const config::Template::Part& part : settings.rest->parts()) {
        path.append(part.text);
        if (!part.variable) continue;
        // A value can't lead into another folder, nor to a hidden file.
        const std::size_t begin = path.size();
        routing::append_variable(path, *part.variable, request, &reply);
        std::replace(path.begin() + static_cast<std::ptrdiff_t>(begin), path.end(), '/', '_');
        if (path[begin - 1] == '/' && path.size() > begin && path[begin] == '.') path[begin] = '_';
    }
    if (AccessLog* log = log_files_.find(path)) return log;
    // As in nginx: a client that makes up names fills no folder with files.
    const std::optional<std::string> root = routing::document_root(request);
    const auto status = os::status_of(root.value_or(""));
    if (!status || status.value().kind != os::FileStatus::Kind::folder) return nullptr;
    return log_files_.open(path, settings, error_log());
}

void Site::reopen_logs() {
    const auto complain = [this](const base::Result<void>& reopened) {
        if (!reopened) error_log().write(os::LogLevel::alert, reopened.error().message + "; the old file stays in use");
    };
    for (const auto& log : error_logs_) complain(log->reopen());
    for (const auto& log : access_logs_)
        if (log) complain(log->reopen());
    log_files_.reopen();
}

void Site::flush_logs() {
    for (const auto& log : access_logs_)
        if (log) log->flush();
    log_files_.flush();
    flush_error_logs();
}

void Site::flush_error_logs() {
    if (!unwatched_told_ && watcher_.missed() > 0) {
        unwatched_told_ = true;
        error_log().write(os::LogLevel::warn,
                          "some files can't be watched for changes (inotify): those are looked at once a second; where "
                          "there are too many, raise fs.inotify.max_user_watches or lower open_file_cache's max");
    }
    for (const auto& log : error_logs_) log->flush();
}

}  // namespace server

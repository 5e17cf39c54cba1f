// One configuration at work: the settings, their compiled routes, their logs.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "config/settings.hpp"
#include "files/cache.hpp"
#include "files/compressor.hpp"
#include "files/watcher.hpp"
#include "handlers/logins.hpp"
#include "handlers/pages.hpp"
#include "net/event_loop.hpp"
#include "net/timers.hpp"
#include "os/log.hpp"
#include "os/sandbox.hpp"
#include "routing/request.hpp"
#include "routing/variables.hpp"
#include "server/access_log.hpp"
#include "server/log_files.hpp"
#include "server/ready_pages.hpp"

namespace server {

// The log files of a configuration, open; indices as in Settings.
struct Logs {
    std::vector<os::LogSink> error_logs;
    std::vector<std::optional<os::LogSink>> access_logs;  // none where variables are part of the path

    static base::Result<Logs> open(const config::Settings& settings);
    // As many, which keep nothing.
    static base::Result<Logs> open_silent(const config::Settings& settings);
    // Gives each file that could not be opened anew, and stays as it is, to `complain`.
    void reopen(const std::function<void(const base::Error&)>& complain);
};

class Site {
public:
    // What a site is built on; all of it must outlive the Site.
    struct Ground {
        const base::Clock& clock;
        net::EventLoop& loop;
        net::Timers& timers;
        os::DescriptorReserve& reserve;
        std::uint64_t descriptors;  // how many the process may have
    };

    // Takes the logs over.
    static base::Result<std::unique_ptr<Site>> open(std::shared_ptr<const config::Settings> settings, Logs logs,
                                                    const Ground& ground);

    const config::Settings& settings() const { return *settings_; }
    const routing::RouteTable& routes() const { return routes_; }
    files::Cache& files() { return files_; }
    files::Compressor& compressor() { return *compressor_; }
    files::Watcher& watcher() { return watcher_; }
    handlers::Pages& pages() { return pages_; }
    handlers::Logins* logins() { return logins_.get(); }  // null where no location has a file of passwords
    ReadyPages& ready_pages() { return ready_pages_; }
    std::string& scratch() { return scratch_; }
    routing::Workspace& workspace() { return workspace_; }

    // Of the socket with this index in Settings::sockets.
    const config::Server& default_server(std::size_t socket) const {
        return settings_->servers[settings_->sockets[socket].default_server];
    }

    os::ErrorLog& error_log() { return *error_logs_.front(); }  // of the outermost level
    os::ErrorLog& error_log(const config::LocationSettings& settings) { return *error_logs_[settings.error_log]; }
    // Where the request's line goes; null where the log can't be opened now.
    AccessLog* access_log(std::size_t index, const routing::Request& request, const routing::Reply& reply);
    void flush_logs();
    // At the end of a turn: also tells, once, that there are files which can't be watched.
    void flush_error_logs();
    void reopen_logs();  // what can't be opened anew stays as it is, and the error log says so

private:
    Site(std::shared_ptr<const config::Settings> settings, const Ground& ground);

    std::shared_ptr<const config::Settings> settings_;
    routing::RouteTable routes_;
    files::Watcher watcher_;
    files::Cache files_;
    handlers::Pages pages_;
    ReadyPages ready_pages_;
    std::string scratch_;
    routing::Workspace workspace_;
    bool unwatched_told_ = false;                            // that some files are not watched
    std::vector<std::unique_ptr<os::ErrorLog>> error_logs_;  // index as in Settings::error_logs
    std::vector<std::unique_ptr<AccessLog>> access_logs_;    // index as in Settings::access_logs; null as in Logs
    LogFiles log_files_;
    std::unique_ptr<handlers::Logins> logins_;
    std::unique_ptr<files::Compressor> compressor_;
};

}  // namespace server

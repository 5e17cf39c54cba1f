// One configuration at work: the settings, their compiled routes, their logs.
#pragma once

#include <memory>
#include <vector>

#include "base/result.hpp"
#include "config/settings.hpp"
#include "net/timers.hpp"
#include "os/log.hpp"
#include "os/sandbox.hpp"
#include "routing/route.hpp"
#include "server/access_log.hpp"

namespace server {

class Site {
public:
    // Opens the logs. `clock`, `timers` and `reserve` must outlive the Site.
    static base::Result<std::unique_ptr<Site>> open(std::shared_ptr<const config::Settings> settings,
                                                    const base::Clock& clock, net::Timers& timers,
                                                    os::DescriptorReserve& reserve);

    const config::Settings& settings() const { return *settings_; }
    const routing::RouteTable& routes() const { return routes_; }

    // Of the socket with this index in Settings::sockets.
    const config::Server& default_server(std::size_t socket) const {
        return settings_->servers[settings_->sockets[socket].default_server];
    }

    os::ErrorLog& error_log() { return *error_logs_.front(); }  // of the outermost level
    os::ErrorLog& error_log(const config::LocationSettings& settings) { return *error_logs_[settings.error_log]; }
    AccessLog& access_log(std::size_t index) { return *access_logs_[index]; }
    void flush_logs();
    void reopen_logs();  // what can't be opened anew stays as it is, and the error log says so

private:
    Site(std::shared_ptr<const config::Settings> settings, os::DescriptorReserve& reserve)
        : settings_(std::move(settings)), routes_(*settings_, reserve) {}

    std::shared_ptr<const config::Settings> settings_;
    routing::RouteTable routes_;
    std::vector<std::unique_ptr<os::ErrorLog>> error_logs_;  // index as in Settings::error_logs
    std::vector<std::unique_ptr<AccessLog>> access_logs_;    // index as in Settings::access_logs
};

}  // namespace server

// Feeds bytes to the configuration reader as a file of their own: lexer, parser, binder, and the rendering of whatever
// they report. Nothing outside of the bytes is touched: include and the look at folders and users are off.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include "config/load.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text(reinterpret_cast<const char*>(data), size);
    const config::Loaded loaded = config::load_text("fuzz.conf", std::move(text));
    bool failed = false;
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
        failed = failed || diagnostic.severity == config::Severity::error;
        if (config::render(diagnostic).empty()) std::abort();
    }
    // Settings exist exactly when there is no error, and are complete then.
    if (failed != (loaded.settings == nullptr)) std::abort();
    if (loaded.settings && (loaded.settings->sockets.empty() || loaded.settings->error_logs.empty())) std::abort();
    return 0;
}

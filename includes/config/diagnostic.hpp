// What is to be said about a configuration: each message with its place, and all of one run collected, so that nobody
// has to correct one mistake to be told of the next. Knows no directive.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/settings.hpp"
#include "config/source.hpp"
#include "config/warnings.hpp"

namespace config {

enum class Severity : std::uint8_t {
    error,    // there are no settings
    warning,  // it works, though hardly as meant
    skipped,  // refused, but left out on request, so that the rest can be looked at
    note,     // a directive that is accepted without effect
};

struct Diagnostic {
    Severity severity = Severity::error;
    Origin origin;            // line 0: the file as a whole
    std::string message;      // what is wrong, and why where that is not plain
    std::string hint;         // the cure; may be empty
    std::string source_line;  // the line the origin names, without its end; empty where there is none
    std::size_t width = 1;    // bytes from the origin's column on that the message is about
    std::size_t order = 0;    // which file of the run, for sorting
    std::string_view code{};  // of a warning, or of why something was skipped; may be empty
};

// conf/x.conf:12:5: error: unknown directive "listn"; did you mean "listen"?
//     listn 8080;
//     ^~~~~
// Three lines (one without a source line), each with its line end.
std::string render(const Diagnostic& diagnostic);

// Why something that nginx has is refused, for the list of `-t --tolerant`.
enum class Lack : std::uint8_t {
    tls,       // speaking TLS
    protocol,  // HTTP/2, HTTP/3
    upstream,  // forwarding to another server
    language,  // a language compiled in, or a program that runs beside
    filter,    // rewriting what is sent
    later,     // not there yet
    other,     // it is said or done in another way here
};
std::string_view name_of(Lack lack);  // "TLS", "an upstream"

class Report {
public:
    static constexpr std::size_t most_kept = 100;  // errors; as many warnings and notes

    // `tolerant`: what is refused is listed, and no error.
    explicit Report(bool tolerant = false) : tolerant_(tolerant) {}

    void error(const Token& at, std::string message, std::string hint = {});
    void warning(Warning warning, const Token& at, std::string message, std::string hint = {});
    void warning(const Token& at, std::string message, std::string hint = {}) {  // one that needs no code of its own
        warning(Warning::unlikely, at, std::move(message), std::move(hint));
    }
    void note(const Token& at, std::string message, std::string hint = {});
    // What webserv knows by name and doesn't do.
    void refusal(Lack lack, const Token& at, std::string message, std::string hint);
    void file_error(const std::string& file, std::string message, std::string hint = {});

    bool failed() const { return errors_ > 0; }

    // So many errors that nobody reads on: what is reported from here on is only counted, and there is no use in
    // looking for more.
    bool full() const { return errors_ > most_kept; }

    // All messages by file (in the order of reading), line and column. Empties the report.
    std::vector<Diagnostic> take();

private:
    bool keeps(Severity severity);
    void add(Severity severity, const Token& at, std::string message, std::string hint, std::string_view code = {});

    bool tolerant_;
    std::vector<Diagnostic> diagnostics_;
    std::size_t errors_ = 0;
    std::size_t remarks_ = 0;  // warnings and notes
};

// "x" with its quotes, bytes outside printable ASCII and UTF-8 made visible, cut when very long: for messages.
std::string quoted(std::string_view text);

}  // namespace config

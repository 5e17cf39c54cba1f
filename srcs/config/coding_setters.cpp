#include "config/coding_setters.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.hpp"
#include "os/process.hpp"

namespace config {

namespace {

using http::ContentCoding;

// "gzip_types" is about gzip, "brotli_types" about br.
ContentCoding coding_of(const Directive& directive) {
    for (ContentCoding coding : http::content_codings) {
        if (directive.name.text.starts_with(program_for(coding))) return coding;
    }
    return ContentCoding::identity;  // no row has such a name
}

Coding& settings_for(const Directive& directive, Level& level) {
    return level.settings().codings.of(coding_of(directive));
}

void note_use(Codings& codings) {
    codings.in_use = std::ranges::any_of(
        codings.all, [](const Coding& one) { return one.compresses || one.sidecars != Sidecars::off; });
}

// The programs are looked for once, when the configuration is read.
void want_program(const Directive& directive, ContentCoding coding, Build& build) {
    Compression& compression = build.settings.compression;
    const std::size_t index = http::index_of(coding);
    const bool known = std::exchange(compression.wanted[index], true);
    if (known || !build.check_world) return;
    const std::string name{program_for(coding)};
    compression.programs[index] = os::find_program(name);
    if (compression.programs[index].empty())
        build.report.note(directive.name,
                          name + ": there is no program " + name + " in PATH: files are served as they are",
                          "install it, or write \"" + name + " off;\"");
}

struct ProxiedName {
    std::string_view name;
    Proxied value;
};
constexpr auto proxied_names = std::to_array<ProxiedName>({
    {"expired", Proxied::expired},
    {"no-cache", Proxied::no_cache},
    {"no-store", Proxied::no_store},
    {"private", Proxied::private_},
    {"no_last_modified", Proxied::no_last_modified},
    {"no_etag", Proxied::no_etag},
    {"auth", Proxied::auth},
    {"any", Proxied::any},
});

}  // namespace

void set_compresses(const Directive& directive, Level& level, Build& build) {
    const auto on = checked(parse_flag(directive.arguments[0].text), directive, directive.arguments[0], build);
    if (!on) return;
    settings_for(directive, level).compresses = *on;
    note_use(level.settings().codings);
    if (*on) want_program(directive, coding_of(directive), build);
}

void set_sidecars(const Directive& directive, Level& level, Build& build) {
    const Token& how = directive.arguments[0];
    if (base::equals_ignoring_case(how.text, "always")) {
        settings_for(directive, level).sidecars = Sidecars::always;
    } else if (const auto on = parse_flag(how.text)) {
        settings_for(directive, level).sidecars = on.value() ? Sidecars::on : Sidecars::off;
    } else {
        build.report.error(how, directive.name.text + ": " + quoted(how.text) + " is neither on, off nor always");
    }
    note_use(level.settings().codings);
}

void set_coded_types(const Directive& directive, Level& level, Build& build) {
    Coding& coding = settings_for(directive, level);
    coding.types.clear();
    coding.all_types = false;
    for (const Token& type : directive.arguments) {
        const std::size_t slash = type.text.find('/');
        const bool is_type =
            slash != 0 && slash + 1 < type.text.size() && type.text.find_first_of(";*, ") == std::string::npos;
        if (type.text == "*") {
            coding.all_types = true;
        } else if (slash == std::string::npos || !is_type) {
            build.report.error(type, directive.name.text + ": " + quoted(type.text) + " is no media type",
                               "write types such as text/css application/javascript, or * for all");
        } else if (type.text != "text/html") {
            coding.types.push_back(base::lower_case(type.text));
        }
    }
}

void set_min_length(const Directive& directive, Level& level, Build& build) {
    if (const auto size = checked(parse_size(directive.arguments[0].text), directive, directive.arguments[0], build))
        settings_for(directive, level).min_length = *size;
}

void set_comp_level(const Directive& directive, Level& level, Build& build) {
    struct Bounds {
        std::uint64_t least;
        std::uint64_t most;
    };
    constexpr std::array<Bounds, http::coding_count> bounds{{{1, 22}, {0, 11}, {1, 9}}};
    const auto [least, most] = bounds[http::index_of(coding_of(directive))];
    const Token& value = directive.arguments[0];
    if (const auto number = checked(parse_count(value.text, least, most), directive, value, build))
        settings_for(directive, level).level = static_cast<unsigned>(*number);
}

void set_window(const Directive& directive, Level& level, Build& build) {
    constexpr unsigned least = 10;  // 1k
    constexpr unsigned most = 24;   // 16m
    const Token& value = directive.arguments[0];
    const auto size = checked(parse_size(value.text), directive, value, build);
    if (!size) return;
    for (unsigned bits = least; bits <= most; ++bits) {
        if (*size == std::uint64_t{1} << bits) {
            settings_for(directive, level).window = bits;
            return;
        }
    }
    build.report.error(value, directive.name.text + ": " + quoted(value.text) + " is no window size",
                       "write a power of two from 1k to 16m, such as 512k");
}

void set_vary(const Directive& directive, Level& level, Build& build) {
    if (const auto on = checked(parse_flag(directive.arguments[0].text), directive, directive.arguments[0], build))
        level.settings().codings.vary = *on;
}

void set_gzip_version(const Directive& directive, Level& level, Build& build) {
    const Token& version = directive.arguments[0];
    if (version.text != "1.0" && version.text != "1.1")
        return build.report.error(version, "gzip_http_version: " + quoted(version.text) + " is neither 1.0 nor 1.1");
    level.settings().codings.least_version = version.text == "1.0" ? http::Version::http_1_0 : http::Version::http_1_1;
}

void set_gzip_proxied(const Directive& directive, Level& level, Build& build) {
    ProxiedSet& proxied = level.settings().codings.proxied;
    proxied = {};
    for (const Token& value : directive.arguments) {
        if (value.text == "off" && directive.arguments.size() == 1) return;
        const auto* row = std::ranges::find(proxied_names, value.text, &ProxiedName::name);
        if (row != proxied_names.end()) {
            proxied.add(row->value);
            continue;
        }
        build.report.error(
            value, "gzip_proxied: " + quoted(value.text) + (value.text == "off" ? " stands alone" : " is unknown"),
            "write off, any, or some of expired, no-cache, no-store, private, no_last_modified, no_etag "
            "and auth");
    }
}

void set_gzip_disable(const Directive& directive, Level& level, Build& build) {
    Codings& codings = level.settings().codings;
    codings.not_for_msie6 = false;
    codings.not_for.clear();
    for (const Token& pattern : directive.arguments) {
        if (pattern.text == "msie6") {
            codings.not_for_msie6 = true;
            continue;
        }
        // Case-blind, as nginx has it.
        auto regex = checked(base::Regex::compile(pattern.text, base::Regex::Case::blind), directive, pattern, build);
        if (regex) codings.not_for.push_back(std::move(*regex));
    }
}

void set_compression_limits(const Directive& directive, Level&, Build& build) {
    Compression& compression = build.settings.compression;
    for (const Token& option : directive.arguments) {
        const std::size_t equals = std::min(option.text.find('='), option.text.size());
        const std::string_view name = std::string_view{option.text}.substr(0, equals);
        const std::string_view value = std::string_view{option.text}.substr(std::min(equals + 1, option.text.size()));
        if (name == "children") {
            if (const auto count = checked(parse_count(value, 1, 64), directive, option, build))
                compression.children = static_cast<std::size_t>(*count);
        } else if (name == "queue") {
            if (const auto count = checked(parse_count(value, 1, 10'000), directive, option, build))
                compression.queue = static_cast<std::size_t>(*count);
        } else if (name == "timeout") {
            if (const auto time = checked(parse_duration(value), directive, option, build))
                compression.timeout = std::max<base::Duration>(*time, std::chrono::milliseconds{1});
        } else if (name == "largest") {
            if (const auto size = checked(parse_size(value), directive, option, build)) compression.largest = *size;
        } else {
            build.report.error(option, "compression_limits: unknown option " + quoted(option.text),
                               "write children=number, queue=number, timeout=time or largest=size");
        }
    }
}

}  // namespace config

#include "config/differences.hpp"

#include <array>

namespace config {

namespace {

// clang-format off: a row is a row of the table
constexpr std::array answers = std::to_array<Difference>({
    {"`Location` of a redirect is relative", "absolute", "it stays right behind a proxy and on any port",
     "`absolute_redirect on;`"},
    {"a redirect to `//x` stays on this server, as `/.//x`", "with `absolute_redirect off`, it leads to the host x",
     "a client may have chosen x", "`return 301 http://x/;`"},
    {"`charset utf-8`", "`charset off`", "it is what files are written in", "`charset off;`"},
    {"`add_header` of Content-Type, Location, Expires or Accept-Ranges takes the place of the answer's own",
     "both are sent", "these fields have one line (RFC 9110 5.3)", "-"},
    {"416 has the `add_header` lines that an error has", "those of a 200 as well, some twice", "it is an error", "-"},
    {"paths with a name that begins with a dot are not served, but `.well-known`", "served",
     "nobody meant to publish `.git` and `.htpasswd`", "-"},
    {"symbolic links that leave the root are refused", "followed", "a link must not open the machine",
     "`disable_symlinks off;`"},
    {"`disable_symlinks on` answers 403 for each link", "404 where a link on the way is a folder",
     "documented is \"denied\"", "-"},
    {"`alias` takes whole path segments", "`location /a { alias /b/; }` gives `/a../x` a way out of `/b`",
     "a known hole", "-"},
    {"the ETag of a small file is a hash of its content", "its time and size",
     "it is right whatever happened to the "
     "time, and the same on every machine",
     "-"},
    {"no `Last-Modified` from a time in the future, or of 0 or 1", "sent", "such a time says nothing", "-"},
    {"a changed file is served changed at once, whatever `open_file_cache` keeps", "after `open_file_cache_valid`",
     "the kernel tells of changes", "-"},
    {"listings are pages with rounded sizes, sorting and a filter", "a list in `<pre>`", "people read them",
     "`autoindex_exact_size on;` for bytes"},
    {"a listing leaves out what can't be served", "FIFOs and broken links are in it",
     "a link in it should lead somewhere", "-"},
    {"names that aren't UTF-8 have U+FFFD in JSON and XML", "their bytes as they are", "it wouldn't be JSON or XML",
     "-"},
    {"`gzip on` compresses each version of a file once, and files only", "every answer anew", "the work is done once",
     "-"},
    {"encoded answers have strong ETags of their own, and ranges", "weak ones, no ranges",
     "the encoded bytes stay the same", "-"},
    {"`gzip_vary on`", "`off`", "a cache must not give gzip to who can't read it (RFC 9110 12.5.5)",
     "`gzip_vary off;`"},
    {"`gzip_comp_level 6`, `zstd_comp_level 3`", "1", "it is done once", "`gzip_comp_level 1;`"},
    {"`gzip_static` leaves a .gz alone that is older than its file", "used", "it is of a version that is gone", "-"},
    {"`gzip_static on` needs the file itself", "FILE.gz alone answers", "who takes no gzip gets it, too",
     "`gzip_static always;`"},
    {"`x-gzip` is `gzip`, in Accept-Encoding too", "unknown", "RFC 9110 8.4.1.3", "-"},
    {"`limit_rate` counts in eighths of a second", "in whole ones", "what is sent comes evenly", "-"},
    {"a target with a fragment is answered 400", "cut off at the `#`", "no client sends one (RFC 9112 3.2)", "-"},
    {"`If-Modified-Since` is ignored beside `If-None-Match`", "both have to be met", "RFC 9110 13.1.3", "-"},
    {"conditions that are no date, invalid ranges, and ranges of a HEAD are ignored", "412, 416, 206",
     "RFC 9110 13.1.4, 14.1.1, 14.2", "-"},
    {"ranges that overlap or nearly touch become one", "each is a part", "less is sent (RFC 9110 15.3.7.2)", "-"},
    {"`Expect` with anything but `100-continue` is answered 417", "ignored", "RFC 9110 10.1.1", "-"},
    {"OPTIONS tells what is allowed; unknown methods, and those in lower case, are answered 501", "405, 400",
     "RFC 9110 9.1, 9.3.7", "-"},
    {"`return 444 text;` closes the connection, too", "444 with the text", "444 means closing", "`return 404 text;`"},
    {"an `error_page` that fails itself gives way to the answer that wanted it", "its own failure answers",
     "what was wrong stays visible", "`recursive_error_pages on;`"},
    {"the type of a file in an `alias` or `index` is that of its own name, unless a `default_type` is said for a path "
     "without ending",
     "of the path", "it is the file that is sent", "a `types` block in the location"},
    {"groups in redirects are percent-encoded again", "as they are", "a URL has no spaces", "-"},
    {"`$sent_http_*` is what is sent", "that of the whole file, where a range is", "it says so", "-"},
    {"`limit_except` with `deny all` alone answers 405 with Allow", "403", "it is what 405 is for (RFC 9110 15.5.6)",
     "`error_page 405 =403 /403.html;`"},
    {"a method that a file can't take is answered 405 with Allow", "405 without", "the client can tell what would work",
     "-"},
    {"`WWW-Authenticate` says `charset=\"UTF-8\"`", "nothing", "browsers agree on how to send names (RFC 7617 2.1)",
     "-"},
    {"a head that is too large is answered 431", "400", "the client can tell why (RFC 6585 5)", "-"},
    {"framing in doubt, a bare CR or a folded field line is refused and ends the connection", "sometimes repaired",
     "requests are smuggled in doubts", "-"},
    {"a field line that is not well-formed is answered 400", "left out (`ignore_invalid_headers on`)",
     "who reads it otherwise than we do is fooled", "-"},
    {"a field name with an underscore is kept", "left out", "it is valid (RFC 9110 5.1)", "-"},
    {"content that comes too slowly on the whole is answered 408", "only the time between two reads counts",
     "one byte a minute holds a connection for ever", "a longer `client_body_timeout`"},
    {"an answer on a connection with unread content is followed by lingering", "only sometimes",
     "a reset takes the answer away (RFC 9112 9.6)", "-"},
});

constexpr std::array language = std::to_array<Difference>({
    {"bare `server { }` blocks are a configuration", "needs `events { }` and `http { }`", "one site needs no ceremony",
     "the full form works"},
    {"`root` and `alias` name folders that exist", "found out by the first visitor",
     "a misspelt path is seen at the start", "-"},
    {"no `root` unless it is given", "`html` under the prefix", "nothing is served that nobody named", "`root html;`"},
    {"relative paths start at the configuration's folder", "at a prefix built in", "a folder can be moved as a whole",
     "absolute paths"},
    {"media types are built in", "`include mime.types;`", "one file less; a `types` block replaces them",
     "`include mime.types;`"},
    {"text files are `text/plain` and the like, others `application/octet-stream`",
     "`default_type text/plain` unless it is given", "an unknown file is no text", "`default_type text/plain;`"},
    {"one `error_log` a block", "several", "one place to look at", "-"},
    {"`access_log off` beside a log in the same block is refused", "`off` wins", "it is one or the other", "-"},
    {"`location a { }` is refused", "never reached", "a path begins with `/`", "-"},
    {"`auth_basic` without `auth_basic_user_file` lets nobody in", "everybody", "who asks for passwords wants them",
     "-"},
    {"a password file with a line that can't be checked is refused", "answers 500 or 401 later",
     "it is seen at the start", "-"},
    {"`add_header` of Connection, Content-Length, Content-Range, Date, Server, Trailer, Transfer-Encoding or Upgrade "
     "is refused",
     "sent beside the right one", "nobody would know which to believe", "-"},
    {"`return 301;` without a URL is refused", "a redirect to nowhere", "a mistake in every case", "-"},
    {"`listen` options may be repeated when they are equal", "refused", "nothing is unclear", "-"},
    {"`listen 0` lets the kernel choose a port", "refused", "tests take what is free", "-"},
    {"`localhost` is 127.0.0.1, other host names are refused", "looked up at the start",
     "a start doesn't depend on DNS", "write the address"},
    {"a connection is taken when its first bytes are there", "at once", "nobody is woken for nothing",
     "`listen 80 deferred=off;`"},
    {"`open_file_cache` is on, and has `bytes`", "off", "what is kept is never stale", "`open_file_cache off;`"},
    {"files that aren't in memory are read by helper threads", "by the worker, which waits",
     "a slow disk holds up who asked, and nobody else", "`aio off;`"},
    {"`keepalive_timeout` takes one time", "a second is sent in a Keep-Alive field", "browsers take no notice of it",
     "-"},
    {"all mistakes of a file are reported in one run", "the first", "nobody has to start ten times", "-"},
});

constexpr std::array process = std::to_array<Difference>({
    {"logs on standard output and standard error", "files under the prefix", "systemd and containers read them",
     "`access_log logs/access.log;` `error_log logs/error.log;`"},
    {"no `pid` file unless it is given", "`logs/nginx.pid`", "a supervisor knows the process", "`pid logs/nginx.pid;`"},
    {"TERM and INT let running requests finish, as QUIT does", "they cut them off", "a stop loses nothing",
     "send the signal twice"},
    {"HUP reloads nothing", "it reloads the configuration", "a terminal that hangs up ends the server",
     "stop and start: what runs is finished"},
    {"stays in the foreground", "`daemon on`", "watched by whoever started it", "systemd, or nohup"},
    {"`worker_processes 1` is one process", "a master and a worker", "whoever started it supervises it",
     "`worker_processes 2;` and more have a master"},
    {"the log files of workers are opened anew by the workers' `user`", "by root",
     "root must not follow what they can write", "-"},
    {"at `worker_connections` the connection that has been idle for longest is closed",
     "the new one waits, or is closed", "who comes is served", "-"},
    {"`-T` prints what counts, with where it comes from", "the files as they are", "the files can be read as they are",
     "`cat`"},
});
// clang-format on

constexpr std::array<DifferenceTheme, 3> themes{{
    {"What clients see", answers},
    {"What a configuration says", language},
    {"The process", process},
}};

}  // namespace

std::span<const DifferenceTheme> differences() { return themes; }

}  // namespace config

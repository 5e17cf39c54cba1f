#include "config/syntax.hpp"

#include <algorithm>
#include <utility>

#include "config/lexer.hpp"
#include "config/text_file.hpp"

namespace config {

namespace {

// Of what nginx's own configurations include, this much is not needed here.
std::string needless(const std::string& path) {
    return path.ends_with("mime.types") ? "; leave it out: the usual types are built in" : "";
}

std::string folder_with_slash(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::string{} : path.substr(0, slash + 1);
}

// The files that are being read right now, from the main one to the innermost: who includes whom.
struct OpenFile {
    std::string name;
    std::string identity;
};

class Parser {
public:
    Parser(const ParseOptions& options, Report& report) : options_(options), report_(report) {}

    void set_folder(std::string folder) { folder_ = std::move(folder); }
    void parse(std::string name, std::string text, std::vector<Directive>& out);
    Tree take() { return std::move(tree_); }
    std::vector<Directive>& top() { return tree_.directives; }

private:
    enum class Ended { at_brace, at_end, given_up };

    // One file's state: the words read so far that wait for their `;` or `{`.
    struct File {
        Lexer lexer;
        std::vector<Token> words;
        bool damaged = false;  // one of them was reported: the directive is dropped, so that one mistake is told once
    };

    Ended parse_block(File& file, std::vector<Directive>& out, unsigned depth);
    bool open_block(File& file, const Token& brace, std::vector<Directive>& out, unsigned depth);
    void add_word(File& file, Token word, std::vector<Directive>& out);
    bool ends_with_stray_brace(const File& file, const Token& word) const;
    bool begins_directive(const File& file, const Token& word) const;
    void missing_semicolon(File& file, std::string hint, std::vector<Directive>& out);
    void finish(File& file, std::vector<Directive>& out);
    Directive take_words(File& file);

    void include(const Directive& directive, std::vector<Directive>& out);
    void include_file(const std::string& path, const Token& at, std::vector<Directive>& out);
    bool closes_circle(const std::string& path, const Token& at);

    const ParseOptions& options_;
    Report& report_;
    Tree tree_;
    std::string folder_;
    std::vector<OpenFile> open_files_;
};

void Parser::parse(std::string name, std::string text, std::vector<Directive>& out) {
    const Source& source = tree_.sources.emplace_back(Source{name, std::move(text), tree_.sources.size()});
    if (source.text.find('\0') != std::string::npos) {
        report_.file_error(name, "the file holds a NUL byte", "it is not a text file");
        return;
    }
    open_files_.push_back({name, options_.includes ? identity_of(name) : std::string{}});
    File file{Lexer{source, report_}, {}, false};
    parse_block(file, out, 0);
    open_files_.pop_back();
}

Parser::Ended Parser::parse_block(File& file, std::vector<Directive>& out, unsigned depth) {
    for (;;) {
        if (report_.full()) return Ended::given_up;
        Lexeme lexeme = file.lexer.next();
        switch (lexeme.kind) {
            case Lexeme::Kind::word: {
                if (file.lexer.damaged()) file.damaged = true;
                const bool closes = ends_with_stray_brace(file, lexeme.token);
                add_word(file, std::move(lexeme.token), out);
                if (closes && depth > 0) return Ended::at_brace;
                break;
            }
            case Lexeme::Kind::semicolon:
                if (file.words.empty())
                    report_.error(lexeme.token, "unexpected \";\"", "no directive stands before it");
                else
                    finish(file, out);
                break;
            case Lexeme::Kind::open:
                if (!open_block(file, lexeme.token, out, depth)) return Ended::given_up;
                break;
            case Lexeme::Kind::close:
                if (!file.words.empty()) missing_semicolon(file, "a directive ends with \";\"", out);
                if (depth > 0) return Ended::at_brace;
                report_.error(lexeme.token, "unexpected \"}\"", "no block is open here");
                break;
            case Lexeme::Kind::end:
                if (!file.words.empty() && !file.lexer.broken_off()) missing_semicolon(file, "the file ends here", out);
                return Ended::at_end;
        }
    }
}

// False when there is no use in reading on in this file.
bool Parser::open_block(File& file, const Token& brace, std::vector<Directive>& out, unsigned depth) {
    if (file.words.empty())
        report_.error(brace, "unexpected \"{\"", "a block begins with its name, such as \"server {\"");
    if (depth >= deepest_nesting) {
        report_.error(brace, "more than " + std::to_string(deepest_nesting) + " blocks are open here",
                      "is a \"}\" missing?");
        return false;
    }
    const bool dropped = std::exchange(file.damaged, false) || file.words.empty();
    Directive directive = file.words.empty() ? Directive{} : take_words(file);
    directive.has_block = true;
    const Ended ended = parse_block(file, directive.block, depth + 1);
    if (ended == Ended::at_end && !file.lexer.broken_off()) {
        const std::string what = directive.name.text.empty() ? std::string{} : " of " + quoted(directive.name.text);
        report_.error(brace, "the \"{\"" + what + " is never closed", "the file ends without its \"}\"");
    }
    if (!dropped) out.push_back(std::move(directive));
    return ended != Ended::given_up;
}

// `root /srv/www}`: for the lexer, as for nginx, the brace is part of the word.
bool Parser::ends_with_stray_brace(const File& file, const Token& word) const {
    return !file.words.empty() && !word.quoted && word.text.ends_with('}') && word.text.find('{') == std::string::npos;
}

// A directive's name where a line begins, though the line before has no `;` yet.
bool Parser::begins_directive(const File& file, const Token& word) const {
    if (file.words.empty() || word.quoted || options_.is_directive == nullptr) return false;
    return end_of(file.words.back()).line < word.line && options_.is_directive(word.text);
}

void Parser::add_word(File& file, Token word, std::vector<Directive>& out) {
    if (begins_directive(file, word))
        missing_semicolon(file,
                          quoted(word.text) + " on line " + std::to_string(word.line) +
                              " begins the next directive (put it in quotes if it is an argument)",
                          out);
    if (ends_with_stray_brace(file, word)) {
        Token value = part_of(word, 0, word.text.size() - 1);
        if (!value.text.empty()) file.words.push_back(std::move(value));
        missing_semicolon(file, "a directive ends with \";\", and \"}\" closes the block", out);
        return;
    }
    file.words.push_back(std::move(word));
}

void Parser::missing_semicolon(File& file, std::string hint, std::vector<Directive>& out) {
    const Token& last = file.words.back();
    report_.error(end_of(last), "missing \";\" after " + quoted(last.text), std::move(hint));
    finish(file, out);
}

Directive Parser::take_words(File& file) {
    Directive directive;
    directive.name = std::move(file.words.front());
    directive.arguments.assign(std::make_move_iterator(file.words.begin() + 1),
                               std::make_move_iterator(file.words.end()));
    file.words.clear();
    return directive;
}

void Parser::finish(File& file, std::vector<Directive>& out) {
    Directive directive = take_words(file);
    if (std::exchange(file.damaged, false)) return;
    if (directive.name.text == "include" && options_.includes)
        include(directive, out);
    else
        out.push_back(std::move(directive));
}

void Parser::include(const Directive& directive, std::vector<Directive>& out) {
    if (directive.arguments.size() != 1) {
        report_.error(directive.name, "\"include\" takes one file name or pattern",
                      "for example: include sites/*.conf;");
        return;
    }
    const Token& pattern = directive.arguments.front();
    const std::string path = pattern.text.starts_with('/') ? pattern.text : folder_ + pattern.text;
    if (pattern.text.find('\0') != std::string::npos || pattern.text.empty()) {
        report_.error(pattern, "\"include\" names no file");
        return;
    }
    if (!has_wildcards(pattern.text)) return include_file(path, pattern, out);
    auto files = matching_files(path);
    if (!files) return report_.error(pattern, files.error().message);
    for (const std::string& file : *files) include_file(file, pattern, out);
}

void Parser::include_file(const std::string& path, const Token& at, std::vector<Directive>& out) {
    if (closes_circle(path, at)) return;
    if (open_files_.size() > deepest_include)
        return report_.error(at, "includes are nested deeper than " + std::to_string(deepest_include) + " files");
    if (tree_.sources.size() >= most_files)
        return report_.error(at, "more than " + std::to_string(most_files) + " files are included");
    auto text = read_text_file(path, largest_file);
    if (!text)
        return report_.error(at, text.error().message,
                             "relative names start at the main configuration file's folder" + needless(path));
    parse(path, std::move(*text), out);
}

bool Parser::closes_circle(const std::string& path, const Token& at) {
    const std::string identity = identity_of(path);
    const auto outer = std::ranges::find(open_files_, identity, &OpenFile::identity);
    if (identity.empty() || outer == open_files_.end()) return false;
    std::string chain;
    for (auto file = outer; file != open_files_.end(); ++file) chain += file->name + " -> ";
    report_.error(at, "the include goes in a circle: " + chain + path, "take this include out");
    return true;
}

}  // namespace

Tree parse_file(const std::string& path, const ParseOptions& options, Report& report) {
    auto text = read_text_file(path, largest_file);
    if (!text) {
        report.file_error(path, text.error().message);
        return {};
    }
    Parser parser{options, report};
    parser.set_folder(folder_with_slash(path));
    parser.parse(path, std::move(*text), parser.top());
    return parser.take();
}

Tree parse_text(const std::string& name, std::string text, const ParseOptions& options, Report& report) {
    if (text.size() > largest_file) {
        report.file_error(name, "more than " + std::to_string(largest_file) + " bytes");
        return {};
    }
    Parser parser{options, report};
    parser.set_folder(folder_with_slash(name));
    parser.parse(name, std::move(text), parser.top());
    return parser.take();
}

}  // namespace config

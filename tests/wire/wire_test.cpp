// Runs the documents of this folder: bytes as a client sends them, and the events that the HTTP layer must make of
// them. Each case is fed whole, byte by byte, and cut in two at every place, and every piece is shown to the parser in
// freshly allocated memory of exactly its size, so that a view into bytes that are gone, or a read past the end, is
// seen by AddressSanitizer. The format is described in README.md.
#include <algorithm>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/ascii.hpp"
#include "http/framing.hpp"
#include "http/request_parser.hpp"

namespace {

using Events = std::vector<std::string>;

// Bytes in memory of exactly their size.
class ExactBytes {
public:
    explicit ExactBytes(std::string_view bytes) : memory_(new char[bytes.size()]), size_(bytes.size()) {
        if (!bytes.empty()) std::memcpy(memory_.get(), bytes.data(), bytes.size());
    }
    std::string_view view() const { return {memory_.get(), size_}; }

private:
    std::unique_ptr<char[]> memory_;
    std::size_t size_;
};

std::string hex_byte(char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(c);
    return {'\\', 'x', digits[value >> 4], digits[value & 15]};
}

// As events are written in the documents: whatever is not visible ASCII is \xHH, and a backslash is doubled.
std::string visible(std::string_view bytes, bool keep_spaces = true) {
    std::string out;
    for (char c : bytes) {
        if (c == '\\') out += "\\\\";
        else if (c == '\r') out += "\\r";
        else if (c == '\n') out += "\\n";
        else if (c == '\t') out += "\\t";
        else if (c < ' ' || c == '\x7f' || (c == ' ' && !keep_spaces)) out += hex_byte(c);
        else out.push_back(c);
    }
    return out;
}

// One connection's input: parser, framing and decoder in the order in which a server uses them.
class Session {
public:
    explicit Session(const http::HeadLimits& limits) : limits_(limits) { start_head(); }

    void feed(std::string_view bytes) {
        pending_ += bytes;
        while (!ended_ && (reading_head_ ? read_head() : read_content())) {}
    }

    Events finish() {
        if (ended_) return events_;
        if (reading_head_ && parser_.started()) events_.push_back("incomplete head");
        if (!reading_head_) {
            flush_content();
            events_.push_back("incomplete content");
        }
        return events_;
    }

private:
    void start_head() {
        reading_head_ = true;
        head_.clear();
        parser_.start(limits_);
    }

    // Both answer whether there is something more to do with the bytes that are here.
    bool read_head() {
        const ExactBytes input{pending_};
        switch (parser_.feed(input.view(), head_)) {
            case http::RequestParser::Verdict::need_more: return false;
            case http::RequestParser::Verdict::rejected: return reject(parser_.rejection());
            case http::RequestParser::Verdict::complete: break;
        }
        const ExactBytes moved{input.view().substr(0, parser_.consumed())};
        head_.bind(moved.view().data());
        report_head();
        keep_alive_ = head_.wants_keep_alive();
        const auto framing = http::content_framing(head_);
        pending_.erase(0, parser_.consumed());
        if (const auto* rejection = std::get_if<http::Rejection>(&framing)) return reject(*rejection);
        return begin_content(std::get<http::ContentFraming>(framing));
    }

    void report_head() {
        std::string line = "method=" + std::string{http::name_of(head_.method)};
        if (head_.version == http::Version::http_1_0) line += " version=1.0";
        if (head_.form == http::TargetForm::absolute) line += " form=absolute";
        if (head_.form == http::TargetForm::authority) line += " form=authority";
        if (head_.form == http::TargetForm::asterisk) line += " form=asterisk";
        if (!head_.path.empty()) line += " path=" + visible(head_.path, false);
        if (head_.has_query) line += " query=" + visible(head_.query(), false);
        if (!head_.host.empty()) line += " host=" + visible(head_.host, false);
        events_.push_back(line);
        for (std::size_t i = 0; i < head_.fields.size(); ++i) {
            const http::Fields::Line field = head_.fields[i];
            if (field.known == http::FieldName::host) continue;  // reported above
            events_.push_back("field " + std::string{field.name} + ": " + visible(field.value));
        }
    }

    bool begin_content(const http::ContentFraming& framing) {
        if (std::holds_alternative<http::NoContent>(framing)) return complete();
        reading_head_ = false;
        content_.clear();
        const auto* length = std::get_if<http::ContentLength>(&framing);
        length_ = length ? std::optional{length->bytes} : std::nullopt;
        decoder_ = {};
        return true;
    }

    bool read_content() {
        if (!length_) return read_chunked();
        const std::string_view content = std::string_view{pending_}.substr(0, *length_);
        content_ += content;
        *length_ -= content.size();
        pending_.erase(0, content.size());
        if (*length_ > 0) return false;
        flush_content();
        return complete();
    }

    bool read_chunked() {
        const ExactBytes input{pending_};
        const http::ChunkedDecoder::Step step = decoder_.feed(input.view());
        content_ += step.content;
        pending_.erase(0, step.consumed);
        switch (step.verdict) {
            case http::ChunkedDecoder::Verdict::need_more: return false;
            case http::ChunkedDecoder::Verdict::content: return true;
            case http::ChunkedDecoder::Verdict::rejected: flush_content(); return reject(decoder_.rejection());
            case http::ChunkedDecoder::Verdict::complete: break;
        }
        flush_content();
        return complete();
    }

    void flush_content() { events_.push_back("content \"" + visible(content_) + "\""); }

    bool complete() {
        events_.push_back(keep_alive_ ? "complete" : "complete, close");
        ended_ = !keep_alive_;
        start_head();
        return true;
    }

    bool reject(const http::Rejection& rejection) {
        const std::string status = std::to_string(http::code_of(rejection.status));
        events_.push_back("reject " + status + " " + std::string{rejection.slug});
        ended_ = true;
        return false;
    }

    http::HeadLimits limits_;
    http::RequestParser parser_;
    http::RequestHead head_;
    http::ChunkedDecoder decoder_;
    std::optional<std::uint64_t> length_;  // bytes still to come; none: chunked
    std::string pending_;
    std::string content_;
    Events events_;
    bool reading_head_ = true;
    bool keep_alive_ = true;
    bool ended_ = false;
};

struct Case {
    std::string name;
    http::HeadLimits limits;
    std::string bytes;
    Events expected;
};

// The escapes of a wire block. Sets `problem` when one is none.
std::string unescape(std::string_view text, std::string& problem) {
    std::string out;
    while (!text.empty()) {
        if (text.front() != '\\' || text.size() < 2) {
            out.push_back(text.front());
            text.remove_prefix(1);
            continue;
        }
        const char kind = text[1];
        const auto byte = kind == 'x' ? base::parse_number<unsigned>(text.substr(2, 2), 16) : std::nullopt;
        const std::size_t star = text.find('*');
        const std::size_t close = text.find(']');
        const auto times = kind == '[' && star < close && close != std::string_view::npos
                               ? base::parse_number<std::size_t>(text.substr(2, star - 2))
                               : std::nullopt;
        std::size_t used = 2;
        if (kind == 'r') out.push_back('\r');
        else if (kind == 'n') out.push_back('\n');
        else if (kind == 't') out.push_back('\t');
        else if (kind == '\\') out.push_back('\\');
        else if (byte) {
            out.push_back(static_cast<char>(*byte));
            used = 4;
        } else if (times) {
            const std::string repeated = unescape(text.substr(star + 1, close - star - 1), problem);
            for (std::size_t i = 0; i < *times; ++i) out += repeated;
            used = close + 1;
        } else {
            problem = "unknown escape: " + std::string{text.substr(0, 8)};
        }
        text.remove_prefix(used);
    }
    return out;
}

// "``` wire strict_lines keep_slashes line=64 head=256"
bool read_options(std::string_view text, http::HeadLimits& limits) {
    std::istringstream words{std::string{text}};
    for (std::string word; words >> word;) {
        const std::size_t equals = word.find('=');
        const auto number = equals == std::string::npos
                                ? std::nullopt
                                : base::parse_number<std::size_t>(std::string_view{word}.substr(equals + 1));
        if (word == "strict_lines") limits.strict_lines = true;
        else if (word == "keep_slashes") limits.slashes = http::Slashes::kept;
        else if (word.starts_with("line=") && number) limits.line = *number;
        else if (word.starts_with("head=") && number) limits.head = *number;
        else return false;
    }
    return true;
}

class Document {
public:
    bool read(const std::string& path) {
        std::ifstream file{path};
        if (!file) return complain(path, 0, "can't be read");
        std::size_t number = 0;
        for (std::string line; std::getline(file, line);)
            if (!take(path, ++number, line)) return false;
        return block_ == Block::none || complain(path, number, "a block is not closed");
    }
    const std::vector<Case>& cases() const { return cases_; }

private:
    enum class Block { none, wire, events };

    bool take(const std::string& path, std::size_t number, const std::string& line) {
        if (block_ == Block::none) return take_prose(path, number, line);
        if (line.starts_with("```")) {
            block_ = Block::none;
            return true;
        }
        if (block_ == Block::events) {
            cases_.back().expected.push_back(line);
            return true;
        }
        std::string problem;
        cases_.back().bytes += unescape(line, problem);
        return problem.empty() || complain(path, number, problem);
    }

    bool take_prose(const std::string& path, std::size_t number, const std::string& line) {
        if (line.starts_with("## ")) heading_ = line.substr(3);
        if (line.starts_with("``` wire")) {
            cases_.push_back({heading_, {}, {}, {}});
            block_ = Block::wire;
            if (heading_.empty()) return complain(path, number, "a case needs a heading of its own");
            heading_.clear();
            return read_options(std::string_view{line}.substr(8), cases_.back().limits) ||
                   complain(path, number, "unknown option of a wire block");
        }
        if (line == "``` events") {
            if (cases_.empty()) return complain(path, number, "events without bytes");
            block_ = Block::events;
        } else if (line.starts_with("```")) {
            return complain(path, number, "a block is either wire or events");
        }
        return true;
    }

    static bool complain(const std::string& path, std::size_t number, std::string_view what) {
        std::cerr << path << ":" << number << ": " << what << "\n";
        return false;
    }

    std::vector<Case> cases_;
    std::string heading_;
    Block block_ = Block::none;
};

Events run(const Case& test, std::size_t cut) {
    Session session{test.limits};
    session.feed(std::string_view{test.bytes}.substr(0, cut));
    session.feed(std::string_view{test.bytes}.substr(cut));
    return session.finish();
}

Events run_bytewise(const Case& test) {
    Session session{test.limits};
    for (char c : test.bytes) session.feed({&c, 1});
    return session.finish();
}

void print_difference(const std::string& how, const Events& expected, const Events& seen) {
    std::cout << "    fed " << how << ":\n";
    for (std::size_t i = 0; i < std::max(expected.size(), seen.size()); ++i) {
        const bool same = i < expected.size() && i < seen.size() && expected[i] == seen[i];
        if (same) std::cout << "        " << seen[i] << "\n";
        if (!same && i < expected.size()) std::cout << "      - " << expected[i] << "\n";
        if (!same && i < seen.size()) std::cout << "      + " << seen[i] << "\n";
    }
}

// The first way of feeding that gives other events than the document says, and these.
std::optional<std::pair<std::string, Events>> find_difference(const Case& test) {
    if (Events seen = run(test, test.bytes.size()); seen != test.expected) return std::pair{"whole", seen};
    if (Events seen = run_bytewise(test); seen != test.expected) return std::pair{"byte by byte", seen};
    // The few cases about large limits would take minutes; their ends still get every cut.
    const std::size_t step = test.bytes.size() > 4096 ? 61 : 1;
    const auto near_an_end = [&](std::size_t cut) { return cut < 256 || test.bytes.size() - cut < 256; };
    for (std::size_t cut = 1; cut < test.bytes.size(); cut += near_an_end(cut) ? 1 : step)
        if (Events seen = run(test, cut); seen != test.expected)
            return std::pair{"cut behind byte " + std::to_string(cut), seen};
    return std::nullopt;
}

bool passes(const Case& test) {
    const auto difference = find_difference(test);
    std::cout << (difference ? "FAILED " : "ok ") << test.name << "\n";
    if (difference) print_difference(difference->first, test.expected, difference->second);
    return !difference;
}

}  // namespace

int main(int argc, char** argv) {
    bool good = argc > 1;
    if (!good) std::cerr << "usage: wire_test DOCUMENT...\n";
    for (int i = 1; i < argc; ++i) {
        Document document;
        good = document.read(argv[i]) && good;
        for (const Case& test : document.cases()) good = passes(test) && good;
    }
    return good ? 0 : 1;
}

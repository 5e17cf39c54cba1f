#include "base/regex_syntax.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/ascii.hpp"
#include "base/regex_ahead.hpp"
#include "base/regex_class.hpp"
#include "base/regex_refusals.hpp"
#include "base/regex_repeat.hpp"

namespace base::regex {

namespace {

constexpr ByteSet name_bytes = ByteSet{"_"}.insert_range('a', 'z').insert_range('A', 'Z').insert_range('0', '9');
constexpr ByteSet white{" \t\n\v\f\r"};

// What (?imsx) switches.
struct Flags {
    bool blind = false;
    bool many_lines = false;  // ^ and $ match at line feeds too
    bool dot_is_all = false;
    bool spaced = false;  // white space and comments don't count
};

std::optional<Assertion> assertion_escape(char letter) {
    switch (letter) {
        case 'A': return Assertion::text_start;
        case 'z': return Assertion::text_end;
        case 'Z': return Assertion::last_line_end;
        case 'b': return Assertion::word_boundary;
        case 'B': return Assertion::no_word_boundary;
        default: return std::nullopt;
    }
}

class Parser {
public:
    Parser(std::string_view pattern, bool blind) : cursor_(pattern) { flags_.blind = blind; }

    Result<Tree> parse() {
        if (cursor_.rest().size() > max_pattern_bytes)
            cursor_.fail(max_pattern_bytes, "longer than " + std::to_string(max_pattern_bytes) + " bytes",
                         "divide it into several patterns");
        tree_.root = read_choice();
        if (!cursor_.done()) cursor_.fail(cursor_.at(), ") without its (", "for the bracket itself write \\)");
        if (cursor_.error()) return *cursor_.error();
        return std::move(tree_);
    }

private:
    // Up to the end of the group, or of the pattern. A flag set on the way holds for the later branches too.
    Node read_choice() {
        Choice choice;
        choice.branches.push_back(read_sequence());
        while (cursor_.take("|")) choice.branches.push_back(read_sequence());
        if (choice.branches.size() == 1) return std::move(choice.branches.front());
        return {std::move(choice)};
    }

    Node read_sequence() {
        Sequence sequence;
        while (!cursor_.done()) {
            if (skip_what_does_not_count()) continue;
            if (!quoted_ && (cursor_.peek() == '|' || cursor_.peek() == ')')) break;
            const std::size_t start = cursor_.at();
            repeatable_ = true;
            std::optional<Node> item = read_item();
            if (!item) continue;
            while (skip_what_does_not_count()) {}
            sequence.parts.push_back(read_repeat(std::move(*item), start));
        }
        if (sequence.parts.size() == 1) return std::move(sequence.parts.front());
        return {std::move(sequence)};
    }

    // Comments, \Q and \E, and white space where (?x) holds.
    bool skip_what_does_not_count() {
        if (cursor_.done()) return false;
        if (cursor_.take("\\E")) return quoted_ = false, true;
        if (quoted_) return false;
        if (cursor_.take("\\Q")) return quoted_ = true;
        if (cursor_.rest().starts_with("(?#")) {
            const std::size_t end = cursor_.rest().find(')');
            if (end == std::string_view::npos)
                cursor_.fail(cursor_.at(), "the comment (?# without its )", "");
            else
                cursor_.skip(end + 1);
            return true;
        }
        return flags_.spaced && skip_space();
    }

    bool skip_space() {
        if (cursor_.done()) return false;
        if (cursor_.peek() == '#') {
            cursor_.skip(std::min(cursor_.rest().find('\n'), cursor_.rest().size()));
            return true;
        }
        if (!white[cursor_.peek()]) return false;
        cursor_.skip(1);
        return true;
    }

    // Nothing where only flags were set.
    std::optional<Node> read_item() {
        const std::size_t start = cursor_.at();
        if (quoted_) return byte(cursor_.next());
        if (const std::size_t length = repeat_length(cursor_.rest()); length > 0) {
            cursor_.fail(start, "nothing to repeat before " + std::string{cursor_.rest().substr(0, length)},
                         "for the character itself put a backslash before it");
            return std::nullopt;
        }
        if (cursor_.peek() == '(') return read_group();
        const char c = cursor_.next();
        switch (c) {
            case '^': return assertion(flags_.many_lines ? Assertion::line_start : Assertion::text_start);
            case '$': return assertion(flags_.many_lines ? Assertion::line_end : Assertion::last_line_end);
            case '.': return Node{flags_.dot_is_all ? ~Bytes{} : ~only('\n')};
            case '\\': return read_escaped(start);
            case '[': return read_bracket(start);
            default: return byte(c);
        }
    }

    Node byte(char c) const { return bytes(only(static_cast<unsigned char>(c))); }
    Node bytes(const Bytes& set) const { return {flags_.blind ? without_case(set) : set}; }
    std::optional<Node> assertion(Assertion what) {
        repeatable_ = false;
        return Node{what};
    }

    Node read_bracket(std::size_t start) {
        if (!cursor_.done() && posix_length(cursor_.rest()))
            cursor_.fail(start, "a class of bytes outside of [...]", "it takes two pairs of brackets: [[:alpha:]]");
        for (const std::string_view edge : {"[:<:]]", "[:>:]]"})
            if (cursor_.rest().starts_with(edge))
                cursor_.fail(start, "[[" + std::string{edge.substr(1)}, "a boundary of words is \\b");
        return {read_class(cursor_, start, flags_.blind)};
    }

    std::optional<Node> read_escaped(std::size_t start) {
        const char c = cursor_.peek();
        if (!cursor_.done()) {
            for (const Refusal& refusal : escape_refusals)
                if (cursor_.rest().starts_with(refusal.begin)) return refuse(start, refusal);
            if (c >= '1' && c <= '9')
                return refuse(start, {"", "the back-reference \\" + std::string{c}, no_reference_hint});
            if (const auto what = assertion_escape(c)) {
                cursor_.skip(1);
                return assertion(*what);
            }
            if (cursor_.take("N")) return read_no_line_feed(start);
            if (cursor_.take("R")) return any_line_end();
        }
        const Escape escape = read_escape(cursor_, start);
        return escape.byte ? bytes(escape.bytes) : Node{escape.bytes};
    }

    std::optional<Node> read_no_line_feed(std::size_t start) {
        if (cursor_.peek() == '{' && repeat_length(cursor_.rest()) == 0)
            cursor_.fail(start, "the named character \\N{...} is not supported",
                         "write its bytes, as \\x and two digits each");
        return Node{~only('\n')};
    }

    // \R takes CR LF whole and never gives the LF back, so CR alone is no choice where LF follows.
    static Node any_line_end() {
        const auto node = [](auto value) { return Node{std::move(value)}; };
        Sequence both{{node(only('\r')), node(only('\n'))}};
        Sequence alone{{node(only('\r')), node(NoneAhead{{{Step{only('\n')}}}})}};
        const Bytes others = only('\n') | only('\v') | only('\f') | only(0x85);
        return node(Choice{{node(std::move(both)), node(std::move(alone)), node(others)}});
    }

    std::nullopt_t refuse(std::size_t start, const Refusal& refusal) {
        cursor_.fail(start, std::string{refusal.what} + " is not supported", refusal.hint);
        return std::nullopt;
    }

    std::optional<Node> read_group() {
        const std::size_t start = cursor_.at();
        for (const Refusal& refusal : group_refusals)
            if (cursor_.rest().starts_with(refusal.begin)) return refuse(start, refusal);
        cursor_.skip(1);
        if (!cursor_.take("?")) return read_capture(start, {});
        if (cursor_.take(":")) return read_inner(start);
        if (cursor_.take("!")) return read_none_ahead(start);
        if (cursor_.take("P<") || cursor_.take("<")) return read_named(start, '>');
        if (cursor_.take("'")) return read_named(start, '\'');
        return read_flags(start);
    }

    std::optional<Node> read_named(std::size_t start, char end) {
        std::size_t length = 0;
        while (length < cursor_.rest().size() && name_bytes[cursor_.rest()[length]]) ++length;
        const std::string_view name = cursor_.rest().substr(0, length);
        cursor_.skip(length);
        const bool taken = std::ranges::any_of(tree_.names, [&](const auto& known) { return known.first == name; });
        if (name.empty() || is_digit(name.front()) || !cursor_.take(std::string_view{&end, 1}))
            cursor_.fail(start, "a group without a proper name",
                         "names are letters, digits and _, begin with no digit and are written (?<name>...)");
        else if (length > max_name_bytes)
            cursor_.fail(start, "a name longer than " + std::to_string(max_name_bytes) + " bytes", "");
        else if (taken)
            cursor_.fail(start, "a second group named " + std::string{name}, "give each group a name of its own");
        return read_capture(start, name);
    }

    std::optional<Node> read_capture(std::size_t start, std::string_view name) {
        if (tree_.groups == max_groups)
            cursor_.fail(start, "more than " + std::to_string(max_groups) + " groups",
                         "use (?:...) where nothing is captured");
        const std::size_t number = ++tree_.groups;
        if (!name.empty()) tree_.names.emplace_back(name, number);
        Group group{number, {}};
        group.inner.push_back(read_inner(start));
        return Node{std::move(group)};
    }

    // From behind what opens the group to behind its bracket. Flags set in it end with it.
    Node read_inner(std::size_t start) {
        if (depth_ == max_nesting) cursor_.fail(start, "groups nested deeper than " + std::to_string(max_nesting), "");
        ++depth_;
        const Flags outside = flags_;
        Node inner = read_choice();
        flags_ = outside;
        --depth_;
        if (!cursor_.take(")")) cursor_.fail(start, "( without its )", "for the bracket itself write \\(");
        repeatable_ = true;
        return inner;
    }

    std::optional<Node> read_none_ahead(std::size_t start) {
        const Node inner = read_inner(start);
        repeatable_ = false;
        if (cursor_.error()) return std::nullopt;
        NoneAhead ahead;
        if (const std::string_view problem = spell_out(inner, ahead.texts); !problem.empty()) {
            cursor_.fail(start, "the negative look-ahead (?! with " + std::string{problem},
                         "it may hold plain texts of bounded length, as in (?!api/|static$)");
            return std::nullopt;
        }
        return Node{std::move(ahead)};
    }

    // (?i), (?s-m) for the rest of the group around it; (?i:...) for its own inside.
    std::optional<Node> read_flags(std::size_t start) {
        Flags flags = flags_;
        bool on = true;
        while (!cursor_.done() && cursor_.peek() != ')' && cursor_.peek() != ':') {
            const char c = cursor_.next();
            if (c == 'i')
                flags.blind = on;
            else if (c == 'm')
                flags.many_lines = on;
            else if (c == 's')
                flags.dot_is_all = on;
            else if (c == 'x' && cursor_.peek() != 'x')
                flags.spaced = on;
            else if (c == '-' && on && !is_digit(cursor_.peek()))
                on = false;
            else
                return refuse_flag(start, c);
        }
        if (cursor_.done()) cursor_.fail(start, "( without its )", "for the bracket itself write \\(");
        if (cursor_.take(")")) return flags_ = flags, std::nullopt;
        cursor_.skip(1);
        const Flags outside = flags_;
        flags_ = flags;
        Node inner = read_inner(start);
        flags_ = outside;
        return inner;
    }

    std::optional<Node> refuse_flag(std::size_t start, char c) {
        if (is_digit(c) || c == '-') return refuse(start, {"", std::string{"the recursion (?"} + c, no_recursion_hint});
        std::string what = "what (?";
        append_log_escaped(what, {&c, 1});
        return refuse(start, {"", what + " begins", "the flags are i, m, s and x"});
    }

    Node read_repeat(Node item, std::size_t start) {
        const std::size_t offset = cursor_.at();
        const std::size_t length = quoted_ ? 0 : repeat_length(cursor_.rest());
        if (length == 0) {
            if (!quoted_) refuse_open_count(cursor_);
            return item;
        }
        if (!repeatable_) {
            cursor_.fail(start, "a repetition of what has no length", "leave the repetition out");
            return item;
        }
        const Counts counts = read_counts(cursor_, length);
        while (flags_.spaced && skip_space()) {}
        if (!cursor_.done() && cursor_.peek() == '+')
            cursor_.fail(offset, "a possessive repetition is not supported",
                         "no pattern takes long here: leave the + behind it out");
        const bool greedy = !cursor_.take("?");
        Repeat repeat{counts.min, counts.max, greedy, {}};
        repeat.inner.push_back(std::move(item));
        return {std::move(repeat)};
    }

    Cursor cursor_;
    Flags flags_;
    Tree tree_;
    std::size_t depth_ = 0;
    bool quoted_ = false;  // between \Q and \E
    bool repeatable_ = true;
};

}  // namespace

Result<Tree> parse(std::string_view pattern, bool blind) { return Parser{pattern, blind}.parse(); }

}  // namespace base::regex

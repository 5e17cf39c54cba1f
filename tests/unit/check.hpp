// What the unit tests share: an expectation that says where it failed and lets the rest run.
#pragma once

#include <cstdio>
#include <string_view>

class Checks {
public:
    // The builtins, because clang 14 has no std::source_location.
    void expect(bool holds, std::string_view what, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
        if (holds) return;
        ++failures_;
        std::printf("%s:%d: %.*s\n", file, line, static_cast<int>(what.size()), what.data());
    }

    int failures() const { return failures_; }

private:
    int failures_ = 0;
};

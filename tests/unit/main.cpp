// Runs the unit tests, one line for each: "ok NAME" or "FAILED NAME", and what failed before it. Most of webserv is
// tested from outside, over sockets and by documents; what is here can't be seen from there, or not without waiting.
#include <cstdio>

int test_conditional();
int test_content_coding();
int test_date();
int test_digest();
int test_http_tables();
int test_page_cache();
int test_pages();
int test_regex_cases();
int test_regex_cost();
int test_regex_limits();
int test_regex_patterns();
int test_scan();
int test_text();
int test_usual_head();

namespace {

struct UnitTest {
    const char* name;
    int (*run)();  // gives the number of failures
};

constexpr UnitTest unit_tests[] = {
    {"test_conditional", test_conditional},
    {"test_content_coding", test_content_coding},
    {"test_date", test_date},
    {"test_digest", test_digest},
    {"test_http_tables", test_http_tables},
    {"test_page_cache", test_page_cache},
    {"test_pages", test_pages},
    {"test_regex_cases", test_regex_cases},
    {"test_regex_cost", test_regex_cost},
    {"test_regex_limits", test_regex_limits},
    {"test_regex_patterns", test_regex_patterns},
    {"test_scan", test_scan},
    {"test_text", test_text},
    {"test_usual_head", test_usual_head},
};

}  // namespace

int main() {
    int failures = 0;
    for (const UnitTest& test : unit_tests) {
        const int failed = test.run();
        std::printf("%s %s\n", failed == 0 ? "ok" : "FAILED", test.name);
        failures += failed;
    }
    return failures == 0 ? 0 : 1;
}

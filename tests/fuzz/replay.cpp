// Feeds files to a fuzz target without a fuzzer: every file named on the command line, and every file of the folders
// named there. For compilers that have no libFuzzer, for CI, and for looking at a finding in a debugger.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size);

namespace {

std::vector<std::filesystem::path> files_of(const std::filesystem::path& path) {
    if (!std::filesystem::is_directory(path)) return {path};
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{path})
        if (entry.is_regular_file()) files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

bool replay(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    if (!file) {
        std::fprintf(stderr, "replay: %s can't be read\n", path.c_str());
        return false;
    }
    // Exactly as many bytes as the file has, so that a read past the end is seen.
    const std::vector<unsigned char> exact{bytes.begin(), bytes.end()};
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t replayed = 0;
    bool all_read = true;
    for (int i = 1; i < argc; ++i) {
        for (const auto& path : files_of(argv[i])) {
            if (replay(path)) ++replayed;
            else all_read = false;
        }
    }
    std::printf("%zu inputs replayed\n", replayed);
    return all_read && replayed > 0 ? 0 : 1;
}

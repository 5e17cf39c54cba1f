#!/usr/bin/env python3
"""Checks what the compiler doesn't: the direction of includes, and the rules of the house (srcs/README.md).

Prints one line `file:line: what` for each finding and ends with status 1 when there was one. Needs Python alone.
"""

import pathlib
import re
import subprocess
import sys

top = pathlib.Path(__file__).resolve().parent.parent

# An include points to the same layer or to one further left. Layers in one group don't see each other, but for `seen`.
groups = [["base"], ["os", "http"], ["net", "files", "config", "body"], ["routing"], ["handlers"], ["server"], ["app"]]
seen = {("files", "net"), ("body", "files")}  # the watcher sits in the event loop; a response may be a cached file
rank = {layer: i for i, group in enumerate(groups) for layer in group}

top_level = {"Makefile", "README.md", "LICENSE", "conf", "includes", "srcs", "tests", "www"}
folders_with_readme = ["conf", "includes", "srcs", "tests", "www"]
line_limit = 120      # characters
file_limit = 320      # lines of a file in srcs or includes
code_suffixes = {".cpp", ".hpp", ".py", ".sh"}
text_suffixes = code_suffixes | {".md", ".conf", ".html", ".css", ".js", ".svg", ""}
unsteered = ("srcs/net/", "srcs/server/", "srcs/os/io")  # errno never steers what happens after socket I/O

odd_on_purpose = ("tests/fuzz/corpus/", "tests/config/", "www/files/")

findings = []


def report(path, line, what):
    findings.append(f"{path}:{line}: {what}")


def project_files():
    """What is, or could be, committed: never what .gitignore names."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=top, check=True, capture_output=True, text=True).stdout
    return sorted(name for name in set(listed.split("\0")) if name and (top / name).is_file())


def without_comments_and_strings(text):
    """C++ with the same line breaks, but nothing in its comments and literals."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match[0]) if match[0].startswith("/") else '""' + "\n" * match[0].count("\n")
    pattern = r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"|(?<![0-9a-fA-F])\'(?:[^\'\\\n]|\\.)+\''
    return re.sub(pattern, blank, text, flags=re.S)


def numbered(text):
    return enumerate(text.splitlines(), 1)


def check_includes(name, text):
    layer = pathlib.PurePath(name).parts[1]
    if layer not in rank:
        report(name, 1, f"no such layer: {layer}")
        return
    for number, line in numbered(text):
        match = re.match(r'\s*#\s*include\s+"([^"/]+)/', line)
        if not match:
            if re.match(r'\s*#\s*include\s+"', line):
                report(name, number, 'a project header is included as "layer/room.hpp"')
            continue
        other = match[1]
        if other not in rank:
            report(name, number, f"no such layer: {other}")
        elif other != layer and rank[other] >= rank[layer] and (layer, other) not in seen:
            report(name, number, f"{layer} must not know {other}")


def check_room(name, text):
    """A .cpp has its header, includes it first; a header opens with what the room is for."""
    path = pathlib.PurePath(name)
    is_main = name == "srcs/app/main.cpp"
    if path.suffix == ".cpp" and not is_main:
        header = pathlib.PurePath("includes", *path.parts[1:]).with_suffix(".hpp")
        first = re.search(r'#include [<"]([^>"]+)[>"]', text)
        if not (top / header).is_file():
            report(name, 1, f"{header} is missing: each room has exactly one header")
        elif not first or "includes/" + first[1] != str(header):
            report(name, 1, "a .cpp includes its own header first")
    if (path.suffix == ".hpp" or is_main) and not text.startswith("// "):
        report(name, 1, "the file does not open with a comment that says what it is for")
    if path.suffix == ".hpp" and "#pragma once" not in text:
        report(name, 1, "#pragma once is missing")
    if not is_main and not re.search(rf"^namespace {path.parts[1]}\b", text, re.M):
        report(name, 1, f"nothing is in namespace {path.parts[1]}, its layer")
    if len(text.splitlines()) > file_limit:
        report(name, file_limit + 1, f"longer than {file_limit} lines: is it two rooms?")


def check_cpp(name, text):
    bare = without_comments_and_strings(text)
    for number, line in numbered(bare):
        if re.search(r"\bthrow\b", line):
            report(name, number, "no throw: errors are values (base/result.hpp, http::Rejection)")
        if re.search(r"\b(try|catch)\b", line) and name != "srcs/app/main.cpp":
            report(name, number, "no try and catch but in main")
        if re.match(r"\s*#\s*(define|undef)\b", line):
            report(name, number, "no macros: constexpr, templates, static_assert")
        if re.search(r"\berrno\b", line) and name.startswith(unsteered):
            report(name, number, "no errno near socket I/O: readiness and the return value say all")
        if re.search(r"\busing namespace\b", line):
            report(name, number, "no using namespace")


def check_text(name, text):
    is_code = pathlib.PurePath(name).suffix in code_suffixes or name in ("Makefile", ".ci/run", "tests/setup")
    for number, line in numbered(text):
        if line != line.rstrip() and not name.endswith(".md"):
            report(name, number, "whitespace at the end of the line")
        if "\t" in line and is_code and name != "Makefile":
            report(name, number, "a tab")
        if is_code and len(line) > line_limit:
            report(name, number, f"{len(line)} characters, {line_limit} are allowed")
        if is_code and name != "tests/lint.py" and re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
            report(name, number, "something was left open")
    if text and not text.endswith("\n"):
        report(name, len(text.splitlines()), "no line end at the end of the file")
    if is_code and name.endswith(".py") and not re.match(r'(#![^\n]*\n)?"""', text):
        report(name, 1, "the file does not open with a docstring that says what it is for")


def check_tree(names):
    for name in sorted({pathlib.PurePath(name).parts[0] for name in names}):
        if name not in top_level and not name.startswith("."):
            report(name, 1, f"the top level holds {', '.join(sorted(top_level))} and dot files, nothing else")
    for folder in folders_with_readme:
        if not (top / folder / "README.md").is_file():
            report(f"{folder}/README.md", 1, "is missing: every folder explains itself")


def main():
    names = project_files()
    check_tree(names)
    for name in names:
        path = top / name
        if name.startswith(odd_on_purpose) or path.suffix not in text_suffixes:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            report(name, 1, "not UTF-8")
            continue
        check_text(name, text)
        if path.suffix in (".cpp", ".hpp"):
            check_cpp(name, text)
        if path.suffix in (".cpp", ".hpp") and name.startswith(("srcs/", "includes/")):
            check_includes(name, text)
            check_room(name, text)
    for finding in findings:
        print(finding)
    print(f"lint: {len(names)} files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

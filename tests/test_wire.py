"""The wire documents (tests/wire) and the unit tests: one pytest case for each of theirs.

The binaries are built by make; this page only runs them and reports what they say.
"""

import functools
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(path for path in (ROOT / "tests/wire").glob("*.md") if path.name != "README.md")
WIRE_TEST = ROOT / os.environ.get("WEBSERV_WIRE_TEST", ".build/release/tests/wire_test")
UNIT_TEST = ROOT / os.environ.get("WEBSERV_UNIT_TEST", ".build/release/tests/unit_test")


def cases_of(document):
    """The names of a document's cases: the headings that a wire block follows."""
    names = []
    for block in re.split(r"^## ", document.read_text(), flags=re.MULTILINE)[1:]:
        if re.search(r"^``` wire", block, flags=re.MULTILINE):
            names.append(block.splitlines()[0])
    return names


def units():
    """The names of the unit tests, from the sources that define them."""
    names = []
    for source in sorted((ROOT / "tests/unit").glob("*_test.cpp")):
        names += re.findall(r"^int (test_\w+)\(\) \{", source.read_text(), flags=re.MULTILINE)
    return names


@functools.cache
def run(*command):
    """What the binary said of each case ("ok" or "FAILED"), with the lines that follow it, and all of its output."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=300, check=False)
    verdicts = {}
    name = None
    for line in done.stdout.splitlines():
        match = re.fullmatch(r"(ok|FAILED) (.*)", line)
        if match:
            name = match[2]
            verdicts[name] = [match[1]]
        elif name is not None:
            verdicts[name].append(line)
    return verdicts, done.returncode, done.stdout + done.stderr


def assert_ok(name, verdicts, output):
    assert name in verdicts, f"{name} was not run:\n{output[-4000:]}"
    assert verdicts[name][0] == "ok", "\n".join(verdicts[name])


CASES = [
    pytest.param(document, name, id=f"{document.stem}: {name}") for document in DOCUMENTS for name in cases_of(document)
]


@pytest.mark.parametrize(("document", "name"), CASES)
def test_wire(document, name):
    verdicts, _, output = run(str(WIRE_TEST), str(document))
    assert_ok(name, verdicts, output)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_wire_document_is_whole(document):
    """Every case has a name of its own, was run, and the program found nothing else to complain about."""
    names = cases_of(document)
    assert names and len(set(names)) == len(names)
    verdicts, status, output = run(str(WIRE_TEST), str(document))
    assert list(verdicts) == names, output[-4000:]
    assert status == (0 if all(verdict[0] == "ok" for verdict in verdicts.values()) else 1), output[-4000:]


@pytest.mark.parametrize("name", units())
def test_unit(name):
    verdicts, _, output = run(str(UNIT_TEST))
    assert_ok(name, verdicts, output)


def test_unit_program_ends_well():
    """No sanitizer report and no crash behind the last test."""
    verdicts, status, output = run(str(UNIT_TEST))
    assert status == 0 and sorted(verdicts) == sorted(units()), output[-4000:]

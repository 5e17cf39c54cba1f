"""The table of rules (tests/rfc.md): every test that it names exists, and every row names one or says why not."""

import collections
import pathlib
import re

from test_wire import DOCUMENTS, cases_of, units

HERE = pathlib.Path(__file__).resolve().parent
TABLE = (HERE / "rfc.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d[\d.]*-\d+) \| (.+?) \| (.+) \|$", re.M)


def existing():
    """All names that the table may use."""
    names = {f"unit::{name}" for name in units()}
    names |= {f"wire/{document.stem}: {case}" for document in DOCUMENTS for case in cases_of(document)}
    for path in HERE.glob("test_*.py"):
        names |= {f"{path.stem}::{name}" for name in re.findall(r"^def (test_\w+)", path.read_text(), re.M)}
    return names


def test_every_test_in_the_table_exists():
    """A name in backticks with `::` or `wire/` is a test."""
    named = [name for name in re.findall(r"`([^`]+)`", TABLE) if "::" in name or re.match(r"wire/.*: ", name)]
    assert len(named) > 150
    assert sorted(set(named) - existing()) == []


def test_every_row_has_a_test_or_a_reason():
    """No rule is listed without an answer, none twice, and all sections have theirs."""
    rows = ROW.findall(TABLE)
    assert len(rows) == len(re.findall(r"^\| \d", TABLE, re.M)), "a row that isn't like the others"
    for rule, what, answer in rows:
        assert re.match(r"(MUST|SHOULD|RECOMMENDED|\(no keyword)", what), rule
        assert "::" in answer or "`wire/" in answer or answer.startswith("Not applicable: "), rule
    assert [rule for rule, count in collections.Counter(rule for rule, _, _ in rows).items() if count > 1] == []
    semantics, messages = TABLE.split("\n## RFC 9112\n")
    for section in ("8", "13", "14", "15"):
        assert re.search(rf"^\| {section}[.-]", semantics, re.M), section
    for section in ("2", "3", "4", "5", "6", "7", "9"):
        assert re.search(rf"^\| {section}[.-]", messages, re.M), section


def test_rules_come_in_order():
    """By section, then by number: a rule that was left out shows."""
    for part in TABLE.split("\n## RFC 9112\n"):
        keys = []
        for rule, _, _ in ROW.findall(part):
            section, number = rule.split("-")
            keys.append(([int(piece) for piece in section.split(".")], int(number)))
        assert keys == sorted(keys)
        for before, after in zip(keys, keys[1:]):
            assert after[1] == (before[1] + 1 if after[0] == before[0] else 1), after


def test_deliberate_differences_are_counted():
    """The page says how many there are, and which."""
    differing = [rule for rule, _, answer in ROW.findall(TABLE) if "**Differs**" in answer]
    intro = TABLE.split("## RFC 9110")[0]
    said = re.search(r"Four times: 9110 (.*?)\. ", intro.replace("\n", " "))
    assert differing == re.findall(r"\d[\d.]*-\d+", said[1]) and len(differing) == 4

# SPDX-License-Identifier: BSD-2-Clause
"""docs/hazards.md: rows are numbered in order; each test that a row names exists; and a guest tries
each beside a witness, or the row says why none can."""

import re
from pathlib import Path

from . import cases as case_table
from . import verify
from .tables import rows

PAGE = "docs/hazards.md"
HEAD, ERRATA = "| # | class | here |", "| number | revisions | here |"
ROW = re.compile(r"\brows? (\d+)(?: and (\d+))?(?: to (\d+))?")
# `cases `a`, `b` (`inside b`) and `c``: a kind, and the names that follow it.
ONE = r"`[^`]+`(?: \([^)]*\))?"
NAMED = re.compile(rf"\b(case|unit|checker|fuzz)s? ({ONE}(?:(?:, | and ){ONE})*)")
UNTRIED = re.compile(r"\bno guest can\b")
# Checkers and checks whose systems have witnesses.
WITNESSED = ("fuzz-guest", "storms", "soak")
NEIGHBOURS = "`check/deny`"
WITNESS = "test-witness"
PROGRAM = re.compile(r"build/guest/([\w-]+)\.bin")
INCLUDE = re.compile(r'/include/ "([^"]+)"')
NAME = re.compile(r"`([^`]+)`((?: \([^)]*\))?)")


def names(text: str) -> list[tuple[str, str, list[str]]]:
    """(kind, name, what the brackets behind it name) of all tests in a text."""
    found = []
    for kind, listed in NAMED.findall(text):
        found += [(kind, name, re.findall(r"`(\w+)`", inside))
                  for name, inside in NAME.findall(listed) if "/" not in name]
    return found


def paths(text: str) -> list[str]:
    """Backquoted words that are files, or check/NAME."""
    return [word for word in re.findall(r"`([\w.-]+(?:/[\w.*-]+)+)`", text)]


def programs(root: Path, system: Path) -> set[str]:
    """The guests of a manifest, and of those that it includes."""
    text = system.read_text() if system.is_file() else ""
    found = set(PROGRAM.findall(text))
    for name in INCLUDE.findall(text):
        beside = system.parent / name
        found |= programs(root, beside if beside.is_file() else root / name)
    return found


class Tests:
    """The tests that there are."""

    def __init__(self, root: Path):
        self.root = root
        self.cases = {case.name: programs(root, root / case.system) for case in
                      case_table.read(root)}
        beside = [guests for guests in self.cases.values() if WITNESS in guests]
        self.watched = set().union(*beside) - {WITNESS}
        self.checkers = {checker.name
                         for checker in verify.parse((root / verify.TABLE).read_text())}

    def has_witness(self, kind: str, name: str) -> bool:
        """Does this test's guest, in this case or another one, run beside a witness?"""
        return (kind == "checker" and name in WITNESSED
                or kind == "case" and not self.watched.isdisjoint(self.cases.get(name, set())))

    def has(self, kind: str, name: str) -> bool:
        if kind == "case":
            return name in self.cases
        if kind == "checker":
            return name in self.checkers
        if kind == "fuzz":
            return (self.root / f"test/verify/fuzz/fuzz_{name}.c").exists()
        return any(self.units(name))

    def units(self, name: str) -> list[Path]:
        return list((self.root / "test/unit").glob(f"{name}.c")) if "test_" in name else []

    def path(self, name: str) -> bool:
        return (self.root / "test" / f"{name}.py").exists() or (self.root / name).exists()

    def inside(self, unit: str, function: str) -> bool:
        """Has a unit test such a function, or has another unit test of that name?"""
        if function.startswith("test_"):
            return any(self.units(function))
        return any(re.search(rf"\b(\w+_)?{function}\b", file.read_text())
                   for file in self.units(unit))


def test_faults(number: str, text: str, tests: Tests) -> list[str]:
    found = []
    for kind, name, inside in names(text):
        if not tests.has(kind, name):
            found.append(f"row {number}: there is no {kind} '{name}'")
        elif kind == "unit":
            found += [f"row {number}: unit {name} has no '{function}'" for function in inside
                      if not tests.inside(name, function)]
    found += [f"row {number}: there is no '{path}'" for path in paths(text)
              if not tests.path(path)]
    return found


def number_faults(numbers: list[str]) -> list[str]:
    return [f"row {has}: should be {want}" for want, has in enumerate(numbers, 1)
            if has != str(want)]


def reference_faults(text: str, last: int) -> list[str]:
    told = {number for match in ROW.findall(text) for number in match if number}
    return [f"row {number}: named, and not in the table" for number in sorted(told)
            if not 0 < int(number) <= last]


def trial_faults(table: list[list[str]], tests: Tests) -> list[str]:
    """Rows that nobody tries beside a witness. A row that names another one is as that one."""
    tried = {number for number, _, text in table
             if UNTRIED.search(text) or NEIGHBOURS in text
             or any(tests.has_witness(kind, name) for kind, name, _ in names(text))}
    return [f"row {number}: no guest tries it beside a witness, and it does not say why"
            for number, _, text in table
            if number not in tried and not any(match[0] in tried for match in ROW.findall(text))]


def findings(root: Path) -> list[tuple[str, list[str]]]:
    """The names of the checks, each with the faults found."""
    page = (root / PAGE).read_text()
    table = rows(page, HEAD)
    tests = Tests(root)
    faults = [fault for number, _, text in table for fault in test_faults(number, text, tests)]
    faults += [fault for number, _, text in rows(page, ERRATA)
               for fault in test_faults(number, text, tests)]
    return [(f"{PAGE}: rows are numbered in order", number_faults([row[0] for row in table])),
            (f"{PAGE}: the tests that it names exist", faults),
            (f"{PAGE}: a guest tries each row, or none can", trial_faults(table, tests)),
            (f"{PAGE}: rows that it names exist", reference_faults(page, len(table)))]

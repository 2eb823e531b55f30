# SPDX-License-Identifier: BSD-2-Clause
"""Branches from `llvm-cov export`, and the table of those that are not taken. The table's head
describes its format."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

TABLE = "test/verify/coverage/unreached"
FOLDERS = ("vgic", "hyp", "abi")
SIDES = ("true", "false")
# A condition may have a '|' of its own.
LINE = re.compile(r"(\S+) \| (\w+) \| (.+?) \| (true|false) \| \S.*")


@dataclass(frozen=True)
class Side:
    """One outcome of a condition; for a `case`, true means that it was selected."""

    file: str
    function: str
    condition: str
    side: str

    def __str__(self) -> str:
        return f"{self.file} | {self.function} | {self.condition} | {self.side}"


@dataclass
class Branch:
    file: str
    function: str
    place: tuple[int, int, int, int]  # first line and column, last ones
    taken: list[int]  # how often true, how often false

    def condition(self, source: list[str]) -> str:
        """Its text, with white space reduced to single blanks."""
        line, column, last, end = self.place
        lines = source[line - 1:last]
        lines[-1] = lines[-1][:end - 1]
        lines[0] = lines[0][column - 1:]
        return " ".join(" ".join(lines).split())


def branches(export: dict, root: Path) -> list[Branch]:
    """Each branch once, with the sum of its counts: an inline function is in several objects, and
    each program has its own."""
    found: dict[tuple, Branch] = {}
    for function in export["data"][0]["functions"]:
        for first, column, last, end, true, false, file_id, *_ in function["branches"]:
            path = Path(function["filenames"][file_id])
            if not path.is_relative_to(root):
                continue
            file, place = str(path.relative_to(root)), (first, column, last, end)
            name = function["name"].split(":")[-1]
            if file.split("/")[0] in FOLDERS:
                branch = found.setdefault((file, place), Branch(file, name, place, [0, 0]))
                branch.taken[0] += true
                branch.taken[1] += false
    return [found[key] for key in sorted(found)]


def files(export: dict, root: Path) -> set[str]:
    """All compiled files, with or without branches."""
    paths = (Path(name) for function in export["data"][0]["functions"]
             for name in function["filenames"])
    return {str(path.relative_to(root)) for path in paths if path.is_relative_to(root)}


def untaken(all_branches: list[Branch], sources: dict[str, list[str]]) -> list[tuple[Side, int]]:
    """The sides, with their lines."""
    return [(Side(b.file, b.function, b.condition(sources[b.file]), side), b.place[0])
            for b in all_branches for side, count in zip(SIDES, b.taken) if count == 0]


def totals(all_branches: list[Branch]) -> dict[str, tuple[int, int]]:
    """For each file: the number of sides taken, and of all sides."""
    result: dict[str, tuple[int, int]] = {}
    for branch in all_branches:
        taken, there = result.get(branch.file, (0, 0))
        result[branch.file] = taken + sum(1 for n in branch.taken if n), there + 2
    return result


def explanations(text: str, source: str = TABLE) -> list[Side]:
    sides = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        fields = LINE.fullmatch(line)
        if not fields:
            raise ValueError(f"{source}:{number}: not FILE | FUNCTION | CONDITION | SIDE | why")
        sides.append(Side(*fields.groups()))
    return sides


def allowances(text: str, source: str) -> dict[str, int]:
    """FILE | COUNT | why: the number of sides of its conditions that are not taken."""
    allowed = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split("|", 2)]
        if len(fields) != 3 or not fields[1].isdecimal() or not fields[2]:
            raise ValueError(f"{source}:{number}: not FILE | COUNT | why")
        allowed[fields[0]] = int(fields[1])
    return allowed


def compare(found: list[tuple[Side, int]], explained: list[Side]) -> tuple[list[str], list[str]]:
    """Sides without an explanation, by file and line; and explanations without a side. If a
    function has the same condition twice, each needs a line."""
    left = Counter(explained)
    unexplained = []
    for side, line in found:
        if left[side]:
            left[side] -= 1
        else:
            unexplained.append(f"{side.file}:{line}: {side}")
    return unexplained, [str(side) for side in left.elements()]

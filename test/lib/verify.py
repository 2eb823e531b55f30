# SPDX-License-Identifier: BSD-2-Clause
"""test/verify/checkers: the table of checkers. The file describes the format."""

import shlex
from dataclasses import dataclass, field
from pathlib import Path

TABLE = "test/verify/checkers"
MUTANTS = "test/verify/mutants"
LEAST_MUTANTS = 5


@dataclass
class Checker:
    name: str
    runs: list[list[str]] = field(default_factory=list)
    mutant_runs: list[list[str]] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    limit: float = 600

    def patches(self, root: Path) -> list[Path]:
        return sorted((root / MUTANTS / self.name).glob("*.patch"))


    def targets(self, commands: list[list[str]]) -> list[str]:
        """The targets of make for these commands."""
        return sorted({word for command in commands for word in command
                       if word.startswith("build/")} | set(self.made))


def _checker(line: str, where: str) -> Checker:
    words = shlex.split(line)
    checker = Checker(words[0])
    for word in words[1:]:
        key, equals, value = word.partition("=")
        if key == "run" and value:
            checker.runs.append(shlex.split(value))
        elif key == "mutant" and value:
            checker.mutant_runs.append(shlex.split(value))
        elif key == "make" and value:
            checker.made += value.split()
        elif key == "limit" and equals:
            checker.limit = float(value)
        else:
            raise ValueError(f"{where}: '{word}' is not one of run=, mutant=, make=, limit=")
    if not checker.runs:
        raise ValueError(f"{where}: {checker.name} has no run=COMMAND")
    checker.mutant_runs = checker.mutant_runs or checker.runs
    return checker


def parse(text: str, source: str = TABLE) -> list[Checker]:
    checkers: list[Checker] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            checkers.append(_checker(line, f"{source}:{number}"))
            if checkers[-1].name in {other.name for other in checkers[:-1]}:
                raise ValueError(f"{source}:{number}: a second '{checkers[-1].name}'")
    return checkers

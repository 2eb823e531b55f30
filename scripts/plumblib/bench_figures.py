# SPDX-License-Identifier: BSD-2-Clause
"""The stored figures (guest/bench/figures.json), by compiler: the counts are deterministic, and
another compiler makes other code of the same source."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import bench
from .bench import Figure
from .common import ROOT, PlumbError, relative, run_tool, tool

FIGURES = ROOT / "guest" / "bench" / "figures.json"
OPERATIONS, PATHS, GROWTH, SIZE = "operations", "paths", "growth", "size"
TOLERANCE = 0.05
# Not measured in every run: needs Debian's device trees; takes long, and the cases 'worst' and
# 'worst-eight' check it.
OPTIONAL = re.compile(r"\(vexpress-a15\)$|^" + re.escape(bench.MASKED))
HOW = "scripts/bench --store"


def compiler() -> str:
    """The name under which this compiler's figures are stored."""
    gcc = tool("arm-none-eabi-gcc")
    version = run_tool([gcc, "-dumpversion"], "arm-none-eabi-gcc -dumpversion")
    return "GCC " + version.decode().strip()


def load(path: Path = FIGURES) -> dict[str, dict[str, Any]]:
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise PlumbError(f"{relative(path)}: {error}: '{HOW}' writes this file") from error


def save(kind: str, what: Any, path: Path = FIGURES, who: str = "") -> None:
    """Replaces one kind of this compiler's figures."""
    known = load(path)
    known.setdefault(who or compiler(), {})[kind] = what
    path.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n")


@dataclass
class Verdict:
    worse: list[str] = field(default_factory=list)
    better: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not (self.worse or self.better or self.absent or self.new)

    def text(self) -> str:
        lines = [f"worse: {line}" for line in self.worse]
        lines += [f"better: {line}" for line in self.better]
        lines += [f"stored, but not measured: {name}" for name in self.absent]
        lines += [f"measured, but not stored: {name}" for name in self.new]
        if self.worse:
            lines.append(f"A row is more than {TOLERANCE * 100:.0f} % worse than its stored figure, "
                         f"or has more barriers or GIC accesses. If the change is worth that, "
                         f"'{HOW}' stores the new figures ('scripts/bench all' those of paths).")
        elif lines:
            lines.append(f"Store the new figures: {HOW}")
        return "\n".join(lines)


def compare(stored: dict[str, int], figures: list[Figure]) -> Verdict:
    verdict = Verdict()
    now = {figure.name: figure.value for figure in figures}
    for name, value in now.items():
        if name not in stored:
            verdict.new.append(name)
            continue
        line = f"{name}: {stored[name]} stored, {value} now"
        if value > stored[name] * (1 + TOLERANCE):
            verdict.worse.append(line)
        elif value < stored[name] * (1 - TOLERANCE):
            verdict.better.append(line)
    verdict.absent = [name for name in stored if name not in now and not OPTIONAL.search(name)]
    return verdict


def compare_paths(stored: dict[str, dict[str, int]], now: dict[str, dict[str, int]],
                  exact: tuple[str, ...]) -> Verdict:
    """Instructions may be 5 % more; of the columns in `exact`, barriers and GIC accesses, not one
    more."""
    verdict = Verdict(absent=[name for name in stored
                              if name not in now and not OPTIONAL.search(name)],
                      new=[name for name in now if name not in stored])
    for name in (name for name in now if name in stored):
        for column in ("instructions", *exact):
            was, is_now = stored[name][column], now[name][column]
            line = f"{name}: {column}: {was} stored, {is_now} now"
            slack = 0 if column in exact else TOLERANCE
            if is_now > was * (1 + slack):
                verdict.worse.append(line)
            elif is_now < was * (1 - slack):
                verdict.better.append(line)
    return verdict

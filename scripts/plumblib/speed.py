# SPDX-License-Identifier: BSD-2-Clause
"""The speed that a Linux guest reports (guest/linux/speed.sh), alone on QEMU and here, and the
exits that the partition beside it counts (guest/test/linux-speed.c): tables, and missed targets."""

import re
from dataclasses import dataclass

from .bench import columns
from .beside import Line, figures

FIGURE = re.compile(r"SPEED: (.+) = (\d+) ns")
FAILED = re.compile(r"SPEED: failed: (.+)")
FIRST = re.compile(r"first guest instruction (\d+) us after reset")
MARK = re.compile(r"EXITS: mark (\d+) at (\d+) us: (.+)")
NAPS = re.compile(r"(\d+) naps of (\d+) us")
BOOT = "boot, first instruction to shell"
POWER_ON = "boot, power-on to shell"
# By a name's beginning; the others are only reported.
TARGETS = {"boot": 1.05, "sha256sum": 1.01, "pipe ping-pong": 1.03}


def read_cpu(lines: list[Line]) -> dict[str, int]:
    """The run time of QEMU's threads for each figure, in nanoseconds: between two SPEED lines."""
    found = {}
    before = 0.0
    for line in lines:
        match = FIGURE.search(line.text)
        if match:
            name = POWER_ON if match[1] == BOOT else match[1]
            found[name] = round((line.cpu - before) * 1e9)
        if "SPEED: " in line.text:
            before = line.cpu
    return found


def _beyond(found: dict[str, int]) -> dict[str, int]:
    """The time of naps beyond the requested sleep: mostly the work of sleeping."""
    return {f"{name}, beyond that time": ns - int(match[1]) * int(match[2]) * 1000
            for name, ns in found.items() if (match := NAPS.fullmatch(name))}


def _with_power_on(found: dict[str, int], power_on: int) -> dict[str, int]:
    return {POWER_ON: power_on, **found, **_beyond(found)} if BOOT in found else {}


def read_counts(lines: list[Line]) -> dict[str, int]:
    """Nanoseconds of the guest's clock, which are instructions, by name; the monitor, if there is
    one, reports the time before the guest."""
    found = figures(lines, FIGURE)
    first = FIRST.search("\n".join(line.text for line in lines))
    return _with_power_on(found, found.get(BOOT, 0) + (int(first[1]) * 1000 if first else 0))


def read_times(lines: list[Line]) -> dict[str, int]:
    """The same if the clock is the host's; power-on is QEMU's start."""
    shell = [line.seconds for line in lines if f"SPEED: {BOOT}" in line.text]
    return _with_power_on(figures(lines, FIGURE), round(shell[0] * 1e9) if shell else 0)


def failures(lines: list[Line]) -> list[str]:
    ended = any("SPEED: end" in line.text for line in lines)
    return [match[1] for line in lines if (match := FAILED.search(line.text))] + \
        ([] if ended else ["no end"])


def target(name: str) -> float | None:
    return next((ratio for start, ratio in TARGETS.items() if name.startswith(start)), None)


@dataclass
class Row:
    name: str
    bare: int
    here: int

    @property
    def ratio(self) -> float:
        return self.here / max(self.bare, 1)

    def verdict(self) -> tuple[str, str]:
        """Target, and whether it is met."""
        wanted = target(self.name)
        if wanted is None:
            return "", ""
        return f"{wanted:.2f}", "met" if self.ratio <= wanted else "missed"


def rows(bare: dict[str, int], here: dict[str, int]) -> list[Row]:
    return [Row(name, ns, here[name]) for name, ns in bare.items() if name in here]


def table(head: str, found: list[Row]) -> str:
    lines = [(head, "bare", "here", "ratio", "target", "")]
    lines += [(row.name, f"{row.bare / 1e6:.1f}", f"{row.here / 1e6:.1f}", f"{row.ratio:.4f}",
               *row.verdict()) for row in found]
    return "\n".join(columns(lines))


def misses(found: list[Row]) -> list[str]:
    """Targets that are missed, or for which nothing was measured."""
    missed = [row.name for row in found if row.verdict()[1] == "missed"]
    return missed + [start for start in TARGETS
                     if not any(row.name.startswith(start) for row in found)]


@dataclass
class Exits:
    name: str
    us: int
    counts: dict[str, int]


def read_exits(lines: list[Line], names: list[str]) -> list[Exits]:
    """The boot, and each workload between its two marks; `names` in the order of the marks."""
    marks = []
    for line in lines:
        match = MARK.search(line.text)
        if match:
            words = match[3].split()
            marks.append((int(match[2]), dict(zip(words[::2], map(int, words[1::2])))))
    found = [Exits(BOOT, *marks[0])] if marks else []
    for name, (start, before), (end, after) in zip(names, marks[1::2], marks[2::2]):
        found.append(Exits(name, end - start, {key: after[key] - before[key] for key in after}))
    return found


def exits_table(found: list[Exits], cost: dict[str, int]) -> str:
    """`cost`: instructions more than bare, by name."""
    classes = list(found[0].counts) if found else []
    lines = [("exits of the vCPU", "seconds", *classes, "exits/s", "instructions/exit")]
    for part in found:
        total = part.counts["exits"]
        each = f"{cost[part.name] / total:.0f}" if total and part.name in cost else ""
        lines.append((part.name, f"{part.us / 1e6:.3f}",
                      *(str(part.counts[key]) for key in classes),
                      f"{total * 1e6 / max(part.us, 1):.0f}", each))
    return "\n".join(columns(lines))

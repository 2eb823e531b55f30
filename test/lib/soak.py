# SPDX-License-Identifier: BSD-2-Clause
"""Runs of test/systems/soak.dts: interrupts of every kind are counted, while partitions beside them
end, start and pause at random."""

import re
import struct
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from plumblib.common import ROOT

from . import storms

SYSTEM = ROOT / "test" / "systems" / "soak.dts"
WORK = ROOT / "build" / "soak"
BOARD = 0x4C501000  # memory-at, and the table of states
# guest/test/soak/soak.h
MAGIC = 0x4B414F53
LIFE, STRAY, LOST, DOUBLED, PAUSES, RESTARTS, FINISH, CHANNEL = 8, 12, 20, 24, 28, 32, 36, 64
KINDS = (("edges", 0, 8), ("levels", 8, 16), ("edges, many", 16, 24), ("edges by GSI", 24, 32),
         ("PPI edges", 32, 34), ("PPI levels", 34, 36), ("doorbells", 36, 37), ("SGIs", 37, 69),
         ("virtual timers", 69, 71), ("physical timers", 71, 73))
CHANNELS = 73
SPOKEN = ("boss", "beside", "apart", "source")
START_LIMIT, END_LIMIT = 120.0, 600.0  # seconds
STILL_LIMIT = 60.0  # nothing is delivered
PARTNER = re.compile(r"\] PASS: witness: (\d+) edges from the partner")
TICKS = re.compile(r"\] PASS: witness: timer: (\d+) ticks")


@dataclass
class Totals:
    asserted: Counter = field(default_factory=Counter)
    delivered: Counter = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    stray: int = 0
    pauses: int = 0
    restarts: int = 0  # of the sink
    lives: int = 0  # of the rioters
    witnessed: int = 0  # edges and ticks of the witnesses

    def add(self, other: "Totals") -> None:
        self.asserted += other.asserted
        self.delivered += other.delivered
        for name in ("lost", "doubled", "stray", "pauses", "restarts", "lives", "witnessed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def short(self) -> str:
        return (f"{sum(self.asserted.values())} asserted, {sum(self.delivered.values())} delivered, "
                f"{self.lost} lost, {self.doubled} doubled; {self.restarts} restarts and "
                f"{self.pauses} pauses of the sink, {self.lives} lives beside it")

    def table(self) -> list[str]:
        lines = [f"  {'':<16} {'asserted':>12} {'delivered':>12}"]
        lines += [f"  {name:<16} {self.asserted[name]:>12} {self.delivered[name]:>12}"
                  for name, _, _ in KINDS]
        return [*lines, f"  lost {self.lost}, doubled {self.doubled}, stray {self.stray}; restarts of "
                f"the sink {self.restarts}, pauses {self.pauses}; lives of the rioters {self.lives}; "
                f"edges and ticks of the witnesses {self.witnessed}"]


@dataclass
class Outcome:
    totals: Totals = field(default_factory=Totals)
    failures: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def manifest(seed: int, icount: bool) -> bytes:
    """Both files in one, with the seed. Without -icount the host's other work takes time: longer
    slices, pauses and patience."""
    text = storms.manifest(seed).decode() + SYSTEM.read_text().replace('/include/ "turmoil.dts"', "")
    text = text.replace('"seed=1"', f'"seed={seed}"').replace('"sink seed=1"', f'"sink seed={seed}"')
    if not icount:
        text = text.replace("time-slice-us = <300>", "time-slice-us = <5000>").replace(
            f'"seed={seed}"',
            f'"seed={seed} nap-us=5000 stuck-us=10000000 patience-us=60000000"')
    return text.encode()


def read(machine: storms.Machine) -> Totals:
    at = BOARD - storms.RAM
    data = bytes(machine.ram[at:at + CHANNEL + 8 * CHANNELS])
    words = struct.unpack(f"<{len(data) // 4}I", data)
    totals = Totals(lost=words[LOST // 4], doubled=words[DOUBLED // 4], stray=words[STRAY // 4],
                    pauses=words[PAUSES // 4], restarts=words[RESTARTS // 4])
    for name, first, last in KINDS:
        base = CHANNEL // 4
        totals.asserted[name] = sum(words[base + 2 * first:base + 2 * last:2])
        totals.delivered[name] = sum(words[base + 1 + 2 * first:base + 1 + 2 * last:2])
    totals.lives = storms.board(machine).lives
    return totals


class Soak:
    def __init__(self, machine: storms.Machine, say: Callable[[Totals], None]):
        self.machine, self.say = machine, say
        self.outcome = Outcome()

    def _failed(self) -> bool:
        return any(storms.FAIL.search(line) for line in self.machine.lines)

    def _wait(self, ready: Callable[[], bool], limit: float, what: str) -> None:
        end = time.monotonic() + limit
        while not ready():
            if not self.machine.alive() and not ready():
                raise storms.Failed(f"QEMU has ended before {what}")
            if self._failed():
                time.sleep(1)
                raise storms.Failed(f"a partition has failed before {what}")
            if time.monotonic() > end:
                raise storms.Failed(f"{what}: not within {limit:.0f} s")
            time.sleep(0.05)

    def _begin(self) -> None:
        word = self.machine.word
        self._wait(lambda: word(storms.BOARD + storms.QUIET) > 0, START_LIMIT, "the storm begins")
        self.machine.set_word(storms.BOARD + storms.GOAL, 0xFFFFFFFF)
        self.machine.set_word(storms.BOARD + storms.GO, 1)
        self._wait(lambda: word(BOARD) == MAGIC, START_LIMIT, "the sink begins")

    def _soak(self, seconds: float) -> None:
        begin = moved = time.monotonic()
        seen = -1
        while time.monotonic() - begin < seconds:
            time.sleep(min(0.5, seconds))
            totals = read(self.machine)
            now = sum(totals.delivered.values())
            if now != seen:
                seen, moved = now, time.monotonic()
            self.say(totals)
            if self._failed() or not self.machine.alive():
                raise storms.Failed("a partition has failed")
            if time.monotonic() - moved > STILL_LIMIT:
                raise storms.Failed(f"nothing is delivered for {STILL_LIMIT:.0f} s")

    def _end(self) -> None:
        self.machine.set_word(BOARD + FINISH, 1)
        self._wait(lambda: self._said("source"), END_LIMIT, "the last interrupt")
        self.outcome.totals = read(self.machine)
        self.machine.set_word(storms.BOARD + storms.FINISH, 1)
        self._wait(lambda: all(map(self._said, SPOKEN)), END_LIMIT, "the partitions end")

    def _said(self, name: str) -> bool:
        return any((match := storms.SUMMARY.match(line)) and match[1] == name
                   for line in list(self.machine.lines))

    def run(self, seconds: float) -> Outcome:
        try:
            self._begin()
            self._soak(seconds)
            self._end()
        except storms.Failed as failed:
            self.outcome.failures.append(str(failed))
            self.outcome.totals = read(self.machine)
        out = self.outcome
        out.lines = list(self.machine.lines)
        out.failures += [line for line in out.lines if storms.FAIL.search(line)]
        out.totals.witnessed = sum(int(match[1]) for line in out.lines
                                   for match in (PARTNER.search(line), TICKS.search(line)) if match)
        totals = out.totals
        if not out.failures and (totals.lost or totals.doubled or totals.stray
                                 or totals.asserted != totals.delivered):
            out.failures.append(totals.short())
        return out


def run(seed: int, seconds: float, icount: bool, say: Callable[[Totals], None]) -> Outcome:
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK) as name:
        machine = storms.Machine(manifest(seed, icount), Path(name), icount=icount)
        try:
            return Soak(machine, say).run(seconds)
        finally:
            machine.end()

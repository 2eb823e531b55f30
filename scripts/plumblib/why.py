# SPDX-License-Identifier: BSD-2-Clause
"""The console's lines by partition: output, complaints, end, and state (Ctrl-] s). From these, the
lines that explain a run that failed."""

import re
from dataclasses import dataclass, field

from . import common, machine

STATE_KEYS = b"\x1ds"  # Ctrl-] s
LINES = 24  # at most, for one partition

OURS = re.compile(rb"(?:\[plumbline\] |plumbline: )(.*)")
THEIRS = re.compile(rb"\[([^\]]+)\] ?(.*)")
STATUS = re.compile(r": crashed, status (-?\d+)")
COMPLAINT = re.compile(r"vcpu \d+: pc 0x")
STATE = re.compile(r"state: [^ ]+: ([^,]+), ")
GONE = ("off", "crashed")
LOADING = "its memory is being loaded"
TELLING = re.compile(r"panic|refused|crash|fail|abort|forbidden|not |cannot|exit|r\d+ ")
SILENT = """\
{name} has printed nothing. Its console is a PL011 at {uart:#010x}, as on QEMU's virt machine:
  - is it an image for virt? Linux: multi-platform ARMv7 (Debian's armmp), not one board's kernel
  - was it linked to run where it is loaded? A raw image starts at {kernel:#010x}, an ELF file where its
    headers put it; the manifest's kernel-address sets another place
  - Linux: bootargs with console=ttyAMA0, and earlycon for messages before the console"""
LOADED_LATE = """\
{name}: its memory was still being loaded, it has not run yet: the time limit is too short"""
MUTE = """\
the monitor has printed nothing: see 'Nothing on the console' in docs/debugging.md"""


@dataclass
class Partition:
    """The known facts about one partition."""

    spoke: bool = False
    end: str = ""  # the monitor's line: off, crashed; empty: it runs
    restarts: int = 0
    complaints: list[str] = field(default_factory=list)
    state: list[str] = field(default_factory=list)

    def told(self) -> str:
        """Its state in the last report: off, running ...; empty: not reported."""
        found = STATE.search(self.state[0]) if self.state else None
        return found[1] if found else ""

    def status(self) -> int | None:
        """The status in its line about a crash."""
        found = STATUS.search(self.end)
        return int(found[1]) if found else None


class Why:
    """Reads the console's lines. `consoles`: the partitions that have one; others print nothing."""

    def __init__(self, consoles: list[str] | None = None, raw: bool = False) -> None:
        self.partitions = {name: Partition() for name in consoles or []}
        self.consoles = list(consoles or [])
        self.raw = raw
        self.own: list[str] = []  # lines about no partition
        self.monitor = False  # it has printed something
        self.state_done = False

    def feed(self, line: bytes) -> None:
        ours = OURS.match(line)
        if ours:
            self.monitor = True
            self._monitor(line.decode(errors="replace"), ours[1].decode(errors="replace"))
        elif self.raw:
            self._spoke(self.consoles[:1], line)
        elif theirs := THEIRS.match(line):
            self._spoke([theirs[1].decode(errors="replace")], theirs[2])

    def _spoke(self, names: list[str], text: bytes) -> None:
        for name in names:
            if text.strip():
                self._partition(name).spoke = True

    def _partition(self, name: str) -> Partition:
        return self.partitions.setdefault(name, Partition())

    def _monitor(self, line: str, text: str) -> None:
        if text.startswith("state: "):
            self._state(line, text.removeprefix("state: "))
            return
        name, colon, rest = text.partition(": ")
        if not colon or " " in name:
            self.own.append(line)
        elif COMPLAINT.match(rest):
            known = self._partition(name)
            known.complaints = [*known.complaints, line][-LINES:]
        elif re.match(r"restarts\b", rest):
            known = self._partition(name)
            self.partitions[name] = Partition(spoke=known.spoke, restarts=known.restarts + 1)
        elif rest == "off" or rest.startswith("crashed"):
            self._partition(name).end = line
        else:
            self.own.append(line)

    def _state(self, line: str, text: str) -> None:
        if text == "end":
            self.state_done = True
            return
        name = re.split(r"[: ]", text, maxsplit=1)[0]
        known = self._partition(name)
        if " vcpu " not in text:  # its first line
            known.state = []
            self.state_done = False
        known.state.append(line)

    def crashed(self) -> list[Partition]:
        return [p for p in self.partitions.values() if "crashed" in p.end]

    def running(self) -> dict[str, Partition]:
        return {name: p for name, p in self.partitions.items()
                if not p.end and p.told() not in GONE
                and (p.state or p.complaints or p.spoke or name in self.consoles)}

    def explanation(self, code: int) -> list[str]:
        """The lines to repeat for this exit code."""
        lines = [line for line in self.own if TELLING.search(line)][-LINES:]
        if code in (common.EXIT_GUEST, common.EXIT_TIME):
            lines = []
            for known in self.crashed():
                lines += [*known.complaints, known.end]
        if code == common.EXIT_TIME:
            running = self.running()
            for name, known in self.partitions.items():
                if name in running:
                    lines += known.complaints + known.state
                elif name in self.consoles and not known.spoke and not known.end:
                    lines += known.state
        return lines

    def silent(self) -> list[str]:
        """Advice about each partition that runs and has printed nothing."""
        if not self.monitor and not self.raw:
            return [MUTE]
        advice = []
        for name, known in self.running().items():
            if known.told() == LOADING:
                advice.append(LOADED_LATE.format(name=name))
            elif name in self.consoles and not known.spoke:
                advice.append(SILENT.format(name=name, uart=machine.windows()["uart"].base,
                                            kernel=machine.memory()["kernel"]))
        return advice

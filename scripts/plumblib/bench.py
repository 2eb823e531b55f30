# SPDX-License-Identifier: BSD-2-Clause
"""The benchmark: instructions and GIC accesses per operation, next to targets and peers.

QEMU counts with -icount shift=0, so the guest's figures are instructions and the same every time.
The monitor's GIC accesses between two BENCH lines belong to the operation of the second. The
position in the console's output is known from the UART's trace events, which share a stream with
the GIC's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from .trace import TraceCounter

LINE = re.compile(r"BENCH: (.+?) = (\d+) instructions")
JITTER = re.compile(r"RTOS: (.+?), (\d+) ticks, jitter mean (\d+) ns, worst (\d+) ns")
UART_WRITE = re.compile(rb"pl011_write addr 0x0+ value 0x([0-9a-f]+)")
ROUNDS = 1024  # guest/bench's, for each figure


@dataclass
class Row:
    target: int | None
    peers: tuple[str, str, str, str]  # none at all, KVM/ARM, Xen (null scheduler), Xvisor


# Peers as measured by one guest in the same emulator; targets are those of the project.
TABLE = {
    "HVC PSCI_VERSION, round trip": Row(100, ("1", "914", "516", "451")),
    "GICD_CTLR read": Row(200, ("1", "1382", "723", "753")),
    "GICD_ISENABLER1 write": Row(250, ("1", "1535", "805", "1493")),
    "PL011 FR read": Row(None, ("1", "2250", "706", "709")),
    "GICC_PMR read": Row(None, ("1", "1", "1", "1")),
    "SGI to self, GICD_SGIR write to handler entry": Row(400, ("8", "2119", "1241", "lost")),
    "SGI to self, whole, with EOI": Row(None, ("49", "2160", "1282", "lost")),
    "virtual timer, CVAL to handler entry": Row(350, ("<16", "1876", "1184", "2464")),
    "virtual timer, whole, with EOI": Row(None, ("37", "1927", "1222", "2503")),
    "WFI wake-up by timer, CVAL to handler entry": Row(None, ("<16", "1588", "5365", "2912")),
    "KVM_IRQ_LINE raise, vCPU waits": Row(250, ("", "471", "", "")),
    "KVM_IRQ_LINE lower, vCPU waits": Row(None, ("", "471", "", "")),
    "KVM_IRQ_LINE no change": Row(None, ("", "391", "", "")),
    "KVM_IRQ_LINE refused, bad type": Row(None, ("", "294", "", "")),
}
NO_ROW = Row(None, ("", "", "", ""))


@dataclass
class Figure:
    name: str
    instructions: int
    accesses: float  # the monitor's GIC accesses per round


@dataclass
class Jitter:
    place: str  # the system
    when: str  # what the tick interrupted, or the end point of the measured time
    ticks: int
    mean: int  # ns, which are instructions
    worst: int


class BenchTrace(TraceCounter):
    """GIC accesses, cut up at the BENCH lines on the console."""

    def __init__(self) -> None:
        super().__init__()
        self.line = bytearray()
        self.figures: list[Figure] = []
        self.before = 0

    def report(self, out: TextIO) -> None:
        """Prints nothing: the table has the figures."""

    def count(self, line: bytes) -> bool:
        written = UART_WRITE.search(line)
        if not written:
            return line.startswith(b"pl011_") or super().count(line)
        byte = int(written[1], 16) & 0xFF
        if byte != 0x0A:
            self.line.append(byte)
            return True
        match = LINE.search(self.line.decode(errors="replace"))
        self.line.clear()
        now = self.monitor_accesses()
        if not match and not self.figures:
            self.before = now  # accesses during start-up belong to no operation
        if match:
            self.figures.append(Figure(match[1], int(match[2]), (now - self.before) / ROUNDS))
            self.before = now
        return True


def columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """The first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join([row[0].ljust(widths[0]),
                       *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))])
            for row in rows]


def table(figures: list[Figure], image_size: int, image_limit: int) -> str:
    head = ("operation", "here", "target", "GIC", "none", "KVM", "Xen", "Xvisor")
    rows = [head]
    for figure in figures:
        row = TABLE.get(figure.name, NO_ROW)
        target = "" if row.target is None else f"{row.target}"
        if row.target is not None and figure.instructions > row.target:
            target += " !"
        rows.append((figure.name, str(figure.instructions), target, f"{figure.accesses:.1f}",
                     *row.peers))
    lines = columns(rows)
    missing = [name for name in TABLE if name not in {figure.name for figure in figures}]
    lines += [f"not measured: {name}" for name in missing]
    lines.append(f"monitor image: {image_size} bytes, target {image_limit}")
    return "\n".join(lines)


def misses(figures: list[Figure]) -> list[str]:
    """Operations that exceed their target, and those with a target that were not measured."""
    got = {figure.name: figure.instructions for figure in figures}
    return [name for name, row in TABLE.items()
            if row.target is not None and got.get(name, row.target + 1) > row.target]


def read_jitter(place: str, console: str) -> list[Jitter]:
    return [Jitter(place, when, int(ticks), int(mean), int(worst))
            for when, ticks, mean, worst in JITTER.findall(console)]


def jitter_table(found: list[Jitter]) -> str:
    """Without the first line of each group, which is the sum of the next two."""
    rows = [("RTOS tick jitter", "ticks", "mean", "worst")]
    rows += [(f"{jitter.place}, {jitter.when}", str(jitter.ticks), str(jitter.mean),
              str(jitter.worst)) for jitter in found if not jitter.when.startswith("tick ")]
    return "\n".join(columns(rows))

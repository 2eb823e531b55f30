# SPDX-License-Identifier: BSD-2-Clause
"""The benchmark's rows: instructions and GIC accesses per operation, next to targets and peers.

QEMU counts with -icount shift=0, so the guest's figures are instructions and the same every time.
The monitor's GIC accesses between two BENCH lines belong to the operation of the second. The
position in the console's output is known from the UART's trace events, which share a stream with
the GIC's.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

from .common import ROOT
from .trace import TraceCounter

LINE = re.compile(r"BENCH: (.+?) = (\d+) instructions")
JITTER = re.compile(r"RTOS: (.+?), (\d+) ticks, jitter mean (\d+) ns, worst (\d+) ns")
UART_WRITE = re.compile(rb"pl011_write addr 0x0+ value 0x([0-9a-f]+)")
BEGIN = "begin"  # the guest's line
NO_TIMERS = b"icount sleep disabled and no active timers"  # QEMU's, when all CPUs wait
ROUNDS = 1024  # guest/bench's, for each figure
PEERS = ROOT / "guest" / "bench" / "peers.json"

IMAGE = "monitor image, bytes"
START = "reset to first guest instruction, without scrub and copy, thousands"
MASKED = "longest time with interrupts masked, 8 vCPUs, 1020 interrupts"

# In the order of the tables. The targets are those of the project; None: only reported.
ROWS: dict[str, int | None] = {
    "HVC PSCI_VERSION, round trip": 40,
    "GICD_CTLR read": 70,
    "GICD_ISENABLER1 write": 105,
    "PL011 FR read": 90,
    "ACTLR read": 90,
    "GICC_PMR read": 1,
    "SGI to self, GICD_SGIR write to handler entry": 175,
    "SGI to self, whole, with EOI": None,
    "virtual timer, CVAL to handler entry": 130,
    "virtual timer, whole, with EOI": 420,
    "WFI wake-up by timer, CVAL to handler entry": 130,
    "KVM_IRQ_LINE raise, line disabled": 110,
    "KVM_IRQ_LINE lower, line disabled": 110,
    "KVM_IRQ_LINE by GSI raise, line disabled": 110,
    "KVM_IRQ_LINE no change, line disabled": 70,
    "KVM_IRQ_LINE refused, bad type": 60,
    "KVM_IRQ_LINE raise, vCPU waits": None,
    "KVM_IRQ_LINE no change, vCPU waits": 70,
    "KVM_IRQ_LINE raise, vCPU ready": None,
    "KVM_IRQ_LINE lower, vCPU ready": None,
    "raise to handler, vCPU waits on the same CPU": None,
    "raise to handler, vCPU of higher priority waits": 700,
    "KVM_IRQ_LINE raise, vCPU in WFI on another CPU": None,
    "the other CPU's part, in WFI": None,
    "raise to handler, vCPU in WFI on another CPU": None,
    "KVM_IRQ_LINE raise, vCPU runs on another CPU": None,
    "the other CPU's part, running": None,
    "raise to handler, vCPU runs on another CPU": None,
    "doorbell of no peer": None,
    "doorbell, vCPU in WFI on another CPU": None,
    "doorbell to handler, vCPU in WFI on another CPU": None,
    "doorbell, vCPU runs on another CPU": None,
    "doorbell to handler, vCPU runs on another CPU": None,
    "message of 32 bytes: send": None,
    "message of 32 bytes: receive": None,
    "virtio access, answered by another partition": None,
    "virtio notification": None,
    "KVM_RUN, to a WFI of the VM and back": 1000,
    "KVM_RUN, the same of a VM with a GIC": None,
    "KVM_RUN, to a store that its caller answers and back": 1100,
    "KVM_RUN, to a load that its caller answers and back": 1100,
    "KVM_IRQ_LINE raise, KVM_RUN, to the VM's handler": 1500,
    "the same, and back by WFI": None,
    "WFI to another partition's vCPU": 700,
    "WFI to another partition's handler": None,
    "WFI wake-up by timer, all others asleep": None,
    START: 500,
    MASKED: 10000,
}


@dataclass
class Peers:
    source: str
    columns: list[str]
    short: list[str]
    rows: dict[str, list[str]]

    def of(self, name: str) -> list[str]:
        return self.rows.get(name, [""] * len(self.columns))


def peers() -> Peers:
    return Peers(**json.loads(PEERS.read_text()))


@dataclass
class Figure:
    name: str
    value: int  # instructions, unless the name says otherwise
    accesses: float | None = None  # the monitor's GIC accesses per round


@dataclass
class Jitter:
    place: str  # the system
    when: str  # what the tick interrupted, or the end point of the measured time
    ticks: int
    mean: int  # ns, which are instructions
    worst: int


def base(name: str) -> str:
    """A row measured in another system, too, has its name and ' (...)'."""
    return name.partition(" (")[0]


def target(name: str) -> int | None:
    return ROWS.get(base(name))


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
            return line.startswith(b"pl011_") or NO_TIMERS in line or super().count(line)
        byte = int(written[1], 16) & 0xFF
        if byte != 0x0A:
            self.line.append(byte)
            return True
        said = self.line.decode(errors="replace").rstrip()
        match = LINE.search(said)
        self.line.clear()
        now = self.monitor_accesses()
        if said.endswith(BEGIN) or not (match or self.figures):
            self.before = now  # accesses before belong to no operation
        if match:
            self.figures.append(Figure(match[1], int(match[2]), (now - self.before) / ROUNDS))
            self.before = now
        return True


def columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """The first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join([row[0].ljust(widths[0]),
                       *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]).rstrip()
            for row in rows]


def ordered(figures: Iterable[Figure]) -> list[Figure]:
    """As in ROWS, a row's other systems behind it; rows that ROWS does not have come last."""
    places = {name: place for place, name in enumerate(ROWS)}
    return sorted(figures, key=lambda figure: places.get(base(figure.name), len(places)))


def table(figures: list[Figure], image_size: int, image_limit: int) -> str:
    known = peers()
    rows = [("operation", "here", "target", "GIC", *known.short)]
    for figure in ordered(figures):
        wanted = target(figure.name)
        mark = "" if wanted is None else f"{wanted}" + (" !" if figure.value > wanted else "")
        accesses = "" if figure.accesses is None else f"{figure.accesses:.1f}"
        rows.append((figure.name, str(figure.value), mark, accesses, *known.of(figure.name)))
    lines = columns(rows)
    got = {base(figure.name) for figure in figures}
    lines += [f"not measured: {name}" for name in ROWS if name not in got]
    lines.append(f"monitor image: {image_size} bytes, limit {image_limit}")
    return "\n".join(lines)


def misses(figures: list[Figure]) -> list[str]:
    """Operations that exceed their target, and those with a target that were not measured."""
    got = {base(figure.name) for figure in figures}
    over = [figure.name for figure in figures
            if (wanted := target(figure.name)) is not None and figure.value > wanted]
    return over + [name for name, wanted in ROWS.items() if wanted is not None and name not in got]


def read_jitter(place: str, console: str) -> list[Jitter]:
    return [Jitter(place, when, int(ticks), int(mean), int(worst))
            for when, ticks, mean, worst in JITTER.findall(console)]


def jitter_table(found: list[Jitter]) -> str:
    """Without the first line of each group, which is the sum of the next two."""
    rows = [("RTOS tick jitter", "ticks", "mean", "worst")]
    rows += [(f"{jitter.place}, {jitter.when}", str(jitter.ticks), str(jitter.mean),
              str(jitter.worst)) for jitter in found if not jitter.when.startswith("tick ")]
    return "\n".join(columns(rows))

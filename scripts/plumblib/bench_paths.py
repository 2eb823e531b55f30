# SPDX-License-Identifier: BSD-2-Clause
"""Paths through the monitor, from QEMU's log: instructions, loads, stores, cache lines, pages,
barriers, GIC accesses."""

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

from . import bench_armcode as code
from . import bench_thumbcode as thumb
from .trace import TraceCounter

IMAGE = 0xFFC00000  # hyp/hw/layout.h
DEVICES = range(0xFFA00000, 0xFFC00000)
HYP, MODE, THUMB = 0x1A, 0x1F, 0x20  # of the PSR
LINE, PAGE = 6, 12  # bits of an address within a cache line, and a page
STEP = re.compile(r"Trace (\d+): \S+ \[[0-9a-f]+/([0-9a-f]+)/")
REGISTERS = re.compile(r"R\d\d=([0-9a-f]{8})")
PSR = re.compile(r"PSR=([0-9a-f]{8})")
GIC = {"dist": "GICD", "hyp": "GICH", "cpu": "GICC"}


@dataclass
class Path:
    """From an exception taken to HYP, or from an idle CPU's WFI, to the next return to a guest or
    WFI, on one CPU."""

    cpu: int
    instructions: int = 0
    loads: int = 0  # of a word or less
    stores: int = 0
    barriers: dict[str, int] = field(default_factory=lambda: {"DSB": 0, "DMB": 0, "ISB": 0})
    gic: dict[str, int] = field(default_factory=lambda: {"GICD": 0, "GICC": 0, "GICH": 0})
    code: set[int] = field(default_factory=set)  # addresses
    data: set[int] = field(default_factory=set)  # without devices'

    def step(self, op: int, regs: list[int], psr: int) -> None:
        done = (thumb if psr & THUMB else code).effect(op, regs, psr)
        self.instructions += 1
        self.code.add(regs[code.PC])
        self.loads += len(done.loads)
        self.stores += len(done.stores)
        self.data.update(at for at in (*done.loads, *done.stores) if at not in DEVICES)
        if done.barrier:
            self.barriers[done.barrier] += 1

    def access(self, line: str) -> None:
        counter = TraceCounter()
        if counter.count(line.encode()) and counter.monitor_accesses():
            (name, _), = counter.table
            self.gic[name.partition("_")[0]] += 1

    def numbers(self) -> dict[str, int]:
        return {"instructions": self.instructions, "loads": self.loads, "stores": self.stores,
                "code lines": len({at >> LINE for at in self.code}),
                "data lines": len({at >> LINE for at in self.data}),
                "code pages": len({at >> PAGE for at in self.code}),
                "data pages": len({at >> PAGE for at in self.data}),
                **self.barriers, **self.gic}


COLUMNS = tuple(Path(0).numbers())
EXACT = (*Path(0).barriers, *Path(0).gic)


class Reader:
    """`image`: the monitor's, for its instructions."""

    def __init__(self, image: bytes) -> None:
        self.image = image
        self.paths: list[Path] = []
        self.open: dict[int, Path | None] = {}  # by CPU
        self.cpu = 0
        self.regs: list[int] = []

    def _op(self, at: int) -> int:
        offset = at - IMAGE
        return struct.unpack_from("<I", self.image, offset)[0] \
            if 0 <= offset <= len(self.image) - 4 else 0

    def _step(self, psr: int) -> None:
        """One instruction of the CPU, before it executes."""
        path = self.open.get(self.cpu)
        if psr & MODE != HYP or len(self.regs) != 16:
            self.open[self.cpu] = None
            return
        if path is None:
            path = self.open[self.cpu] = Path(self.cpu)
            self.paths.append(path)
        op = self._op(self.regs[code.PC])
        path.step(op, self.regs, psr)
        if op & 0xFFFF == thumb.WFI if psr & THUMB else op == code.WFI:
            self.open[self.cpu] = None

    def feed(self, lines: Iterable[str]) -> None:
        for line in lines:
            step = STEP.match(line)
            if step:
                self.cpu, self.regs = int(step[1]), []
            elif line.startswith("R"):
                self.regs += [int(value, 16) for value in REGISTERS.findall(line)]
            elif line.startswith("PSR="):
                psr = PSR.match(line)
                if psr:
                    self._step(int(psr[1], 16))
            elif line.startswith("gic_") or "gic_" in line[:40]:
                path = self.open.get(self.cpu)
                if path:
                    path.access(line)


def read(lines: Iterable[str], image: bytes) -> list[Path]:
    reader = Reader(image)
    reader.feed(lines)
    return reader.paths

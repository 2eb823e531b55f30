# SPDX-License-Identifier: BSD-2-Clause
"""Programs and records: guest/test/lockstep/lockstep.h has the same formats and numbers."""

import struct
from dataclasses import dataclass
from enum import IntEnum

PROGRAMS = 0x504B434C
RECORDS = 0x524B434C


class Op(IntEnum):
    DIST_READ = 1
    DIST_READ_BYTE = 2
    DIST_WRITE = 3
    DIST_WRITE_BYTE = 4
    CPU_READ = 5
    CPU_WRITE = 6
    ACK = 7
    EOI = 8
    DIR = 9
    SGI = 10
    SGI_SET = 11
    SGI_CLEAR = 12
    LINE = 13
    CONFIG = 14
    GROUP = 15
    ACTIVATE = 16
    DEACTIVATE = 17
    WINDOW = 18
    SPLIT = 19
    FINISH = 20
    TARGET = 21


class Kind(IntEnum):
    READ = 1
    IAR = 2
    EOI = 3
    DIR = 4
    IRQ = 5
    FIQ = 6
    NOT_DONE = 7
    STORM = 8


# IHI 0048B tables 4-1 and 4-2
DIST = {0x000: "CTLR", 0x004: "TYPER", 0x008: "IIDR", 0xF00: "SGIR"}
DIST_BANKS = [(0x080, 0x80, "IGROUPR"), (0x100, 0x80, "ISENABLER"), (0x180, 0x80, "ICENABLER"),
              (0x200, 0x80, "ISPENDR"), (0x280, 0x80, "ICPENDR"), (0x300, 0x80, "ISACTIVER"),
              (0x380, 0x80, "ICACTIVER"), (0x400, 0x400, "IPRIORITYR"),
              (0x800, 0x400, "ITARGETSR"), (0xC00, 0x100, "ICFGR"), (0xF10, 0x10, "CPENDSGIR"),
              (0xF20, 0x10, "SPENDSGIR")]
CPU = {0x00: "CTLR", 0x04: "PMR", 0x08: "BPR", 0x0C: "IAR", 0x10: "EOIR", 0x14: "RPR",
       0x18: "HPPIR", 0x1C: "ABPR"}


def dist_name(offset: int) -> str:
    if offset in DIST:
        return f"GICD_{DIST[offset]}"
    for base, size, name in DIST_BANKS:
        if base <= offset < base + size:
            return f"GICD_{name}+{offset - base:#x}"
    return f"GICD+{offset:#x}"


def dist_bank(offset: int) -> str:
    """The register's name without its number."""
    return dist_name(offset).removeprefix("GICD_").partition("+")[0]


def cpu_name(offset: int) -> str:
    return f"GICC_{CPU[offset]}" if offset in CPU else f"GICC+{offset:#x}"


@dataclass(frozen=True)
class Step:
    op: Op
    cpu: int
    argument: int = 0
    value: int = 0

    def pack(self) -> bytes:
        return struct.pack("<BBHI", self.op, self.cpu, self.argument, self.value & 0xFFFFFFFF)

    def __str__(self) -> str:
        return f"cpu {self.cpu}: {self._text()}"

    def _text(self) -> str:
        name = self.op.name.lower().replace("_", " ")
        if self.op in (Op.DIST_READ, Op.DIST_READ_BYTE):
            return f"{name[5:]} {dist_name(self.argument)}"
        if self.op in (Op.DIST_WRITE, Op.DIST_WRITE_BYTE):
            return f"{name[5:]} {dist_name(self.argument)} = {self.value:#x}"
        if self.op == Op.CPU_READ:
            return f"read {cpu_name(self.argument)}"
        if self.op == Op.CPU_WRITE:
            return f"write {cpu_name(self.argument)} = {self.value:#x}"
        if self.op in (Op.ACK, Op.EOI, Op.FINISH):
            return name
        if self.op in (Op.SGI, Op.DIR, Op.WINDOW, Op.SPLIT):
            return f"{name} {self.value:#x}"
        if self.op in (Op.ACTIVATE, Op.DEACTIVATE):
            return f"{name} {self.argument}"
        return f"{name} {self.argument} = {self.value:#x}"


@dataclass(frozen=True)
class Program:
    ident: int
    steps: tuple[Step, ...]


def pack(programs: list[Program]) -> bytes:
    out = [struct.pack("<II", PROGRAMS, len(programs))]
    for program in programs:
        out.append(struct.pack("<II", program.ident, len(program.steps)))
        out += [step.pack() for step in program.steps]
    return b"".join(out)


@dataclass(frozen=True)
class Entry:
    kind: int
    cpu: int
    step: int
    value: int

    def __str__(self) -> str:
        name = Kind(self.kind).name if self.kind in Kind._value2member_map_ else str(self.kind)
        return f"cpu {self.cpu} {name} {self.value:#x}"


def unpack(data: bytes) -> list[tuple[int, bytes]]:
    """Of a record: each program's id and entries, as they are in memory. Empty if there is none."""
    magic, count, words = struct.unpack_from("<III", data)
    if magic != RECORDS:
        return []
    found, at = [], 12
    for _ in range(count):
        ident, entries = struct.unpack_from("<II", data, at)
        found.append((ident, data[at + 8:at + 8 + 8 * entries]))
        at += 8 + 8 * entries
        if at > 4 * words:
            raise ValueError("the record is longer than its length field")
    return found


def entries(raw: bytes) -> list[Entry]:
    return [Entry(head & 0xFF, head >> 8 & 0xFF, head >> 16, value)
            for head, value in struct.iter_unpack("<II", raw)]

# SPDX-License-Identifier: BSD-2-Clause
"""Translation tables of ARMv7-A (ARM ARM B3.5, B3.6) walked by a debugger: addresses only, no
permissions. `read(pa, size)` returns physical memory; None: nothing is mapped there."""

import struct
from collections.abc import Callable
from dataclasses import dataclass

Read = Callable[[int, int], bytes | None]

ADDRESS_LPAE = 0xFFFFFFF000  # bits 39..12
SCTLR_M = 1
TTBCR_EAE = 1 << 31


def _word(read: Read, pa: int, size: int) -> int:
    data = read(pa, size)
    return struct.unpack("<I" if size == 4 else "<Q", data)[0] if data else 0


def lpae(read: Read, root: int, address: int, bits: int = 32) -> int | None:
    """The long descriptor format, for `bits` bits of input: 31 and 32 begin at level 1."""
    level, table = 1 if bits > 30 else 2, root & ADDRESS_LPAE
    if bits < 32:
        address_in = address & ((1 << bits) - 1)
    else:
        address_in = address
    # The root of level 1 has four entries (32 bytes): bits 11..5 of it count, too.
    table |= root & 0xFE0 if level == 1 else 0
    while True:
        shift = 39 - 9 * level
        entry = _word(read, table + (address_in >> shift & 511) * 8, 8)
        kind = entry & 3
        if kind == 3 and level == 3 or kind == 1 and level < 3:
            low = (1 << shift) - 1
            return entry & ADDRESS_LPAE & ~low | address & low
        if kind != 3:
            return None
        level, table = level + 1, entry & ADDRESS_LPAE


def short(read: Read, root: int, address: int, bits: int = 32) -> int | None:
    """The short descriptor format: sections, supersections, large and small pages."""
    table = root & ~((1 << (bits - 18)) - 1) & 0xFFFFFFFF
    entry = _word(read, table + ((address & ((1 << bits) - 1)) >> 20) * 4, 4)
    if entry & 3 == 0:
        return None
    if entry & 2:
        if entry & 1 << 18:
            high = (entry >> 20 & 15) << 32 | (entry >> 5 & 15) << 36
            return high | entry & 0xFF000000 | address & 0xFFFFFF
        return entry & 0xFFF00000 | address & 0xFFFFF
    entry = _word(read, (entry & 0xFFFFFC00) + (address >> 12 & 255) * 4, 4)
    if entry & 3 == 0:
        return None
    if entry & 2:
        return entry & 0xFFFFF000 | address & 0xFFF
    return entry & 0xFFFF0000 | address & 0xFFFF


@dataclass(frozen=True)
class Stage1:
    """A guest's registers."""

    sctlr: int
    ttbcr: int
    ttbr0: int
    ttbr1: int

    def walk(self, read: Read, address: int) -> int | None:
        if not self.sctlr & SCTLR_M:
            return address
        if self.ttbcr & TTBCR_EAE:
            size0, size1 = self.ttbcr & 7, self.ttbcr >> 16 & 7
            if address < 1 << (32 - size0):
                return lpae(read, self.ttbr0, address, 32 - size0)
            if not size1 or address >= (1 << 32) - (1 << (32 - size1)):
                return lpae(read, self.ttbr1, address, 32 - size1)
            return None
        split = self.ttbcr & 7
        if split and address >> (32 - split):
            return short(read, self.ttbr1, address)
        return short(read, self.ttbr0, address, 32 - split)


@dataclass(frozen=True)
class Guest:
    """Both stages of a partition; stage 2 as hyp/stage2 builds it."""

    vttbr: int
    stage1: Stage1

    def __call__(self, read: Read, address: int) -> int | None:
        def read_ipa(ipa: int, size: int) -> bytes | None:
            pa = lpae(read, self.vttbr, ipa) if ipa < 1 << 32 else None
            return None if pa is None else read(pa, size)

        ipa = self.stage1.walk(read_ipa, address)
        return None if ipa is None or ipa >= 1 << 32 else lpae(read, self.vttbr, ipa)


@dataclass(frozen=True)
class Monitor:
    """HYP's own stage 1 (hyp/hw/mmu.c)."""

    httbr: int

    def __call__(self, read: Read, address: int) -> int | None:
        return lpae(read, self.httbr, address)


View = Guest | Monitor


def parse(text: str) -> View | None:
    """`cpu`: None, the CPU's own view; `monitor:HTTBR`;
    `guest:VTTBR:SCTLR:TTBCR:TTBR0:TTBR1`, numbers in hex. ValueError: something else."""
    kind, *numbers = text.split(":")
    values = [int(n, 16) for n in numbers]
    if kind == "cpu" and not values:
        return None
    if kind == "monitor" and len(values) == 1:
        return Monitor(values[0])
    if kind == "guest" and len(values) == 5:
        return Guest(values[0], Stage1(*values[1:]))
    raise ValueError(f"no view '{text}'")

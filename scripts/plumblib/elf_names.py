# SPDX-License-Identifier: BSD-2-Clause
"""The functions of an ELF file for ARM, and the addresses that it occupies. gdb loads this, too."""

import bisect
import struct
from dataclasses import dataclass, field

PT_LOAD, SHT_SYMTAB, STT_FUNC = 1, 2, 2
SECTION_SIZE, SYMBOL_SIZE = 40, 16


@dataclass
class Names:
    """Functions of an ELF file, by address."""

    starts: list[int] = field(default_factory=list)
    entries: list[tuple[int, str]] = field(default_factory=list)  # size, name

    def at(self, address: int) -> str:
        """'function+0x12'; empty: no function."""
        n = bisect.bisect_right(self.starts, address) - 1
        if n < 0:
            return ""
        offset, (size, name) = address - self.starts[n], self.entries[n]
        if offset >= max(size, 1):
            return ""
        return f"{name}+{offset:#x}" if offset else name


def _sections(data: bytes) -> list[tuple[int, ...]]:
    (offset,) = struct.unpack_from("<I", data, 32)
    size, count = struct.unpack_from("<HH", data, 46)
    if not offset or size < SECTION_SIZE or offset + size * count > len(data):
        return []
    return [struct.unpack_from("<10I", data, offset + size * n) for n in range(count)]


def _string(data: bytes, at: int) -> str:
    return data[at:data.find(b"\0", at)].decode(errors="replace")


def names(data: bytes) -> Names:
    sections = _sections(data)
    found = []
    for _, kind, _, _, offset, size, link, *_ in sections:
        if kind != SHT_SYMTAB or link >= len(sections):
            continue
        for at in range(offset, min(offset + size, len(data)), SYMBOL_SIZE):
            name, value, length, info, _, section = struct.unpack_from("<IIIBBH", data, at)
            if info & 15 == STT_FUNC and section:
                found.append((value & ~1, length, _string(data, sections[link][4] + name)))
    found.sort()
    return Names([value for value, _, _ in found], [(size, name) for _, size, name in found])


def spans(data: bytes) -> list[tuple[int, int]]:
    """Virtual addresses that it occupies, each [start, end)."""
    (phoff,) = struct.unpack_from("<I", data, 28)
    phentsize, phnum = struct.unpack_from("<HH", data, 42)
    found = []
    for n in range(phnum):
        kind, _, vaddr, _, _, memsz = struct.unpack_from("<6I", data, phoff + n * phentsize)
        if kind == PT_LOAD and memsz:
            found.append((vaddr, vaddr + memsz))
    return found

# SPDX-License-Identifier: BSD-2-Clause
"""ELF programs for ARM (ELF for the ARM Architecture): their raw image in memory, and a raw image
as a program."""

import struct
from dataclasses import dataclass

from .common import PlumbError

MAGIC = b"\x7fELF"
CLASS_AT, CLASS_32, DATA_AT, DATA_LITTLE = 4, 1, 5, 1
ET_EXEC, EM_ARM, PT_LOAD, PF_X = 2, 40, 1, 1
HEADER_SIZE, PHDR_SIZE = 52, 32
LARGEST = 256 << 20


@dataclass
class Program:
    address: int  # of the first byte, physical
    entry: int  # physical; bit 0: Thumb
    image: bytes
    space: int  # bytes in memory, with the zeros at the end


@dataclass
class Segment:
    number: int
    offset: int
    vaddr: int
    paddr: int
    filesz: int
    memsz: int
    flags: int
    size: int = 0  # bytes that are loaded: those of the file, and zeros after them that fit

    def __str__(self) -> str:
        return f"segment {self.number} ({self.size:#x} bytes at {self.paddr:#x})"


def _check_kind(data: bytes, name: str) -> None:
    if len(data) < HEADER_SIZE:
        raise PlumbError(f"{name}: a truncated ELF file")
    if data[CLASS_AT] != CLASS_32:
        raise PlumbError(f"{name}: a 64-bit ELF file: a partition runs 32-bit ARM code")
    if data[DATA_AT] != DATA_LITTLE:
        raise PlumbError(f"{name}: a big-endian ELF file: link it little-endian")
    kind, machine = struct.unpack_from("<HH", data, 16)
    if machine != EM_ARM:
        raise PlumbError(f"{name}: an ELF file for another machine (e_machine {machine}, "
                         f"ARM is {EM_ARM})")
    if kind != ET_EXEC:
        raise PlumbError(f"{name}: not an executable (e_type {kind}): link it at the address "
                         "that it is to run at")


def _segments(data: bytes, name: str) -> list[Segment]:
    (phoff,) = struct.unpack_from("<I", data, 28)
    phentsize, phnum = struct.unpack_from("<HH", data, 42)
    if phnum and (phentsize < PHDR_SIZE or phoff + phnum * phentsize > len(data)):
        raise PlumbError(f"{name}: a truncated ELF file: no room for its {phnum} program headers")
    segments = []
    for n in range(phnum):
        kind, *fields = struct.unpack_from("<7I", data, phoff + n * phentsize)
        segment = Segment(n, *fields)
        segment.size = segment.memsz
        if kind != PT_LOAD:
            continue
        if segment.filesz > segment.memsz:
            raise PlumbError(f"{name}: {segment}: has {segment.filesz:#x} bytes in the file")
        if segment.offset + segment.filesz > len(data):
            raise PlumbError(f"{name}: a truncated ELF file: it ends within {segment}")
        segments.append(segment)
    if not any(segment.filesz for segment in segments):
        raise PlumbError(f"{name}: an ELF file with nothing to load")
    _cut_zeros(segments)
    return sorted(segments, key=lambda segment: segment.paddr)


def _cut_zeros(segments: list[Segment]) -> None:
    """There are two kinds of files. In one, the loader makes the zeros after a segment's bytes. In
    the other, the embedded kind, the physical address holds the bytes until the program copies them
    and makes the zeros itself; another segment may follow at that address. The rule is QEMU's:
    zeros that would overlap another segment are made by the program."""
    for one in segments:
        start, end = one.paddr + one.filesz, one.paddr + one.memsz
        if start < end and any(other is not one and start < other.paddr + other.memsz and
                               other.paddr < end for other in segments):
            one.size = one.filesz


def _check_places(segments: list[Segment], name: str, ram: range) -> None:
    for segment in segments:
        if segment.paddr < ram.start or segment.paddr + segment.size > ram.stop:
            raise PlumbError(f"{name}: {segment} does not lie in the guest's memory, "
                             f"{ram.start:#x} to {ram.stop - 1:#x}")
    for one, other in zip(segments, segments[1:]):
        if one.paddr + one.size > other.paddr:
            raise PlumbError(f"{name}: {one} overlaps {other}")


def _runs_to(segments: list[Segment], ram: range) -> int:
    """The end of the memory that a program of the embedded kind fills itself, at its run addresses:
    it must be kept free."""
    return max((min(s.vaddr + s.memsz, ram.stop) for s in segments
                if s.size < s.memsz and s.vaddr in ram), default=0)


def _entry(data: bytes, segments: list[Segment], name: str) -> int:
    """Physical: the MMU is off. ELF means a virtual address; some files have the physical one."""
    (entry,) = struct.unpack_from("<I", data, 24)
    if entry % 4 == 2:
        raise PlumbError(f"{name}: its entry {entry:#x} is neither ARM nor Thumb code: a multiple "
                         "of 4, or odd")
    for flags in (PF_X, 0):
        for segment in segments:
            if segment.flags & flags == flags and 0 <= entry - segment.vaddr < segment.size:
                return entry - segment.vaddr + segment.paddr
    if any(0 <= entry - segment.paddr < segment.size for segment in segments):
        return entry
    raise PlumbError(f"{name}: its entry {entry:#x} is outside all segments that are loaded")


def program(data: bytes, name: str, ram: range) -> Program:
    """The segments that are loaded, in one piece, without zeros at the end. `ram`: the range in
    which they must be."""
    _check_kind(data, name)
    found = _segments(data, name)
    # Zeros outside RAM, such as in a chip's own SRAM, are dropped, as by QEMU.
    segments = [s for s in found if s.size and (s.filesz or s.paddr + s.size > ram.start)]
    _check_places(segments, name, ram)
    low = segments[0].paddr
    size = max(s.paddr + s.filesz for s in segments if s.filesz) - low
    if size > LARGEST:
        raise PlumbError(f"{name}: its segments lie {size >> 20} MiB apart, and "
                         f"{LARGEST >> 20} MiB is the limit")
    image = bytearray(size)
    for s in segments:
        image[s.paddr - low:s.paddr - low + s.filesz] = data[s.offset:s.offset + s.filesz]
    end = max(segments[-1].paddr + segments[-1].size, _runs_to(found, ram))
    return Program(low, _entry(data, segments, name), bytes(image), end - low)


def wrap(image: bytes, address: int) -> bytes:
    """A program of one segment, entered at its first byte."""
    offset = 0x1000
    ident = MAGIC + bytes([CLASS_32, DATA_LITTLE, 1])
    header = struct.pack("<16sHHIIIIIHHHHHH", ident, ET_EXEC, EM_ARM, 1, address, HEADER_SIZE, 0,
                         0x05000000, HEADER_SIZE, PHDR_SIZE, 1, 0, 0, 0)
    segment = struct.pack("<8I", PT_LOAD, offset, address, address, len(image), len(image), 7,
                          offset)
    return (header + segment).ljust(offset, b"\0") + image

# SPDX-License-Identifier: BSD-2-Clause
"""An ELF program for ARM as the raw image that it is in memory (ELF for the ARM Architecture)."""

import struct
from dataclasses import dataclass

from .common import PlumbError

MAGIC = b"\x7fELF"
EM_ARM, PT_LOAD = 40, 1
LARGEST = 256 << 20


@dataclass
class Program:
    address: int  # of the first byte, physical
    entry: int
    image: bytes


def program(data: bytes, name: str) -> Program:
    """The segments that are loaded, as one piece; what is zero at the end is left out."""
    try:
        machine, _, entry, phoff = struct.unpack_from("<HIII", data, 18)
        phentsize, phnum = struct.unpack_from("<HH", data, 42)
        headers = [struct.unpack_from("<8I", data, phoff + n * phentsize) for n in range(phnum)]
    except struct.error as error:
        raise PlumbError(f"{name}: a truncated ELF file") from error
    if data[4:6] != b"\x01\x01" or machine != EM_ARM:
        raise PlumbError(f"{name}: not an ELF file for 32-bit little-endian ARM")
    pieces = [(paddr, data[offset:offset + filesz])
              for kind, offset, _, paddr, filesz, *_ in headers if kind == PT_LOAD and filesz]
    if not pieces:
        raise PlumbError(f"{name}: an ELF file with nothing to load")
    low = min(paddr for paddr, _ in pieces)
    size = max(paddr + len(piece) for paddr, piece in pieces) - low
    if size > LARGEST:
        raise PlumbError(f"{name}: its segments lie {size >> 20} MiB apart")
    image = bytearray(size)
    for paddr, piece in pieces:
        image[paddr - low:paddr - low + len(piece)] = piece
    return Program(low, entry, bytes(image))

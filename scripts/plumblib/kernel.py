# SPDX-License-Identifier: BSD-2-Clause
"""The kind of a kernel's file, as far as its placement depends on it; refusal of other files."""

import struct
from pathlib import Path

from .common import BUILD, PlumbError, align_up

ZIMAGE_MAGIC_AT, ZIMAGE_MAGIC = 0x24, 0x016F2818
# Linux's zImage from 4.15 on: a table after this magic has the size of the unpacked kernel.
TABLE_MAGIC_AT, TABLE_MAGIC = 0x34, 0x45454545
TAG_KERNEL_SIZE = 0x5A534C4B
STACK = 0x10000  # of the code that unpacks, and its rounding
HEAD = 0x240  # bytes at the start of a file by which its kind is known

# Bytes at an offset, the kind of file, and advice.
FOREIGN = (
    (0, b"\x27\x05\x19\x56", "a U-Boot uImage: take the kernel out of it with "
     "'dumpimage -p 0 -o zImage FILE' (Debian's u-boot-tools)"),
    (0, b"\x1f\x8b", "compressed with gzip: unpack it with 'zcat FILE > zImage'"),
    (0, b"\xfd7zXZ\0", "compressed with xz: unpack it with 'xzcat FILE > zImage'"),
    (0, b"BZh", "compressed with bzip2: unpack it with 'bzcat FILE > zImage'"),
    (0, b"\x28\xb5\x2f\xfd", "compressed with zstd: unpack it with 'zstdcat FILE > zImage'"),
    (0, b"\xd0\x0d\xfe\xed", "a device tree, or a FIT image: take the kernel out of it with "
     "'dumpimage -p 0 -o zImage FILE' (Debian's u-boot-tools)"),
    (0x38, b"ARM\x64", "a kernel for another machine, 64-bit ARM (arm64): take one for armhf"),
    (0x30, b"RISCV", "a kernel for another machine (RISC-V): take one for armhf"),
    (0x202, b"HdrS", "a kernel for another machine (x86): take one for armhf"),
    (0, b"!<arch>\n", "an archive (.a or .deb): take the kernel out of it"),
)


def read(path: Path, what: str, size: int = -1) -> bytes:
    """The file of an option --`what`, or its first bytes; not empty."""
    try:
        with open(path, "rb") as file:
            data = file.read(size)
    except OSError as error:
        place = path.resolve().parents
        advice = ": run 'make'" if BUILD in place else ""
        if {BUILD / "guests", BUILD / "linux"} & set(place):
            advice = ": run 'scripts/linux fetch' and 'make'"
        raise PlumbError(f"--{what} {path}: {error.strerror}{advice}") from error
    if not data:
        raise PlumbError(f"--{what} {path}: the file is empty")
    return data


def check(head: bytes, name: str) -> None:
    """Refuses files of other kinds, which could only hang."""
    for at, magic, advice in FOREIGN:
        if head[at:at + len(magic)] == magic:
            raise PlumbError(f"{name}: {advice}")


def _word(data: bytes, at: int) -> int:
    return struct.unpack_from("<I", data, at)[0] if at + 4 <= len(data) else 0


def is_zimage(head: bytes) -> bool:
    return _word(head, ZIMAGE_MAGIC_AT) == ZIMAGE_MAGIC


def _size_tag(data: bytes) -> tuple[int, ...] | None:
    """The table's entry on the size: offset of the unpacked size in the file, bss, distance from
    the start of memory, heap."""
    if _word(data, TABLE_MAGIC_AT) != TABLE_MAGIC:
        return None
    at = _word(data, TABLE_MAGIC_AT + 4)
    while (words := _word(data, at)) >= 2:
        if _word(data, at + 4) == TAG_KERNEL_SIZE and words >= 6 and at + 4 * words <= len(data):
            return struct.unpack_from("<4I", data, at + 8)
        at += 4 * words
    return None


def zimage_space(data: bytes, name: str, offset: int) -> int:
    """Bytes that a zImage needs from its address on, which is `offset` above the start of memory;
    0: not stated in the file. It moves itself behind the kernel that it unpacks."""
    start, end = _word(data, 0x28), _word(data, 0x2C)
    if end - start > len(data):
        raise PlumbError(f"{name}: a truncated zImage: {len(data)} of {end - start} bytes")
    tag = _size_tag(data)
    if tag is None:
        return 0
    size_at, bss, text_offset, heap = tag
    behind = max(bss, len(data) + heap + STACK)
    return align_up(max(text_offset + _word(data, size_at) + behind - offset, len(data)), 4)

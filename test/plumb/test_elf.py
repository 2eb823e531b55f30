# SPDX-License-Identifier: BSD-2-Clause
"""ELF files become raw images."""

import struct
import unittest

from plumblib import elf
from plumblib.common import PlumbError


def make(segments, machine=40, entry=0x40010000, cut=None):
    """An ELF file with these (kind, physical address, bytes, memory size)."""
    head = b"\x7fELF\x01\x01\x01" + bytes(9) + struct.pack(
        "<HHIIIIIHHHHHH", 2, machine, 1, entry, 52, 0, 0, 52, 32, len(segments), 0, 0, 0)
    offset, table, body = 52 + 32 * len(segments), b"", b""
    for kind, paddr, data, memory in segments:
        table += struct.pack("<8I", kind, offset + len(body), 0xc0000000, paddr, len(data), memory,
                             5, 4)
        body += data
    return (head + table + body)[:cut]


class Elf(unittest.TestCase):
    def test_segments_go_where_they_say(self):
        got = elf.program(make([(1, 0x40010010, b"text", 4), (1, 0x40010000, b"head", 4),
                                (6, 0x41000000, b"not loaded", 10), (1, 0x40020000, b"", 64)]), "x")
        self.assertEqual((got.address, got.entry), (0x40010000, 0x40010000))
        self.assertEqual(got.image, b"head" + bytes(12) + b"text")

    def test_what_cannot_be_loaded(self):
        for data in (make([]), make([(1, 0, b"a", 1)], machine=62), make([(1, 0, b"a", 1)], cut=60),
                     make([(1, 0, b"a", 1), (1, 0x7fffffff, b"b", 1)])):
            with self.assertRaises(PlumbError):
                elf.program(data, "x")


if __name__ == "__main__":
    unittest.main()
